//! Rooms: opened, listed, entered.

use crate::model::{
    AccountId, Result, RoomId,
    message::Stretch,
    room::{RoomPage, RoomPlace, Visit},
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// The one room with somebody, made on first contact.
#[server(name = OpenRoom, prefix = "/_fn", endpoint = "room/open", input = Json, output = Json)]
pub async fn open(with: AccountId) -> Result<RoomId> {
    use crate::server::{gate, room};
    gate::answer(|app, me| async move { room::open(&app, &me, with).await }).await
}

/// A page of one's rooms, the last active first.
#[server(name = ListRooms, prefix = "/_fn", endpoint = "room/list", input = Json, output = Json)]
pub async fn list(behind: Option<RoomPlace>) -> Result<RoomPage> {
    use crate::server::{gate, room};
    gate::answer(|app, me| async move { room::list(&app, &me, behind).await }).await
}

/// A room with a stretch of its messages.
#[server(name = EnterRoom, prefix = "/_fn", endpoint = "room/enter", input = Json, output = Json)]
pub async fn enter(room: RoomId, stretch: Stretch) -> Result<Visit> {
    use crate::server::{gate, room as rooms};
    gate::answer(|app, me| async move { rooms::enter(&app, &me, room, stretch).await }).await
}
