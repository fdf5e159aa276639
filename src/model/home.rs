//! Home: what somebody sees first.

use super::{
    job::JobCard,
    room::{Contact, RoomCard},
    timeline::Delivery,
};

/// A patient as their practitioner sees them among the others.
#[derive(Clone, Debug)]
pub struct Patient {
    pub contact: Contact,
    /// How far their practitioner had read when it was asked how long they wait.
    pub read: i64,
    /// Since when they wait for an answer: their first message nobody has answered, or said that none is needed.
    pub waits_since_ms: Option<i64>,
    /// How far the newest message has come, if the practitioner wrote it.
    pub delivery: Option<Delivery>,
}

impl Patient {
    /// Whether they wait, and what they wrote has not even been read.
    pub fn is_unseen(&self) -> bool {
        self.waits_since_ms.is_some() && self.contact.unread > 0
    }

    /// Where they stand: first who waits unread, then who waits, each the longest first; then who was talked with last.
    pub fn place(&self) -> (bool, bool, i64, String) {
        let waits_ms = self.waits_since_ms;
        let said_ms = self.contact.last.as_ref().map_or(0, |last| last.sent_ms);
        let name = self.contact.person.name.clone();
        (!self.is_unseen(), waits_ms.is_none(), waits_ms.unwrap_or(-said_ms), name)
    }
}

/// Everything on somebody's home.
#[derive(Clone, Debug, Default)]
pub struct Home {
    pub patients: Vec<Patient>,
    /// Those who look after a patient.
    pub doctors: Vec<Contact>,
    pub rooms: Vec<RoomCard>,
    pub unread: u32,
    /// Colleagues, those who are there first.
    pub team: Vec<Contact>,
    /// The jobs that are not over, the next first.
    pub jobs: Vec<JobCard>,
}
