//! Members: groups made, people brought in and taken out.

use crate::model::{AccountId, Result, RoomId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Makes a group of colleagues.
#[server(name = MakeGroup, prefix = "/_fn", endpoint = "member/group", input = Json, output = Json)]
pub async fn group(title: String, members: Vec<AccountId>) -> Result<RoomId> {
    use crate::server::{gate, member};
    gate::answer(|app, me| async move { member::group(&app, &me, &title, &members).await }).await
}

/// Brings somebody into a room.
#[server(name = Invite, prefix = "/_fn", endpoint = "member/invite", input = Json, output = Json)]
pub async fn invite(room: RoomId, account: AccountId) -> Result<()> {
    use crate::server::{gate, member};
    gate::answer(|app, me| async move { member::invite(&app, &me, room, account).await }).await
}

/// Takes somebody out of a room.
#[server(name = Remove, prefix = "/_fn", endpoint = "member/remove", input = Json, output = Json)]
pub async fn remove(room: RoomId, account: AccountId) -> Result<()> {
    use crate::server::{gate, member};
    gate::answer(|app, me| async move { member::remove(&app, &me, room, account).await }).await
}

/// Leaves a room.
#[server(name = Leave, prefix = "/_fn", endpoint = "member/leave", input = Json, output = Json)]
pub async fn leave(room: RoomId) -> Result<()> {
    use crate::server::{gate, member};
    gate::answer(|app, me| async move { member::leave(&app, &me, room).await }).await
}

/// Gives a group another name.
#[server(name = Rename, prefix = "/_fn", endpoint = "member/rename", input = Json, output = Json)]
pub async fn rename(room: RoomId, title: String) -> Result<()> {
    use crate::server::{gate, member};
    gate::answer(|app, me| async move { member::rename(&app, &me, room, &title).await }).await
}

/// Gives a group another owner.
#[server(name = HandOver, prefix = "/_fn", endpoint = "member/hand_over", input = Json, output = Json)]
pub async fn hand_over(room: RoomId, account: AccountId) -> Result<()> {
    use crate::server::{gate, member};
    gate::answer(|app, me| async move { member::hand_over(&app, &me, room, account).await }).await
}
