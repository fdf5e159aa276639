//! Messages: history in pages.

use crate::model::{
    Result, RoomId,
    message::{Page, Stretch},
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// A stretch of a room's history, oldest first.
#[server(name = AskPage, prefix = "/_fn", endpoint = "message/page", input = Json, output = Json)]
pub async fn page(room: RoomId, stretch: Stretch, limit: Option<u32>) -> Result<Page> {
    use crate::server::{gate, message};
    gate::answer(|app, me| async move { message::page(&app, &me, room, stretch, limit).await }).await
}
