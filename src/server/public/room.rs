//! Rooms: the list, one of them, and who is in it.

use super::{Answer, Asked, Asker, Problem, id, listed, message::shown, read};
use crate::{
    model::{
        AccountId, Error, Result, RoomId, Why,
        message::Stretch,
        room::{RoomCard, RoomPlace},
    },
    server::{App, gate::Scope, member, room},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

fn card(card: &RoomCard) -> Value {
    json!({
        "id": card.id,
        "kind": card.kind,
        "name": card.name,
        "with": card.opposite.as_ref().map(|person| person.id),
        "unread": card.unread,
        "head": card.head,
        "active_ms": card.active_ms,
        "last_message": card.last.as_ref().map(|last| json!({
            "id": last.id, "sender": last.sender, "kind": last.kind, "text": last.body, "sent_ms": last.sent_ms,
        })),
    })
}

/// Where in the list a page begins: what the last one called `next`.
#[derive(Debug, Deserialize)]
pub struct Behind {
    behind: Option<String>,
}

/// `GET /api/v1/rooms`: the last active first.
pub async fn list(State(app): State<App>, Asker(me): Asker, Asked(asked): Asked<Behind>) -> Answer<Value> {
    let behind = match asked.behind.as_deref() {
        None => None,
        Some(text) => {
            let place = text.split_once('.').and_then(|(active, room)| {
                Some(RoomPlace { active_ms: active.parse().ok()?, id: room.parse().ok()? })
            });
            Some(place.ok_or_else(|| Error::invalid("behind", Why::Malformed))?)
        }
    };
    let page = room::list(&app, &me, behind).await?;
    let next = page.rooms.last().filter(|_| page.more).map(|last| format!("{}.{}", last.active_ms, last.id));
    let rooms: Vec<Value> = page.rooms.iter().map(card).collect();
    Ok(Json(json!({ "rooms": rooms, "more": page.more, "next": next, "unread": page.unread })))
}

/// What kind of room is wanted, and with whom.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Wish {
    Direct { with: AccountId },
    Care { with: AccountId },
    Group { title: String, members: Vec<AccountId> },
}

/// `POST /api/v1/rooms`: the one room with somebody, made or found; or a new group.
pub async fn make(State(app): State<App>, Asker(me): Asker, body: Bytes) -> Result<Response, Problem> {
    let id = match read(&body)? {
        Wish::Direct { with } | Wish::Care { with } => room::open(&app, &me, with).await?,
        Wish::Group { title, members } => member::group(&app, &me, &title, &members).await?,
    };
    let shown = visit(&app, &me, id).await?;
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

async fn visit(app: &App, me: &Scope, id: RoomId) -> Result<Value> {
    let visit = room::enter(app, me, id, Stretch::Newest).await?;
    let standings = room::standings(app, me).await?;
    let standing = standings.get(&id);
    Ok(json!({
        "id": id,
        "kind": visit.room.kind,
        "name": visit.room.name(),
        "title": visit.room.title,
        "owner": visit.room.owner,
        "with": visit.room.opposite,
        "members": visit.room.members,
        "unread": standing.map(|standing| standing.unread),
        "head": standing.map(|standing| standing.head),
        "last_message": visit.page.messages.last().map(shown),
    }))
}

/// `GET /api/v1/rooms/{id}`
pub async fn one(State(app): State<App>, Asker(me): Asker, Path(room): Path<String>) -> Answer<Value> {
    Ok(Json(visit(&app, &me, id(&room)?).await?))
}

/// Another name.
#[derive(Debug, Deserialize)]
struct Title {
    title: String,
}

/// `PATCH /api/v1/rooms/{id}`
pub async fn rename(
    State(app): State<App>,
    Asker(me): Asker,
    Path(room): Path<String>,
    body: Bytes,
) -> Answer<Value> {
    let (room, Title { title }) = (id(&room)?, read(&body)?);
    member::rename(&app, &me, room, &title).await?;
    Ok(Json(visit(&app, &me, room).await?))
}

/// `GET /api/v1/rooms/{id}/members`
pub async fn members(State(app): State<App>, Asker(me): Asker, Path(room): Path<String>) -> Answer<Value> {
    let visit = room::enter(&app, &me, id(&room)?, Stretch::Newest).await?;
    Ok(listed("members", &visit.room.members))
}

/// Somebody.
#[derive(Debug, Deserialize)]
struct Who {
    account: AccountId,
}

/// `POST /api/v1/rooms/{id}/members`
pub async fn invite(
    State(app): State<App>,
    Asker(me): Asker,
    Path(room): Path<String>,
    body: Bytes,
) -> Answer<Value> {
    let (room, Who { account }) = (id(&room)?, read(&body)?);
    member::invite(&app, &me, room, account).await?;
    Ok(Json(visit(&app, &me, room).await?))
}

/// `DELETE /api/v1/rooms/{id}/members/{account}`: somebody else, or oneself.
pub async fn remove(
    State(app): State<App>,
    Asker(me): Asker,
    Path((room, account)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let (room, account): (RoomId, AccountId) = (id(&room)?, id(&account)?);
    if account == me.account {
        member::leave(&app, &me, room).await?;
    } else {
        member::remove(&app, &me, room, account).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// `PUT /api/v1/rooms/{id}/owner`
pub async fn hand_over(
    State(app): State<App>,
    Asker(me): Asker,
    Path(room): Path<String>,
    body: Bytes,
) -> Answer<Value> {
    let (room, Who { account }) = (id(&room)?, read(&body)?);
    member::hand_over(&app, &me, room, account).await?;
    Ok(Json(visit(&app, &me, room).await?))
}
