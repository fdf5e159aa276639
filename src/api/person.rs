//! People: the directory of colleagues.

use crate::model::{Result, room::Contact};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// One's colleagues by name.
#[server(name = AskDirectory, prefix = "/_fn", endpoint = "person/directory", input = Json, output = Json)]
pub async fn directory() -> Result<Vec<Contact>> {
    use crate::server::{gate, person};
    gate::answer(|app, me| async move { person::directory(&app, &me).await }).await
}
