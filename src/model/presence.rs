//! Being there: whether a person can be reached now, and when they last could.

use super::AccountId;
use serde::{Deserialize, Serialize};

/// What is known of one person's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    pub account: AccountId,
    pub online: bool,
    pub last_seen_ms: Option<i64>,
}
