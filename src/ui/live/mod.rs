//! The one reactive state of the app, and how an event from the server changes it.

mod drafts;
mod history;
mod marks;
mod names;
mod popup;

use super::{
    address::Route,
    fetch::{Fetch, Fetched, fetch},
    part::when::{Zone, browser_offset_min},
    sorted::Sorted,
    text::Text,
    unread::Unread,
    writers::Writers,
};
use crate::{
    api,
    model::{
        AccountId, Error, JobId, RoomId,
        account::Me,
        language::Language,
        message::{Kind, Message, Note},
        notice::PopUps,
        presence::{Presence, TYPING_MS},
        room::{Preview, Room, RoomCard},
        timeline::{Applied, Timeline},
        wire::{Command, Cursor, Event},
        zone::Offsets,
    },
};
use leptos::prelude::*;
use marks::{Mark, Pace};
use popup::PopUp;
use std::time::Duration;

/// How often what is on screen is told the time.
const MINUTE: Duration = Duration::from_secs(60);
/// Rooms beyond those opened that a client without a socket asks about.
const BESIDE_MAX: usize = 100;

/// The state of the wire, as a person is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing has been tried yet: the page as the server drew it.
    Idle,
    Connected,
    /// Connected without a socket, for want of a network that lets one through.
    Http,
    Reconnecting,
    /// The browser itself has no network.
    Offline,
    /// One person has too many tabs open.
    Crowded,
    /// Signed out while something was not yet sent.
    SignedOut,
    /// Another person has signed in here while something was not yet sent.
    Stranger,
}

type Wire = Box<dyn Fn(Command) + Send + Sync>;

/// Everything the pages share; a cheap handle.
#[derive(Clone, Copy)]
pub struct Live {
    pub me: Fetch,
    /// The words of the reader's language; it stays as long as the page does.
    pub texts: &'static Text,
    /// Path and query of the page on screen.
    pub address: RwSignal<String>,
    pub account: RwSignal<Option<AccountId>>,
    pub link: RwSignal<Link>,
    pub zone: RwSignal<Zone>,
    pub now_ms: RwSignal<i64>,
    /// Moves when a list drawn earlier is no longer whole.
    pub stale: RwSignal<u32>,
    /// Moves whenever something happened that a sheet may tell of.
    pub stir: RwSignal<u32>,
    /// While this is not zero, what is added to a log is not news.
    pub hushed: RwSignal<u32>,
    /// The open room, fetched again after something happened to it.
    pub changed: RwSignal<Option<Room>>,
    /// News of a room that is not on screen.
    pub popup: RwSignal<Option<PopUp>>,
    /// How much was unread when the page was drawn.
    drawn_unread: RwSignal<u32>,
    heard: RwSignal<Heard>,
    kept: StoredValue<Kept>,
}

/// What was heard, and is on screen in more than one place.
#[derive(Default)]
struct Heard {
    presence: Sorted<AccountId, Presence>,
    latest: Sorted<RoomId, Preview>,
    unread: Unread,
    writers: Writers,
    removed: Vec<RoomId>,
}

/// What is remembered without being drawn.
#[derive(Default)]
struct Kept {
    names: Sorted<AccountId, String>,
    timelines: Sorted<RoomId, ArcRwSignal<Timeline>>,
    /// The rooms of jobs that have been opened.
    job_rooms: Sorted<JobId, RoomId>,
    /// What is half written, in memory only.
    texts: Sorted<RoomId, String>,
    epoch: Option<String>,
    wire: Option<Wire>,
    got: Sorted<RoomId, Mark>,
    seen: Sorted<RoomId, Mark>,
    paces: [Pace; 3],
    /// The room whose messages are in view, and up to which number.
    looking: Option<(RoomId, i64)>,
    writing: Option<(RoomId, i64)>,
    active_ms: i64,
    mending: Vec<RoomId>,
    pop_ups: PopUps,
    /// The rooms of which a page is on its way.
    paging: Vec<RoomId>,
}

impl Live {
    /// The state of a page nothing has happened on yet.
    pub fn new(address: String, language: Language) -> Self {
        Live {
            me: fetch(RwSignal::new(0), async || api::account::me().await.map(Fetched::Me)),
            texts: Text::of(language),
            address: RwSignal::new(address),
            account: RwSignal::new(None),
            link: RwSignal::new(Link::Idle),
            zone: RwSignal::new(Zone::Fixed(0)),
            now_ms: RwSignal::new(0),
            stale: RwSignal::new(0),
            stir: RwSignal::new(0),
            hushed: RwSignal::new(0),
            changed: RwSignal::new(None),
            popup: RwSignal::new(None),
            drawn_unread: RwSignal::new(0),
            heard: RwSignal::default(),
            kept: StoredValue::default(),
        }
    }

    /// Takes in who is asking; the same again changes nothing.
    pub fn know(&self, me: &Me) {
        if self.account.get_untracked().is_none() {
            if self.zone.get_untracked() != Zone::Local {
                self.zone.set(Zone::Known(me.zone));
                self.now_ms.set(me.now_ms);
            }
            self.drawn_unread.set(me.unread);
            self.choose_pop_ups(me.pop_ups);
            self.kept.update_value(|kept| kept.epoch = Some(me.epoch.clone()));
            self.account.set(Some(me.person.id));
        }
    }

    /// Who is asking, as far as is known yet.
    pub fn account_id(&self) -> Option<AccountId> {
        self.account.get_untracked()
    }

    /// From now on times are the browser's own. Never before hydration: the server's page must match.
    pub fn use_browser_clock(&self) {
        let live = *self;
        live.zone.set(Zone::Local);
        live.now_ms.set(browser_now_ms());
        let zone = Offsets::of_clock(browser_now_ms(), |ms| browser_offset_min(ms) as i32).to_keep();
        let document: web_sys::HtmlDocument = web_sys::wasm_bindgen::JsCast::unchecked_into(document());
        // The next page is drawn in this zone from the start.
        let _ = document.set_cookie(&format!("zone={zone}; path=/; max-age=31536000; samesite=lax"));
        set_interval(move || live.now_ms.set(browser_now_ms()), MINUTE);
    }

    /// The zone to write times in. After the browser's own there comes no other, and whoever waited for one would be
    /// remembered long after they are gone: what never changes forgets nobody.
    pub fn zone(&self) -> Zone {
        match self.zone.get_untracked() {
            Zone::Local => Zone::Local,
            Zone::Fixed(_) | Zone::Known(_) => self.zone.get(),
        }
    }

    /// Whether somebody is there, as far as can be known: offline nobody's presence is.
    pub fn is_online(&self, drawn: Presence) -> bool {
        match self.link.get() {
            Link::Idle => drawn.online,
            Link::Connected | Link::Http => {
                let known = self.heard.with(|heard| heard.presence.get(drawn.account).copied());
                self.account.get() == Some(drawn.account) || known.is_some_and(|known| known.online)
            }
            _ => false,
        }
    }

    /// Has whoever asks run again when presence may have changed, also of people not asked about yet.
    pub fn track_presence(&self) {
        self.link.track();
        self.heard.track();
    }

    /// The newest message of a room: the one drawn, or a later one heard since.
    pub fn newest(&self, room: Option<RoomId>, drawn: Option<Preview>) -> Option<Preview> {
        let heard = room.and_then(|room| self.heard.with(|heard| heard.latest.get(room).cloned()));
        match (heard, drawn) {
            (Some(heard), Some(drawn)) => Some(if heard.id > drawn.id { heard } else { drawn }),
            (heard, drawn) => heard.or(drawn),
        }
    }

    /// When something last happened in a room of a list.
    pub fn active_ms(&self, card: &RoomCard) -> i64 {
        let heard = self.heard.with(|heard| heard.latest.get(card.id).map(|last| last.sent_ms));
        heard.unwrap_or_default().max(card.active_ms)
    }

    /// The rooms something was said in since the page was drawn.
    pub fn heard_rooms(&self) -> Vec<RoomId> {
        self.heard.with(|heard| heard.latest.iter().map(|(room, _)| *room).collect())
    }

    /// The unread messages of a room: those drawn, until the server has told of it.
    pub fn unread(&self, room: Option<RoomId>, drawn: u32) -> u32 {
        let told = room.and_then(|room| self.heard.with(|heard| heard.unread.of(room)));
        told.unwrap_or(drawn)
    }

    /// Whether something of one's own in the open room has not been read by all, as far as was told.
    pub fn awaits(&self) -> bool {
        self.open_room().and_then(|room| self.read(room, Timeline::is_awaited)) == Some(true)
    }

    /// When somebody was last there, as far as is known.
    pub fn last_seen(&self, drawn: Presence) -> Option<i64> {
        let known = self.heard.with(|heard| heard.presence.get(drawn.account).copied());
        known.and_then(|known| known.last_seen_ms).or(drawn.last_seen_ms)
    }

    /// The unread messages of all rooms: what the page was drawn with until the server has told of each.
    pub fn total_unread(&self) -> u32 {
        let drawn = self.drawn_unread.get();
        self.heard.with(|heard| if heard.unread.is_settled() { heard.unread.total() } else { drawn })
    }

    /// Who writes in a room now.
    pub fn writers(&self, room: RoomId) -> Vec<AccountId> {
        self.heard.with(|heard| heard.writers.of(room).collect())
    }

    /// Whether this room has ceased to be one's own.
    pub fn is_removed(&self, room: RoomId) -> bool {
        self.heard.with(|heard| heard.removed.contains(&room))
    }

    /// A list shows a room up to this number.
    pub fn show(&self, room: RoomId, head: i64) {
        self.heard.update_untracked(|heard| heard.unread.show(room, head));
    }

    /// What to resume from. Without a socket nothing is heard between two answers, so other rooms are named too.
    pub fn place(&self, with_others: bool) -> (Option<String>, Vec<Cursor>) {
        let (epoch, mut rooms) = self.kept.with_value(|kept| {
            let cursor = |(room, timeline): &(RoomId, ArcRwSignal<Timeline>)| Cursor {
                room: *room,
                seq: timeline.with_untracked(Timeline::cursor),
            };
            (kept.epoch.clone(), kept.timelines.iter().map(cursor).collect::<Vec<_>>())
        });
        if with_others {
            let opened = rooms.len();
            self.heard.with_untracked(|heard| {
                let others = heard.unread.newest().map(|(room, seq, _)| Cursor { room, seq });
                let others = others.filter(|one| rooms.iter().all(|other| other.room != one.room));
                let others: Vec<Cursor> = others.take(BESIDE_MAX.saturating_sub(opened)).collect();
                rooms.extend(others);
            });
        }
        (epoch, rooms)
    }

    /// What the wire calls once it is known who it belongs to.
    pub fn attach(&self, link: Link, wire: Wire) {
        self.kept.update_value(|kept| {
            kept.wire = Some(wire);
            // What was said on an earlier wire may never have arrived.
            kept.got.values_mut().chain(kept.seen.values_mut()).for_each(|mark| mark.told = 0);
        });
        self.hush();
        self.link.set(link);
    }

    /// What the wire calls when it is gone.
    pub fn detach(&self, link: Link) {
        self.kept.update_value(|kept| {
            kept.wire = None;
            for (_, timeline) in kept.timelines.iter() {
                timeline.update_untracked(|timeline| timeline.queue.land());
            }
        });
        self.heard.update(|heard| heard.writers = Writers::default());
        self.link.set(link);
    }

    /// One event from the server. Answers false when it is meant for somebody else.
    pub fn apply(&self, event: Event) -> bool {
        if matches!(event, Event::Posted(_) | Event::Standing { .. } | Event::Ready {} | Event::Receipt(_)) {
            self.stir.update(|stir| *stir += 1);
        }
        match event {
            Event::Welcome { account, .. } if self.account_id() != Some(account) => return false,
            Event::Welcome { epoch, presence, .. } => self.welcome(epoch, presence),
            Event::Standing { rooms } => {
                for standing in &rooms {
                    self.stand(*standing);
                }
                self.heard.update(|heard| rooms.into_iter().for_each(|one| heard.unread.stand(one)));
            }
            Event::Ready {} => {
                self.pump_all();
                self.mark_all();
                // Receipts are not replayed.
                if self.awaits() {
                    self.review();
                }
                if self.heard.try_update(|heard| heard.unread.settle()) == Some(true) {
                    self.age();
                }
            }
            Event::Posted(message) => self.hear(message),
            Event::Acked { cid, room, id, seq, sent_ms } => {
                let applied = self.change(room, |timeline| timeline.ack(cid, id, seq, sent_ms));
                self.applied(room, applied);
                self.pump(room);
            }
            Event::Refused { cid: Some(cid), error } => self.refused(cid, error),
            Event::Refused { cid: None, error: Error::Slow { retry_ms } } => self.mark_later(retry_ms),
            Event::Gap { room, .. } => self.refetch(room, false),
            Event::Resync {} => {
                self.rooms().into_iter().for_each(|room| self.refetch(room, true));
                self.age();
            }
            Event::Removed { room } => {
                self.heard.update(|heard| {
                    heard.unread.forget(room);
                    heard.removed.push(room);
                });
                self.age();
            }
            Event::Opened { room } => {
                self.heard.update(|heard| heard.removed.retain(|other| *other != room));
                self.follow(room);
                self.age();
            }
            Event::Around { presence } => self.see_all(presence),
            Event::Presence(presence) => self.see_all(vec![presence]),
            Event::Receipt(receipt) => {
                self.change(receipt.room, |timeline| timeline.receive(receipt));
            }
            Event::Typing(typing) if Some(typing.account) != self.account_id() => {
                self.heard.update(|heard| heard.writers.turn(typing, browser_now_ms()));
                let live = *self;
                let forget = move || live.heard.update(|heard| heard.writers.forget(browser_now_ms()));
                set_timeout(forget, Duration::from_millis(TYPING_MS.unsigned_abs() + 10));
            }
            Event::Typing(_) | Event::Pong {} | Event::Refused { cid: None, .. } => {}
        }
        true
    }

    fn welcome(&self, epoch: String, presence: Vec<Presence>) {
        let same = self.kept.try_update_value(|kept| kept.epoch.replace(epoch.clone()) == Some(epoch));
        self.heard.update(|heard| {
            // Numbers of another database say nothing about this one.
            if same != Some(true) {
                heard.latest = Sorted::default();
                heard.unread = Unread::default();
            }
            heard.presence = Sorted::default();
            presence.into_iter().for_each(|presence| heard.presence.set(presence.account, presence));
            heard.unread.begin();
        });
    }

    fn see_all(&self, people: Vec<Presence>) {
        self.heard.update(|heard| people.into_iter().for_each(|one| heard.presence.set(one.account, one)));
    }

    fn hear(&self, message: Message) {
        let Some(me) = self.account_id() else { return };
        let Message { room, seq, sender, kind, .. } = message;
        let known = self.name_of(sender);
        let sender_name = known.clone().unwrap_or_default();
        let (id, sent_ms, body) = (message.id, message.sent_ms, message.body.clone());
        self.heard.update(|heard| {
            if heard.latest.get(room).is_none_or(|known| known.id < id) {
                heard.latest.set(room, Preview { id, sender, sender_name, kind, body, sent_ms });
            }
            heard.unread.hear(&message, me);
            heard.writers.stop(room, sender);
        });
        // What comes while a connection catches up is no news.
        let is_news = sender != me && self.hushed.get_untracked() == 0;
        let (live, news) = (*self, message.clone());
        let tell = move |name| {
            if is_news {
                live.pop_up(&news, name);
            }
        };
        match known {
            None if kind != Kind::System && sender != me => self.ask_name(sender, tell),
            known => tell(known.unwrap_or_default()),
        }
        let note = message.note.clone();
        if matches!(note, Some(Note::Status { .. })) {
            self.age();
        }
        let applied = self.change(room, |timeline| timeline.apply(message));
        self.applied(room, applied);
        if sender == me {
            self.pump(room);
        } else {
            self.got(room, self.read(room, Timeline::cursor).unwrap_or(seq));
        }
        self.see();
        if let (Some(note), Some(Applied::InOrder | Applied::Hole)) = (note, applied) {
            self.noted(room, &note);
        }
    }

    /// Something happened to a room: who is in it, what it is called.
    fn noted(&self, room: RoomId, note: &Note) {
        if matches!(note, Note::Renamed { .. }) {
            self.age();
        }
        if self.open_room() == Some(room) {
            self.review();
        }
    }

    fn open_room(&self) -> Option<RoomId> {
        match self.address.with_untracked(|address| Route::of(address)) {
            Route::Messages(room) | Route::Team(room) => room,
            Route::JobChat(job) => self.kept.with_value(|kept| kept.job_rooms.get(job).copied()),
            Route::Home
            | Route::Patients
            | Route::Jobs(_)
            | Route::Settings
            | Route::Notices
            | Route::Missing => None,
        }
    }

    /// Remembers which room a job's page shows.
    pub fn place_job(&self, job: JobId, room: RoomId) {
        self.kept.update_value(|kept| kept.job_rooms.set(job, room));
    }

    /// What the lists show is no longer whole.
    fn age(&self) {
        self.stale.update(|stale| *stale += 1);
        self.stir.update(|stir| *stir += 1);
    }

    fn rooms(&self) -> Vec<RoomId> {
        self.kept.with_value(|kept| kept.timelines.iter().map(|(room, _)| *room).collect())
    }

    // Without a wire nothing is said; what must not be lost is said again once there is one.
    fn say(&self, command: Command) -> bool {
        self.kept.with_value(|kept| kept.wire.as_ref().map(|wire| wire(command))).is_some()
    }

    fn change<T>(&self, room: RoomId, change: impl FnOnce(&mut Timeline) -> T) -> Option<T> {
        self.kept.with_value(|kept| kept.timelines.get(room).cloned())?.try_update(change)
    }

    fn read<T>(&self, room: RoomId, read: impl FnOnce(&Timeline) -> T) -> Option<T> {
        self.kept.with_value(|kept| kept.timelines.get(room).cloned())?.try_with_untracked(read)
    }
}

/// The browser's clock.
pub fn browser_now_ms() -> i64 {
    js_sys::Date::now() as i64
}
