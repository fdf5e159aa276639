//! The frames of `/ws`: commands from a client, events from the server.

use super::{
    AccountId, Cid, Error, MessageId, RoomId,
    message::Message,
    presence::{Presence, Typing},
    receipt::{Receipt, Standing},
};
use serde::{Deserialize, Serialize};

/// The name both sides agree on when the socket opens.
pub const SUBPROTOCOL: &str = "confer.v1";

/// The largest frame either side sends, in bytes.
pub const FRAME_MAX_BYTES: usize = 64 * 1024;

/// The most changes of one room that are replayed over the socket; more are paged over HTTP.
pub const REPLAY_MAX: u32 = 300;

/// How far a client has read a room without a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Cursor {
    pub room: RoomId,
    pub seq: i64,
}

/// What a client asks for: an object with one key, the command's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// The first frame: the epoch and cursors the client holds, if any.
    Resume { epoch: Option<String>, rooms: Vec<Cursor> },
    /// Follow a room from a cursor on: what was missed is replayed.
    Follow { room: RoomId, seq: i64 },
    /// Write a message.
    Post { cid: Cid, room: RoomId, body: String },
    /// Everything up to these numbers has reached this device.
    Got { rooms: Vec<Cursor> },
    /// Everything up to this number has been on the screen.
    Seen { room: RoomId, seq: i64 },
    /// Somebody began, or ceased, to write.
    Type { room: RoomId, on: bool },
    /// Somebody is at the device: a key, a touch, the window in front.
    Active {},
    /// Is anybody there?
    Ping {},
}

impl Command {
    /// The name of every command.
    pub const NAMES: [&str; 8] = ["resume", "follow", "post", "got", "seen", "type", "active", "ping"];
}

/// What the server tells: an object with one key, the event's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The answer to `Resume`: the database's epoch, and who of one's people is there.
    Welcome { epoch: String, account: AccountId, presence: Vec<Presence> },
    /// More of one's people who are there, where they are too many for the welcome.
    Around { presence: Vec<Presence> },
    /// Where one stands in rooms: all of them after `Welcome`, single ones when they are read elsewhere.
    Standing { rooms: Vec<Standing> },
    /// Everything missed has been sent; what follows is live.
    Ready {},
    /// A message was stored.
    Posted(Message),
    /// Your send is on disk.
    Acked { cid: Cid, room: RoomId, id: MessageId, seq: i64, sent_ms: i64 },
    /// Your command was not carried out; a send names its cid.
    Refused { cid: Option<Cid>, error: Error },
    /// Too much was missed to replay: page it over HTTP.
    Gap { room: RoomId, from: i64, to: i64 },
    /// What you hold does not belong to this database: start afresh.
    Resync {},
    /// You are no longer in this room.
    Removed { room: RoomId },
    /// Somebody came or went.
    Presence(Presence),
    /// Somebody has received or read more.
    Receipt(Receipt),
    /// Somebody began, or ceased, to write.
    Typing(Typing),
    /// You have become a member of a room.
    Opened { room: RoomId },
    /// The answer to `Ping`.
    Pong {},
}

/// Close codes beyond RFC 6455's own.
pub mod close {
    /// No `Resume` came in time.
    pub const SILENT: u16 = 4000;
    /// The reader was too slow: resume from the last cursor.
    pub const OVERFLOW: u16 = 4008;
    /// One person has too many connections: close another one first.
    pub const CROWDED: u16 = 4029;
    /// The session ended: sign in again.
    pub const SIGNED_OUT: u16 = 4401;
    /// The server restarts: come back after a moment.
    pub const RESTART: u16 = 1012;
    /// The frame was larger than allowed.
    pub const TOO_BIG: u16 = 1009;
}
