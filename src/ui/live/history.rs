//! What was said: pages of it fetched, holes in it mended.

use super::Live;
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

/// Why a room is entered again.
#[derive(Clone, Copy)]
enum Again {
    /// Something happened to it.
    News,
    /// Too much was missed to be replayed.
    Newest,
    /// The database is another one.
    Afresh,
}

impl Live {
    /// The timeline of a room somebody opens.
    pub fn timeline(&self, me: AccountId, visit: &Visit) -> ArcRwSignal<Timeline> {
        let room = visit.room.id;
        let timeline = match self.kept.with_value(|kept| kept.timelines.get(room).cloned()) {
            // What is not yet sent has outlived the page it was written on.
            Some(held) => {
                let read = self.heard.with_untracked(|heard| heard.unread.read(room));
                held.update(|timeline| timeline.open(visit, read));
                held
            }
            None => self.hold(me, visit),
        };
        self.follow(room);
        timeline
    }

    /// The timeline of a room as it is held, made if it is not.
    pub fn hold(&self, me: AccountId, visit: &Visit) -> ArcRwSignal<Timeline> {
        let room = visit.room.id;
        self.kept.with_value(|kept| kept.timelines.get(room).cloned()).unwrap_or_else(|| {
            let fresh = ArcRwSignal::new(Timeline::enter(me, visit));
            self.kept.update_value(|kept| kept.timelines.set(room, fresh.clone()));
            fresh
        })
    }

    /// A room is on screen: all of its page has arrived here.
    pub fn arrive(&self, room: RoomId) {
        if let Some(cursor) = self.read(room, Timeline::cursor) {
            self.got(room, cursor);
        }
    }

    /// Fetches a page of a room, one at a time; but the newest, for those who want to be there, at once.
    pub fn page(&self, room: RoomId, stretch: Stretch) {
        let is_busy = self.kept.with_value(|kept| kept.paging.contains(&room));
        if stretch == Stretch::Newest || !is_busy {
            self.kept.update_value(|kept| kept.paging.push(room));
            self.page_again(room, stretch, 0);
        }
    }

    fn page_again(&self, room: RoomId, stretch: Stretch, tries: u32) {
        let live = *self;
        spawn_local(async move {
            let page = api::message::page(room, stretch, None).await;
            match page {
                Err(error) if error.may_retry() => {
                    return after_failure(&error, tries, move || live.page_again(room, stretch, tries + 1));
                }
                Err(_) => {}
                Ok(page) => {
                    live.hush();
                    let has_hole = live.change(room, |timeline| {
                        timeline.take(stretch, page);
                        timeline.has_hole()
                    });
                    live.applied(room, has_hole.filter(|has_hole| *has_hole).map(|_| Applied::Hole));
                }
            }
            live.kept.update_value(|kept| kept.paging.retain(|other| *other != room));
        });
    }

    /// Fetches the newest page where too much was missed to be replayed, or nothing held is worth keeping.
    pub(super) fn refetch(&self, room: RoomId, afresh: bool) {
        if self.read(room, |_| ()).is_some() {
            self.enter(room, if afresh { Again::Afresh } else { Again::Newest }, 0);
        } else {
            self.age();
        }
    }

    /// Fetches what is new of the open room: its name, its members, how far they have come.
    pub(super) fn fetch_open(&self) {
        if let Some(room) = self.open_room() {
            self.enter(room, Again::News, 0);
        }
    }

    fn enter(&self, room: RoomId, again: Again, tries: u32) {
        let live = *self;
        let stretch = match again {
            Again::News => Stretch::After(self.read(room, Timeline::cursor).unwrap_or_default()),
            Again::Newest | Again::Afresh => Stretch::Newest,
        };
        spawn_local(async move {
            match api::room::enter(room, stretch).await {
                Ok(visit) => {
                    live.hush();
                    live.name(&visit.room.members);
                    live.change(room, |timeline| match again {
                        // What came with it comes by itself.
                        Again::News => timeline.count(visit.receipts.clone()),
                        Again::Newest => timeline.renew(&visit),
                        Again::Afresh => timeline.restart(&visit),
                    });
                    if live.open_room() == Some(room) {
                        live.changed.set(Some(visit.room));
                    }
                    live.follow(room);
                    live.see();
                }
                Err(error) => after_failure(&error, tries, move || live.enter(room, again, tries + 1)),
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
