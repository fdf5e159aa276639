//! Messages of a room: pages of them, a new one, and how far everybody has come.

use super::{
    Answer, Problem,
    answer::Kept,
    operation::Example,
    request::{Asked, Asker, At, Key, Sent},
};
use crate::{
    model::{
        AccountId, Cid, Error, MessageId, RoomId, Why,
        message::{Draft, Kind, Message as Stored, Note, Stretch},
        receipt::Receipt,
    },
    server::{App, clock::stamp, message, receipt, room},
};
use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A message as it was stored: durable, numbered, the same for every reader.
#[derive(Serialize, JsonSchema)]
pub struct Message {
    id: MessageId,
    room: RoomId,
    /// Its place in the room, without holes.
    seq: i64,
    /// The number of its last change; equal to `seq` until it is edited.
    change: i64,
    cid: Cid,
    sender: AccountId,
    kind: Kind,
    /// The words; of a note, what it says in English.
    text: String,
    /// What happened to the room, in a message of kind `system`; its sender is who did it.
    note: Option<Note>,
    sent_ms: i64,
    /// The same, as RFC 3339 has it.
    sent_at: String,
}

impl From<&Stored> for Message {
    fn from(message: &Stored) -> Message {
        Message {
            id: message.id,
            room: message.room,
            seq: message.seq,
            change: message.change,
            cid: message.cid,
            sender: message.sender,
            kind: message.kind,
            text: message.body.clone(),
            note: message.note.clone(),
            sent_ms: message.sent_ms,
            sent_at: stamp(message.sent_ms),
        }
    }
}

/// Which messages are wanted: those before a number, after one, or the newest.
#[derive(Deserialize, JsonSchema)]
pub struct Which {
    /// Those before this number, the nearest of them.
    before: Option<i64>,
    /// Those after this number; not together with `before`.
    after: Option<i64>,
    /// How many are wanted: 1 to 100, and 50 when nothing is said.
    limit: Option<u32>,
}

/// Messages by number, the oldest first.
#[derive(Serialize, JsonSchema)]
pub struct Messages {
    messages: Vec<Message>,
    /// Whether there are more beyond the end one was paging towards.
    more: bool,
}

/// `GET /api/v1/rooms/{room}/messages`
pub async fn page(
    State(app): State<App>,
    Asker(me): Asker,
    At(room): At<RoomId>,
    Asked(asked): Asked<Which>,
) -> Answer<Messages> {
    let stretch = match (asked.before, asked.after) {
        (Some(_), Some(_)) => return Err(Error::invalid("after", Why::Unknown).into()),
        (Some(seq), None) => Stretch::Before(seq),
        (None, Some(seq)) => Stretch::After(seq),
        (None, None) => Stretch::Newest,
    };
    let page = message::page(&app, &me, room, stretch, asked.limit).await?;
    Ok(Json(Messages { messages: page.messages.iter().map(Message::from).collect(), more: page.more }))
}

/// A message to be sent.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct NewMessage {
    /// Its name, made by the sender; needed here or in the header `Idempotency-Key`.
    cid: Option<Cid>,
    /// The words: 8000 characters at most.
    text: String,
    /// What it is; nobody but the house sends `system`.
    #[serde(default)]
    kind: Kind,
}

/// `POST /api/v1/rooms/{room}/messages`
pub async fn post(
    State(app): State<App>,
    Asker(me): Asker,
    At(room): At<RoomId>,
    key: Key,
    Sent(NewMessage { cid, text, kind }): Sent<NewMessage>,
) -> Result<Kept<Message>, Problem> {
    let cid = match cid {
        Some(cid) => cid,
        // Without a name of its own a second try would be a second message.
        None => key.cid()?.ok_or_else(|| Error::invalid("cid", Why::Empty))?,
    };
    let draft = Draft { kind, ..Draft::text(cid, room, text) };
    let stored = message::post(&app, &me, draft).await?;
    let shown = Message::from(&stored.message);
    Ok(if stored.fresh { Kept::Now(shown) } else { Kept::Before(shown) })
}

/// How far somebody has read.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct UpTo {
    /// The number of the last message read.
    seq: i64,
}

/// Where one stands in a room.
#[derive(Serialize, JsonSchema)]
pub struct Place {
    room: RoomId,
    /// The number read up to.
    read: i64,
    /// Messages of others after that, notes left out.
    unread: u32,
}

/// `POST /api/v1/rooms/{room}/read`
pub async fn read(
    State(app): State<App>,
    Asker(me): Asker,
    At(room): At<RoomId>,
    Sent(UpTo { seq }): Sent<UpTo>,
) -> Answer<Place> {
    // A number ahead of the room is a mistake: what will be written has not been read.
    if seq > message::head(&app, &me, room).await? {
        return Err(Error::invalid("seq", Why::Unknown).into());
    }
    receipt::read_now(&app, &me, room, seq).await?;
    let standings = receipt::standings_in(&app, me.account, vec![room]).await?;
    let standing = standings.get(&room).ok_or(Error::NotFound)?;
    Ok(Json(Place { room, read: standing.read, unread: standing.unread }))
}

/// How far everybody in a room has come.
#[derive(Serialize, JsonSchema)]
pub struct Receipts {
    receipts: Vec<Receipt>,
}

/// `GET /api/v1/rooms/{room}/receipts`
pub async fn receipts(State(app): State<App>, Asker(me): Asker, At(room): At<RoomId>) -> Answer<Receipts> {
    room::require_member(&app, &me, room).await?;
    Ok(Json(Receipts { receipts: receipt::of_room(&app, room).await? }))
}

const CID: Cid = Cid([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);

impl Example for Message {
    fn example() -> Self {
        let sent_ms = 1_795_254_000_007;
        Message {
            id: MessageId(104),
            room: RoomId(7),
            seq: 18,
            change: 18,
            cid: CID,
            sender: AccountId(12),
            kind: Kind::Text,
            text: "Good morning".into(),
            note: None,
            sent_ms,
            sent_at: stamp(sent_ms),
        }
    }
}

impl Example for Messages {
    fn example() -> Self {
        Messages { messages: vec![Message::example()], more: true }
    }
}

impl Example for NewMessage {
    fn example() -> Self {
        NewMessage { cid: Some(CID), text: "Good morning".into(), kind: Kind::Text }
    }
}

impl Example for UpTo {
    fn example() -> Self {
        UpTo { seq: 18 }
    }
}

impl Example for Place {
    fn example() -> Self {
        Place { room: RoomId(7), read: 18, unread: 0 }
    }
}

impl Example for Receipts {
    fn example() -> Self {
        let (delivered_ms, read_ms) = (Some(1_795_254_000_100), Some(1_795_254_060_000));
        let (room, account) = (RoomId(7), AccountId(2));
        Receipts {
            receipts: vec![Receipt { room, account, delivered_seq: 18, delivered_ms, read_seq: 18, read_ms }],
        }
    }
}
