//! The frames of `/ws`: commands from a client, events from the server.

use super::{AccountId, Cid, Error, MessageId, RoomId, message::Message, presence::Presence};
use serde::{Deserialize, Serialize};

/// The name both sides agree on when the socket opens.
pub const SUBPROTOCOL: &str = "confer.v1";

/// The largest frame either side sends, in bytes.
pub const FRAME_MAX_BYTES: usize = 64 * 1024;

/// The most changes of one room that are replayed over the socket; more are paged over HTTP.
pub const REPLAY_MAX: u32 = 300;

/// How far a client has read a room without a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    pub room: RoomId,
    pub seq: i64,
}

/// What a client asks for: an object with one key, the command's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// The first frame: the epoch and cursors the client holds, if any.
    Resume { epoch: Option<String>, rooms: Vec<Cursor> },
    /// Follow a room from a cursor on: what was missed is replayed.
    Follow { room: RoomId, seq: i64 },
    /// Write a message.
    Post { cid: Cid, room: RoomId, body: String },
}

/// What the server tells: an object with one key, the event's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The answer to `Resume`: the database's epoch, and who of one's people is there.
    Welcome { epoch: String, account: AccountId, presence: Vec<Presence> },
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
    /// A room you belong to was made.
    Opened { room: RoomId },
}

/// Close codes beyond RFC 6455's own.
pub mod close {
    /// No `Resume` came in time.
    pub const SILENT: u16 = 4000;
    /// The reader was too slow: resume from the last cursor.
    pub const OVERFLOW: u16 = 4008;
    /// The session ended: sign in again.
    pub const SIGNED_OUT: u16 = 4401;
    /// The server restarts: come back after a moment.
    pub const RESTART: u16 = 1012;
    /// The frame was larger than allowed.
    pub const TOO_BIG: u16 = 1009;
}
