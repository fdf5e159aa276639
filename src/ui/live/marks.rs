//! What this device tells of its owner: what has come, what was seen, that somebody writes, that somebody is there.

use super::{Live, browser_now_ms};
use crate::model::{
    RoomId,
    receipt::Standing,
    timeline::Timeline,
    wire::{Command, Cursor},
};
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use std::time::Duration;

const SEEN_EVERY_MS: i64 = 250;
const GOT_EVERY_MS: i64 = 1_000;
const REVIEW_EVERY_MS: i64 = 1_000;
/// The server forgets a writer after three seconds.
const TYPE_EVERY_MS: i64 = 2_000;
const ACTIVE_EVERY_MS: i64 = 30_000;

/// A number that only grows, and how far of it the server was told.
#[derive(Default)]
pub(super) struct Mark {
    reached: i64,
    pub told: i64,
}

/// When something that is done only so often was done last, and whether it is about to be.
#[derive(Default)]
pub(super) struct Pace {
    last_ms: i64,
    is_due: bool,
}

#[derive(Clone, Copy)]
enum Step {
    Got,
    Seen,
    Review,
}

impl Live {
    /// From now on whoever is at the device is noticed.
    pub fn watch_owner(&self) {
        let live = *self;
        for event in ["keydown", "pointerdown", "focus", "visibilitychange"] {
            // On the window, where a document's visibility is heard as well.
            let watch = window_event_listener_untyped(event, move |_| {
                live.active();
                live.see();
            });
            // For as long as the page lives.
            std::mem::forget(watch);
        }
    }

    /// Messages of a room are in view: up to a number, or the newest and what follows it.
    pub fn look(&self, room: RoomId, is_in_view: bool, up_to: Option<i64>) {
        self.kept.update_value(|kept| kept.looking = Some((room, up_to.unwrap_or(i64::MAX))));
        // Told only when it is news: this is called with every frame of scrolling.
        if self.read(room, Timeline::is_at_end) == Some(!is_in_view) {
            self.change(room, |timeline| timeline.look(is_in_view));
        }
        self.see();
    }

    /// A room is left: what comes from now on takes the place of what is older, as if somebody looked.
    pub fn leave(&self, room: RoomId) {
        self.kept.update_value(|kept| kept.looking = kept.looking.filter(|(looking, _)| *looking != room));
        // Nothing that is drawn changes by it, and what is drawn of this room is about to go.
        if let Some(held) = self.kept.with_value(|kept| kept.timelines.get(room).cloned()) {
            held.try_update_untracked(|timeline| timeline.look(true));
        }
    }

    /// What is in the composer of a room now, after a key.
    pub fn write(&self, room: RoomId, text: String) {
        let is_empty = text.trim().is_empty();
        self.kept.update_value(|kept| kept.texts.set(room, text));
        if is_empty {
            return self.cease();
        }
        let now_ms = browser_now_ms();
        let told = self.kept.with_value(|kept| kept.writing);
        if told.is_none_or(|(other, at_ms)| other != room || now_ms - at_ms >= TYPE_EVERY_MS) {
            self.kept.update_value(|kept| kept.writing = Some((room, now_ms)));
            self.say(Command::Type { room, on: true });
        }
    }

    /// Nobody writes here any more.
    pub fn cease(&self) {
        if let Some(Some((room, _))) = self.kept.try_update_value(|kept| kept.writing.take()) {
            self.say(Command::Type { room, on: false });
        }
    }

    /// If somebody looks at messages of a room, they are read, and those before them.
    pub fn see(&self) {
        let Some((room, up_to)) = self.kept.with_value(|kept| kept.looking) else { return };
        let document = document();
        if document.hidden() || !document.has_focus().unwrap_or(true) || is_covered() {
            return;
        }
        let Some(seq) = self.read(room, Timeline::cursor) else { return };
        let seq = seq.min(up_to);
        // Told only when it is news: this is called with every frame of scrolling.
        self.heard.maybe_update(|heard| heard.unread.see(room, seq));
        self.kept.update_value(|kept| kept.seen.entry(room).reach(seq));
        self.pace(Step::Seen);
    }

    /// Everything up to this number has arrived here.
    pub(super) fn got(&self, room: RoomId, seq: i64) {
        self.kept.update_value(|kept| kept.got.entry(room).reach(seq));
        self.pace(Step::Got);
    }

    /// The server has said how far this person has read, which it need not be told again.
    pub(super) fn stand(&self, standing: Standing) {
        let Standing { room, head, read, unread } = standing;
        self.kept.update_value(|kept| {
            let got = kept.got.entry(room);
            got.told = got.told.max(read);
            // Whoever is told that something waits has it within reach.
            if unread > 0 && kept.timelines.get(room).is_none() {
                got.reach(head);
            }
            kept.seen.entry(room).told = read;
        });
    }

    /// Tells everything again that an earlier wire may have lost.
    pub(super) fn mark_all(&self) {
        for room in self.rooms() {
            if let Some(cursor) = self.read(room, Timeline::cursor) {
                self.got(room, cursor);
            }
        }
        self.see();
        self.pace(Step::Seen);
        self.pace(Step::Got);
    }

    /// The server took none of the last marks.
    pub(super) fn mark_later(&self, wait_ms: u32) {
        let live = *self;
        let again = move || {
            live.kept.update_value(|kept| {
                kept.got.values_mut().chain(kept.seen.values_mut()).for_each(|mark| mark.told = 0);
            });
            live.mark_all();
        };
        set_timeout(again, Duration::from_millis(u64::from(wait_ms.max(250))));
    }

    /// What is known of the open room is fetched again soon.
    pub(super) fn review(&self) {
        self.pace(Step::Review);
    }

    fn active(&self) {
        let now_ms = browser_now_ms();
        if now_ms - self.kept.with_value(|kept| kept.active_ms) >= ACTIVE_EVERY_MS
            && self.say(Command::Active {})
        {
            self.kept.update_value(|kept| kept.active_ms = now_ms);
        }
    }

    // At most once in a while, and the last wish is never lost.
    fn pace(&self, step: Step) {
        let live = *self;
        let every_ms = match step {
            Step::Got => GOT_EVERY_MS,
            Step::Seen => SEEN_EVERY_MS,
            Step::Review => REVIEW_EVERY_MS,
        };
        let now_ms = browser_now_ms();
        let wait_ms = self.kept.try_update_value(|kept| {
            let pace = &mut kept.paces[step as usize];
            let is_due = std::mem::replace(&mut pace.is_due, true);
            (!is_due).then(|| (pace.last_ms + every_ms - now_ms).clamp(0, every_ms))
        });
        if let Some(Some(wait_ms)) = wait_ms {
            // Never at once: what arrives together is told together.
            set_timeout(move || live.step(step), Duration::from_millis(wait_ms.unsigned_abs()));
        }
    }

    fn step(&self, step: Step) {
        self.kept.update_value(|kept| {
            kept.paces[step as usize] = Pace { last_ms: browser_now_ms(), is_due: false };
        });
        match step {
            Step::Got => {
                let rooms = self.untold(step);
                if !rooms.is_empty() {
                    self.say(Command::Got { rooms });
                }
            }
            Step::Seen => {
                for Cursor { room, seq } in self.untold(step) {
                    self.say(Command::Seen { room, seq });
                }
            }
            Step::Review => self.fetch_open(),
        }
    }

    fn untold(&self, step: Step) -> Vec<Cursor> {
        let untold = self.kept.try_update_value(|kept| {
            if kept.wire.is_none() {
                return Vec::new();
            }
            let marks = if matches!(step, Step::Got) { &mut kept.got } else { &mut kept.seen };
            let untold = marks.iter().filter(|(_, mark)| mark.reached > mark.told);
            let untold: Vec<_> =
                untold.map(|(room, mark)| Cursor { room: *room, seq: mark.reached }).collect();
            marks.values_mut().for_each(|mark| mark.told = mark.told.max(mark.reached));
            untold
        });
        untold.unwrap_or_default()
    }
}

impl Mark {
    fn reach(&mut self, seq: i64) {
        self.reached = self.reached.max(seq);
    }
}

/// Whether something lies over the whole conversation, as its details do on a phone.
fn is_covered() -> bool {
    let thread = document().query_selector("[data-details] > .pane--thread").ok().flatten();
    let style = thread.and_then(|thread| window().get_computed_style(&thread).ok().flatten());
    style.is_some_and(|style| style.get_property_value("visibility").as_deref() == Ok("hidden"))
}
