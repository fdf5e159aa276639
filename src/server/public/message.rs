//! Messages of a room: pages of them, a new one, and how far everybody has come.

use super::{Answer, Asked, Asker, Problem, id, listed, read as read_body};
use crate::{
    model::{
        Cid, Error, RoomId, Why,
        message::{Draft, Kind, Message, Stretch},
    },
    server::{App, message, receipt, room},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// A message as the API shows it.
pub fn shown(message: &Message) -> Value {
    json!({
        "id": message.id,
        "room": message.room,
        "seq": message.seq,
        "change": message.change,
        "cid": message.cid.to_string(),
        "sender": message.sender,
        "kind": message.kind.word(),
        "text": message.body,
        "note": message.note,
        "sent_ms": message.sent_ms,
        "sent_at": crate::server::dialect::stamp(message.sent_ms),
    })
}

/// Which messages are wanted: those before a number, after one, or the newest.
#[derive(Debug, Deserialize)]
pub struct Which {
    before: Option<i64>,
    after: Option<i64>,
    limit: Option<u32>,
}

/// `GET /api/v1/rooms/{id}/messages`: by number, oldest first.
pub async fn page(
    State(app): State<App>,
    Asker(me): Asker,
    Path(room): Path<String>,
    Asked(asked): Asked<Which>,
) -> Answer<Value> {
    let stretch = match (asked.before, asked.after) {
        (Some(_), Some(_)) => return Err(Error::invalid("after", Why::Unknown).into()),
        (Some(seq), None) => Stretch::Before(seq),
        (None, Some(seq)) => Stretch::After(seq),
        (None, None) => Stretch::Newest,
    };
    let page = message::page(&app, &me, id(&room)?, stretch, asked.limit).await?;
    let messages: Vec<Value> = page.messages.iter().map(shown).collect();
    Ok(Json(json!({ "messages": messages, "more": page.more })))
}

#[derive(Debug, Deserialize)]
struct Wish {
    cid: Option<Cid>,
    text: String,
    #[serde(default)]
    kind: Kind,
}

/// `POST /api/v1/rooms/{id}/messages`: stored once, however often it is sent with its cid.
pub async fn post(
    State(app): State<App>,
    Asker(me): Asker,
    Path(room): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let room: RoomId = id(&room)?;
    let Wish { cid, text, kind } = read_body(&body)?;
    let cid = match (cid, headers.get("idempotency-key")) {
        (Some(cid), _) => cid,
        (None, Some(key)) => {
            let key = key.to_str().ok().and_then(|key| key.trim_matches('"').replace('-', "").parse().ok());
            key.ok_or_else(|| Error::invalid("idempotency-key", Why::Malformed))?
        }
        // Without a name of its own a second try would be a second message.
        (None, None) => return Err(Error::invalid("cid", Why::Empty).into()),
    };
    let draft = Draft { kind, ..Draft::text(cid, room, text) };
    let stored = message::post(&app, &me, draft).await?;
    let status = if stored.fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(shown(&stored.message))).into_response())
}

#[derive(Debug, Deserialize)]
struct UpTo {
    seq: i64,
}

/// `POST /api/v1/rooms/{id}/read`: everything up to a number.
pub async fn read(
    State(app): State<App>,
    Asker(me): Asker,
    Path(room): Path<String>,
    body: Bytes,
) -> Answer<Value> {
    let (room, UpTo { seq }): (RoomId, UpTo) = (id(&room)?, read_body(&body)?);
    // A number ahead of the room is a mistake: what will be written has not been read.
    if seq > message::head(&app, &me, room).await? {
        return Err(Error::invalid("seq", Why::Unknown).into());
    }
    receipt::read_now(&app, &me, room, seq).await?;
    let standings = room::standings(&app, &me).await?;
    let standing = standings.get(&room).ok_or(Error::NotFound)?;
    Ok(Json(json!({ "room": room, "read": standing.read, "unread": standing.unread })))
}

/// `GET /api/v1/rooms/{id}/receipts`
pub async fn receipts(State(app): State<App>, Asker(me): Asker, Path(room): Path<String>) -> Answer<Value> {
    let room = id(&room)?;
    room::require_member(&app, &me, room).await?;
    Ok(listed("receipts", &receipt::of_room(&app, room).await?))
}
