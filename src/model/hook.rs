//! Hooks: programs elsewhere that are told what happens here, without being told what was said.

use super::HookId;
use serde::{Deserialize, Serialize};

/// What a hook can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub enum HookEvent {
    /// Somebody wrote a message.
    #[serde(rename = "message.posted")]
    MessagePosted,
    /// Somebody has read up to a message.
    #[serde(rename = "message.read")]
    MessageRead,
    /// A job has another status, or another worker.
    #[serde(rename = "job.changed")]
    JobChanged,
}

impl HookEvent {
    /// Every event.
    pub const ALL: [HookEvent; 3] = [HookEvent::MessagePosted, HookEvent::MessageRead, HookEvent::JobChanged];

    /// The word sent.
    pub fn word(self) -> &'static str {
        match self {
            HookEvent::MessagePosted => "message.posted",
            HookEvent::MessageRead => "message.read",
            HookEvent::JobChanged => "job.changed",
        }
    }

    /// Its bit in a stored set.
    pub fn bit(self) -> i64 {
        match self {
            HookEvent::MessagePosted => 1,
            HookEvent::MessageRead => 2,
            HookEvent::JobChanged => 4,
        }
    }
}

/// A program that is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
pub struct Hook {
    pub id: HookId,
    /// Where the calls go.
    pub url: String,
    pub events: Vec<HookEvent>,
    pub created_ms: i64,
    /// Since when no call has come through.
    pub failing_since_ms: Option<i64>,
    /// When it was given up, after a day without a call that came through.
    pub disabled_ms: Option<i64>,
}
