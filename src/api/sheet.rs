//! Sheets: the parts of a page that the server draws whole.

use crate::model::Result;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// What stands on the page at an address, as HTML.
#[server(name = AskSheet, prefix = "/_fn", endpoint = "sheet", input = Json, output = Json)]
pub async fn sheet(address: String) -> Result<String> {
    use crate::server::{gate, http};
    gate::answer(|app, me| async move { http::sheet::draw(&app, &me, &address).await }).await
}
