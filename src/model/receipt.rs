//! Receipts: how far somebody has received and read a room, as two cursors that only move forward.

use super::{AccountId, RoomId};
use serde::{Deserialize, Serialize};

/// How far one member has come in a room, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Receipt {
    pub room: RoomId,
    pub account: AccountId,
    /// Everything up to this number has reached a device of theirs.
    pub delivered_seq: i64,
    pub delivered_ms: Option<i64>,
    /// Everything up to this number has been on their screen.
    pub read_seq: i64,
    pub read_ms: Option<i64>,
}

/// Where a person stands in one of their rooms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Standing {
    pub room: RoomId,
    /// The newest number when this was counted.
    pub head: i64,
    /// The number read up to.
    pub read: i64,
    /// Messages of others after that, notes left out.
    pub unread: u32,
}
