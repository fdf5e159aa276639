//! Work between a client and a worker.

use serde::{Deserialize, Serialize};

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    Requested,
    Confirmed,
    Started,
    Finished,
}

impl JobStatus {
    /// The word stored and sent.
    pub fn word(self) -> &'static str {
        match self {
            JobStatus::Requested => "requested",
            JobStatus::Confirmed => "confirmed",
            JobStatus::Started => "started",
            JobStatus::Finished => "finished",
        }
    }
}
