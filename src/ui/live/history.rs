//! What was said: pages of it fetched, holes in it mended.

use super::{Live, Route};
use crate::{
    api,
    model::{
        AccountId, Error, RoomId,
        message::Stretch,
        room::Visit,
        timeline::{Applied, Timeline},
        wire::Command,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// What is missing may be on its way.
const MEND_AFTER: Duration = Duration::from_millis(300);
const MEND_AGAIN: Duration = Duration::from_secs(3);
/// What is added while this lasts is history, and a screen reader is not to read it out.
const HUSH: Duration = Duration::from_millis(1_200);

impl Live {
    /// The timeline of a room, made from its newest page on first sight.
    pub fn timeline(&self, me: AccountId, visit: &Visit) -> ArcRwSignal<Timeline> {
        let room = visit.room.id;
        let (page, receipts) = (visit.page.clone(), visit.receipts.clone());
        let timeline = match self.kept.with_value(|kept| kept.timelines.get(room).cloned()) {
            // What is not yet sent has outlived the page it was written on.
            Some(held) => {
                held.update(|timeline| timeline.renew(page, receipts));
                held
            }
            None => {
                let fresh = ArcRwSignal::new(Timeline::new(room, me, page, receipts));
                self.kept.update_value(|kept| kept.timelines.set(room, fresh.clone()));
                fresh
            }
        };
        self.follow(room);
        timeline
    }

    /// A room is on screen: all of its page has arrived here.
    pub fn arrive(&self, room: RoomId) {
        if let Some(cursor) = self.read(room, Timeline::cursor) {
            self.got(room, cursor);
        }
    }

    /// Fetches the page before the first message shown.
    pub fn older(&self, room: RoomId) {
        self.older_again(room, 0);
    }

    fn older_again(&self, room: RoomId, tries: u32) {
        let live = *self;
        let Some(Some(first)) = self.read(room, Timeline::first) else { return };
        spawn_local(async move {
            match api::message::page(room, Stretch::Before(first), None).await {
                Ok(page) => {
                    live.hush();
                    live.change(room, |timeline| timeline.prepend(first, page));
                }
                Err(error) => after_failure(&error, tries, move || live.older_again(room, tries + 1)),
            }
        });
    }

    /// Fetches the newest page where too much was missed to be replayed, or nothing held is worth keeping.
    pub(super) fn refetch(&self, room: RoomId, afresh: bool) {
        if self.read(room, |_| ()).is_some() {
            self.refetch_again(room, Some(afresh), 0);
        } else {
            self.age();
        }
    }

    /// Fetches the open room's head again: its name, its members, how far they have come.
    pub(super) fn fetch_open(&self) {
        if let Route::Messages(Some(room)) = self.address.with_untracked(|address| Route::of(address)) {
            self.refetch_again(room, None, 0);
        }
    }

    fn refetch_again(&self, room: RoomId, afresh: Option<bool>, tries: u32) {
        let live = *self;
        spawn_local(async move {
            match api::room::enter(room, Stretch::Newest).await {
                Ok(Visit { room: fresh, page, receipts, .. }) => {
                    live.hush();
                    live.name(&fresh.members);
                    live.changed.set(Some(fresh));
                    live.change(room, |timeline| match afresh {
                        Some(true) => timeline.restart(page, receipts),
                        _ => timeline.renew(page, receipts),
                    });
                    live.follow(room);
                    live.see();
                }
                Err(error) => {
                    after_failure(&error, tries, move || live.refetch_again(room, afresh, tries + 1));
                }
            }
        });
    }

    /// Asks for what was missed since the last number held.
    pub(super) fn follow(&self, room: RoomId) {
        if let Some(seq) = self.read(room, Timeline::cursor) {
            self.say(Command::Follow { room, seq });
        }
    }

    /// A message was taken in; where some before it are missing, they are asked for in a moment.
    pub(super) fn applied(&self, room: RoomId, applied: Option<Applied>) {
        let is_mended = self.kept.with_value(|kept| kept.mending.contains(&room));
        if applied == Some(Applied::Hole) && !is_mended {
            self.kept.update_value(|kept| kept.mending.push(room));
            let live = *self;
            set_timeout(move || live.mend(room), MEND_AFTER);
        }
    }

    fn mend(&self, room: RoomId) {
        let live = *self;
        if self.read(room, Timeline::has_hole) == Some(true) {
            self.follow(room);
            set_timeout(move || live.mend(room), MEND_AGAIN);
        } else {
            self.kept.update_value(|kept| kept.mending.retain(|other| *other != room));
        }
    }

    /// What is added in the next moment is not news.
    pub(super) fn hush(&self) {
        let live = *self;
        self.hushed.update(|hushed| *hushed += 1);
        set_timeout(move || live.hushed.update(|hushed| *hushed = hushed.saturating_sub(1)), HUSH);
    }
}

/// Tries again what may succeed later, less often each time.
fn after_failure(error: &Error, tries: u32, again: impl FnOnce() + 'static) {
    if error.may_retry() {
        set_timeout(again, Duration::from_millis(1_000 << tries.min(5)));
    }
}
