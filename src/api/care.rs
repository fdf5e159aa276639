//! The people one is linked to.

use crate::model::{Result, room::Contact};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// A practitioner's patients, a patient's practitioners.
#[server(name = AskContacts, prefix = "/_fn", endpoint = "care/contacts", input = Json, output = Json)]
pub async fn contacts() -> Result<Vec<Contact>> {
    use crate::server::{care, gate};
    gate::answer(|app, me| async move { care::contacts(&app, &me).await }).await
}
