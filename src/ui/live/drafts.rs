//! What is written here and not yet stored: shown at once, sent in order, never lost in silence.

use super::{Live, browser_now_ms};
use crate::model::{
    Cid, Error, Result, RoomId,
    message::Draft,
    queue::{Queue, Queued},
    timeline::Timeline,
    wire::Command,
};
use leptos::{ev, prelude::*};
use std::time::Duration;

/// A timer may ring a moment before its time.
const LATE_MS: u32 = 20;

impl Live {
    /// Sends a message: it is shown as sending at once and stays so until the server has it on disk.
    pub fn post(&self, room: RoomId, body: String) -> Result<()> {
        let draft = Draft::text(fresh_cid(), room, body);
        draft.check()?;
        self.change(room, |timeline| timeline.queue.push(draft, browser_now_ms()));
        self.pump(room);
        Ok(())
    }

    /// Tries a failed message again.
    pub fn retry(&self, room: RoomId, cid: Cid) {
        self.change(room, |timeline| timeline.queue.retry(cid, browser_now_ms()));
        self.pump(room);
    }

    /// Since when a message has been without an answer.
    pub fn waiting_since_ms(&self) -> Option<i64> {
        self.rooms()
            .into_iter()
            .filter_map(|room| self.read(room, |timeline| timeline.queue.waiting_since_ms())?)
            .min()
    }

    /// Whether anything would be lost with this page: not sent, not sendable, or half written.
    pub fn is_unsent(&self) -> bool {
        let is_queued = |room| self.read(room, |timeline| timeline.queue.iter().next().is_some());
        self.rooms().into_iter().any(|room| is_queued(room) == Some(true))
            || self.kept.with_value(|kept| kept.texts.iter().any(|(_, text)| !text.trim().is_empty()))
    }

    /// From now on leaving the page asks first while something written is not yet sent: it lives here only.
    pub fn guard_unsent(&self) {
        let live = *self;
        let guard = window_event_listener(ev::beforeunload, move |leaving| {
            if live.is_unsent() {
                leaving.prevent_default();
            }
        });
        // For as long as the page lives.
        std::mem::forget(guard);
    }

    /// What is half written to a room.
    pub fn text(&self, room: RoomId) -> String {
        self.kept.with_value(|kept| kept.texts.get(room).cloned()).unwrap_or_default()
    }

    /// The server has refused a message.
    pub(super) fn refused(&self, cid: Cid, error: Error) {
        let holds = |queue: &Queue| queue.iter().any(|queued: &Queued| queued.draft.cid == cid);
        let is_here = |room: &RoomId| self.read(*room, |timeline| holds(&timeline.queue)) == Some(true);
        let Some(room) = self.rooms().into_iter().find(is_here) else { return };
        // Still "sending": nothing is lost, and the same cid can do no harm twice.
        let again = self.change(room, |timeline| timeline.queue.refuse(cid, error, browser_now_ms()));
        match again {
            Some(Some(wait_ms)) => {
                let live = *self;
                let wait = Duration::from_millis(u64::from(wait_ms.saturating_add(LATE_MS)));
                set_timeout(move || live.pump(room), wait);
            }
            _ => self.pump(room),
        }
    }

    /// Sends what is next in a room, if there is a wire and nothing before it is under way.
    pub(super) fn pump(&self, room: RoomId) {
        if self.kept.with_value(|kept| kept.wire.is_none()) {
            return;
        }
        let timeline = self.kept.with_value(|kept| kept.timelines.get(room).cloned());
        // Nothing that is drawn changes by it.
        let next = timeline.and_then(|held| {
            held.try_update_untracked(|line: &mut Timeline| line.queue.next(browser_now_ms()))
        });
        if let Some(Some(Draft { cid, body, .. })) = next {
            self.say(Command::Post { cid, room, body });
        }
    }

    /// The same in every room.
    pub(super) fn pump_all(&self) {
        self.rooms().into_iter().for_each(|room| self.pump(room));
    }
}

fn fresh_cid() -> Cid {
    let mut bytes = [0; 16];
    if let Some(Ok(crypto)) = web_sys::window().map(|window| window.crypto()) {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    Cid(bytes)
}
