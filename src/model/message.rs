//! Messages: what is written, and the rules for writing it.

use super::{AccountId, Cid, Error, MessageId, Result, RoomId, Why, job::JobStatus};
use serde::{Deserialize, Serialize};

/// The longest message, in characters.
pub const BODY_MAX_CHARS: usize = 8_000;

/// The most messages one page of history holds.
pub const PAGE_MAX: u32 = 100;

/// The number of messages a page holds when nobody says otherwise.
pub const PAGE_SIZE: u32 = 50;

/// A message as it was stored: durable, numbered, the same for every reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Message {
    pub id: MessageId,
    pub room: RoomId,
    /// Its place in the room, without holes.
    pub seq: i64,
    /// The number of its last change; equal to `seq` until it is edited.
    pub change: i64,
    pub sender: AccountId,
    pub cid: Cid,
    #[serde(default, skip_serializing_if = "Kind::is_text")]
    pub kind: Kind,
    /// The words; of a note, what it says in English.
    pub body: String,
    /// What happened to the room, in a message of kind `system`; its sender is who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    pub sent_ms: i64,
}

/// What a message is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Text,
    Image,
    File,
    /// Written by the house: see [`Note`].
    System,
}

impl Kind {
    /// The word stored and sent.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Image => "image",
            Kind::File => "file",
            Kind::System => "system",
        }
    }

    /// The kind of a stored word.
    pub fn from_word(word: &str) -> Option<Kind> {
        [Kind::Text, Kind::Image, Kind::File, Kind::System].into_iter().find(|kind| kind.word() == word)
    }

    fn is_text(&self) -> bool {
        *self == Kind::Text
    }
}

/// What happened to a room, in the same numbered line as what was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// The room was made.
    Created {},
    /// Somebody became a member; by their own doing if they are the sender.
    Joined { account: AccountId },
    /// Somebody ceased to be a member; by their own doing if they are the sender.
    Left { account: AccountId },
    /// The room has another name.
    Renamed { title: String },
    /// The room has another owner.
    HandedOver { account: AccountId },
    /// The job the room belongs to has come to another status.
    Status { status: JobStatus },
}

/// A message on its way: what the sender's side knows before the server answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub cid: Cid,
    pub room: RoomId,
    #[serde(default)]
    pub kind: Kind,
    pub body: String,
}

impl Draft {
    /// Words for a room.
    pub fn text(cid: Cid, room: RoomId, body: String) -> Draft {
        Draft { cid, room, kind: Kind::Text, body }
    }

    /// The rules a message must keep, checked on both sides.
    pub fn check(&self) -> Result<()> {
        // What the house says, nobody else can.
        if self.kind == Kind::System {
            return Err(Error::invalid("kind", Why::Unknown));
        }
        if self.body.trim().is_empty() {
            return Err(Error::invalid("body", Why::Empty));
        }
        // A NUL cannot be stored in every database, and nobody can type it.
        if self.body.contains('\0') {
            return Err(Error::invalid("body", Why::Malformed));
        }
        if self.body.chars().count() > BODY_MAX_CHARS {
            return Err(Error::invalid("body", Why::TooLong));
        }
        Ok(())
    }
}

/// A stretch of a room's history, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page {
    pub messages: Vec<Message>,
    /// Whether there is more beyond the end one was paging towards.
    pub more: bool,
}

/// Which stretch of history is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stretch {
    /// The newest messages.
    Newest,
    /// Those before this number, nearest first in reach, oldest first in order.
    Before(i64),
    /// Those after this number.
    After(i64),
    /// Those from this time on, in milliseconds since 1970.
    Since(i64),
    /// On entering a room: those around the first unread one if it is far from the newest, else the newest.
    Unread,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(body: &str) -> Draft {
        Draft::text(Cid([0; 16]), RoomId(1), body.into())
    }

    #[test]
    fn a_message_is_neither_empty_nor_endless() {
        assert_eq!(draft("hi").check(), Ok(()));
        assert_eq!(draft(" \n\t").check(), Err(Error::invalid("body", Why::Empty)));
        assert_eq!(draft(&"é".repeat(BODY_MAX_CHARS)).check(), Ok(()));
        assert_eq!(draft(&"é".repeat(BODY_MAX_CHARS + 1)).check(), Err(Error::invalid("body", Why::TooLong)));
        assert_eq!(draft("a\0b").check(), Err(Error::invalid("body", Why::Malformed)));
    }
}
