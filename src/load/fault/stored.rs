//! What the database holds after a scenario, read directly and not through the server.

use crate::Fallible;
use confer::{
    args,
    model::{
        AccountId, Cid, MessageId, RoomId,
        message::{Kind, Message},
    },
    server::db::Db,
};
use std::collections::{BTreeMap, BTreeSet};

/// The rooms, their members and their messages.
#[derive(Clone, Debug, Default)]
pub struct Stored {
    /// The newest number of each room.
    pub heads: BTreeMap<RoomId, i64>,
    /// Every message, in the order of its room's line.
    pub messages: Vec<Message>,
    /// How far each member has read.
    pub members: BTreeMap<(RoomId, AccountId), i64>,
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: i64,
    room_id: i64,
    seq: i64,
    change: i64,
    sender_id: i64,
    cid: Vec<u8>,
    kind: String,
    body: String,
    note: Option<String>,
    sent_at: i64,
}

impl Stored {
    /// Reads all of it.
    pub async fn read(url: &str) -> Fallible<Stored> {
        let db = Db::open(url).await?;
        let stored = Stored::read_from(&db).await;
        db.close().await;
        stored
    }

    async fn read_from(db: &Db) -> Fallible<Stored> {
        let rooms: Vec<(i64, i64)> = db.all("select id, last_seq from room", args![]).await?;
        let members: Vec<(i64, i64, i64)> =
            db.all("select room_id, account_id, read_seq from member", args![]).await?;
        let rows: Vec<MessageRow> = db
            .all(
                "select id, room_id, seq, change, sender_id, cid, kind, body, note, sent_at from message \
                 order by room_id, seq, id",
                args![],
            )
            .await?;
        Ok(Stored {
            heads: rooms.into_iter().map(|(room, head)| (RoomId(room), head)).collect(),
            messages: rows.into_iter().map(Message::try_from).collect::<Result<_, _>>()?,
            members: members
                .into_iter()
                .map(|(room, account, read)| ((RoomId(room), AccountId(account)), read))
                .collect(),
        })
    }

    /// The newest number of each room, read alone.
    pub async fn heads(url: &str) -> Fallible<BTreeMap<RoomId, i64>> {
        let db = Db::open(url).await?;
        let rooms: Result<Vec<(i64, i64)>, _> = db.all("select id, last_seq from room", args![]).await;
        db.close().await;
        Ok(rooms?.into_iter().map(|(room, head)| (RoomId(room), head)).collect())
    }

    /// The messages of each room, in order.
    pub fn lines(&self) -> BTreeMap<RoomId, Vec<&Message>> {
        let mut lines: BTreeMap<RoomId, Vec<&Message>> = BTreeMap::new();
        for message in &self.messages {
            lines.entry(message.room).or_default().push(message);
        }
        lines
    }

    /// The rooms of somebody.
    pub fn rooms_of(&self, account: AccountId) -> BTreeSet<RoomId> {
        self.members.keys().filter(|(_, member)| *member == account).map(|(room, _)| *room).collect()
    }
}

impl TryFrom<MessageRow> for Message {
    type Error = String;

    fn try_from(row: MessageRow) -> Result<Message, String> {
        let note = row.note.as_deref().map(serde_json::from_str).transpose();
        Ok(Message {
            id: MessageId(row.id),
            room: RoomId(row.room_id),
            seq: row.seq,
            change: row.change,
            sender: AccountId(row.sender_id),
            cid: Cid(row.cid.try_into().map_err(|_| "a stored cid is not 16 bytes long")?),
            kind: Kind::from_word(&row.kind).ok_or("a stored message has an unknown kind")?,
            body: row.body,
            note: note.map_err(|error| format!("a stored note cannot be read: {error}"))?,
            sent_ms: row.sent_at,
        })
    }
}
