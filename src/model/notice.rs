//! Notices: what happened to somebody while they looked elsewhere.

use super::{JobId, RoomId, job::JobStatus};
use serde::{Deserialize, Serialize};

/// Something that happened, newest first on its page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub at_ms: i64,
    pub what: What,
    /// Whether it came after the list was last looked at.
    pub is_new: bool,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Messages in a room wait to be read.
    Messages { room: RoomId, name: String, count: u32 },
    /// Somebody was brought into a group.
    Joined { room: RoomId, name: String },
    /// A job reached a step.
    Job { job: JobId, title: String, status: JobStatus },
    /// A session was opened.
    SignedIn { device: Option<String> },
}

/// Which news appear on top of whatever page is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PopUps {
    pub messages: bool,
    pub jobs: bool,
}

impl Default for PopUps {
    fn default() -> Self {
        PopUps { messages: true, jobs: true }
    }
}

impl PopUps {
    /// What was chosen, as it is stored.
    pub fn stored(value: &str) -> PopUps {
        PopUps { messages: value.contains("messages"), jobs: value.contains("jobs") }
    }

    /// The same, to be stored.
    pub fn to_store(self) -> String {
        let words = [("messages", self.messages), ("jobs", self.jobs)];
        words.iter().filter(|(_, on)| *on).map(|(word, _)| *word).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_chosen_is_stored_and_known_again() {
        for (messages, jobs) in [(true, true), (true, false), (false, true), (false, false)] {
            let chosen = PopUps { messages, jobs };
            assert_eq!(PopUps::stored(&chosen.to_store()), chosen);
        }
    }
}
