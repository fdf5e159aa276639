//! Who is asking.

use crate::model::{Result, account::Me};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// The signed-in person.
#[server(name = AskMe, prefix = "/_fn", endpoint = "account/me", input = Json, output = Json)]
pub async fn me() -> Result<Me> {
    use crate::server::{account, gate};
    gate::answer(|app, me| async move { account::me(&app, &me).await }).await
}
