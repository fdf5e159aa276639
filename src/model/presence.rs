//! Being there: whether a person can be reached now, when they last could, and whether they write.

use super::{AccountId, RoomId};
use serde::{Deserialize, Serialize};

/// What is known of one person's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Presence {
    pub account: AccountId,
    pub online: bool,
    pub last_seen_ms: Option<i64>,
}

/// Somebody who writes in a room, or has ceased to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Typing {
    pub room: RoomId,
    pub account: AccountId,
    pub on: bool,
}

/// Writing ends by itself when it has not been told again for this long.
pub const TYPING_MS: i64 = 3_000;
