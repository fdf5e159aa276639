//! Messages: what is written, and the rules for writing it.

use super::{AccountId, Cid, Error, MessageId, Result, RoomId, Why};
use serde::{Deserialize, Serialize};

/// The longest message, in characters.
pub const BODY_MAX_CHARS: usize = 8_000;

/// The most messages one page of history holds.
pub const PAGE_MAX: u32 = 100;

/// The number of messages a page holds when nobody says otherwise.
pub const PAGE_SIZE: u32 = 50;

/// A message as it was stored: durable, numbered, the same for every reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub id: MessageId,
    pub room: RoomId,
    /// Its place in the room, without holes.
    pub seq: i64,
    /// The number of its last change; equal to `seq` until it is edited.
    pub change: i64,
    pub sender: AccountId,
    pub cid: Cid,
    pub body: String,
    pub sent_ms: i64,
}

/// A message on its way: what the sender's side knows before the server answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub cid: Cid,
    pub room: RoomId,
    pub body: String,
}

impl Draft {
    /// The rules a message must keep, checked on both sides.
    pub fn check(&self) -> Result<()> {
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(body: &str) -> Draft {
        Draft { cid: Cid([0; 16]), room: RoomId(1), body: body.into() }
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
