//! The one reactive state of the app, and how an event from the server changes it.

use crate::{
    api,
    model::{
        AccountId, Cid, Error, MessageId, Result, RoomId,
        account::Me,
        message::{Draft, Message, Stretch},
        presence::Presence,
        room::Preview,
        timeline::{Applied, Timeline},
        wire::{Command, Cursor, Event},
    },
    ui::{
        fetch::{Fetch, Fetched, fetch},
        part::when::Zone,
        sorted::Sorted,
    },
};
use leptos::{ev, prelude::*, task::spawn_local};

/// How often what is on screen is told the time.
const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

/// The state of the wire, as a person is told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Nothing has been tried yet: the page as the server drew it.
    Idle,
    Connected,
    Reconnecting,
    /// The browser itself has no network.
    Offline,
}

type Wire = Box<dyn Fn(&Command) + Send + Sync>;

/// Everything the pages share; a cheap handle.
#[derive(Clone, Copy)]
pub struct Live {
    pub me: Fetch,
    /// Path and query of the page on screen.
    pub address: RwSignal<String>,
    pub account: RwSignal<Option<AccountId>>,
    pub link: RwSignal<Link>,
    pub zone: RwSignal<Zone>,
    pub now_ms: RwSignal<i64>,
    /// Moves when a list drawn earlier is no longer whole.
    pub stale: RwSignal<u32>,
    presence: RwSignal<Sorted<AccountId, Presence>>,
    latest: RwSignal<Sorted<RoomId, Preview>>,
    names: StoredValue<Sorted<AccountId, String>>,
    timelines: StoredValue<Sorted<RoomId, ArcRwSignal<Timeline>>>,
    removed: RwSignal<Option<RoomId>>,
    epoch: StoredValue<Option<String>>,
    wire: StoredValue<Option<Wire>>,
}

impl Live {
    /// The state of a page nothing has happened on yet.
    pub fn new(address: String) -> Self {
        Live {
            me: fetch(RwSignal::new(0), async || api::account::me().await.map(Fetched::Me)),
            address: RwSignal::new(address),
            account: RwSignal::new(None),
            link: RwSignal::new(Link::Idle),
            zone: RwSignal::new(Zone::Fixed(0)),
            now_ms: RwSignal::new(0),
            stale: RwSignal::new(0),
            presence: RwSignal::default(),
            latest: RwSignal::default(),
            names: StoredValue::default(),
            timelines: StoredValue::default(),
            removed: RwSignal::new(None),
            epoch: StoredValue::new(None),
            wire: StoredValue::new(None),
        }
    }

    /// Takes in who is asking; the same again changes nothing.
    pub fn know(&self, me: &Me) {
        if self.account.get_untracked().is_none() {
            if self.zone.get_untracked() != Zone::Local {
                self.zone.set(Zone::Fixed(me.zone_min));
                self.now_ms.set(me.now_ms);
            }
            self.epoch.set_value(Some(me.epoch.clone()));
            self.account.set(Some(me.person.id));
        }
    }

    /// From now on times are the browser's own. Never before hydration: the server's page must match.
    pub fn use_browser_clock(&self) {
        let live = *self;
        live.zone.set(Zone::Local);
        live.now_ms.set(browser_now_ms());
        let zone_min = -js_sys::Date::new_0().get_timezone_offset() as i32;
        let document: web_sys::HtmlDocument = web_sys::wasm_bindgen::JsCast::unchecked_into(document());
        // The next page is drawn in this zone from the start.
        let _ = document.set_cookie(&format!("zone={zone_min}; path=/; max-age=31536000; samesite=lax"));
        set_interval(move || live.now_ms.set(browser_now_ms()), MINUTE);
    }

    /// From now on leaving the page asks first while something written is not yet sent: it lives here only.
    pub fn guard_unsent(&self) {
        let live = *self;
        let guard = window_event_listener(ev::beforeunload, move |leaving| {
            if !live.unanswered().is_empty() {
                leaving.prevent_default();
            }
        });
        // For as long as the page lives.
        std::mem::forget(guard);
    }

    /// Whether somebody is there, as far as can be known: offline nobody's presence is.
    pub fn is_online(&self, drawn: Presence) -> bool {
        match self.link.get() {
            Link::Idle | Link::Connected => {}
            Link::Reconnecting | Link::Offline => return false,
        }
        self.presence.with(|known| known.get(drawn.account).copied()).unwrap_or(drawn).online
    }

    /// The newest message of a room: the one drawn, or a later one heard since.
    pub fn newest(&self, room: Option<RoomId>, drawn: Option<Preview>) -> Option<Preview> {
        let heard = room.and_then(|room| self.latest.with(|latest| latest.get(room).cloned()));
        match (heard, drawn) {
            (Some(heard), Some(drawn)) => Some(if heard.id > drawn.id { heard } else { drawn }),
            (heard, drawn) => heard.or(drawn),
        }
    }

    /// Remembers what people are called, for previews of what they will write.
    pub fn name<'a>(&self, people: impl IntoIterator<Item = &'a crate::model::account::Person>) {
        self.names.update_value(|names| {
            people.into_iter().for_each(|person| names.set(person.id, person.short_name()));
        });
    }

    /// The timeline of a room, made from its newest page on first sight.
    pub fn timeline(&self, me: AccountId, visit: &crate::model::room::Visit) -> ArcRwSignal<Timeline> {
        let room = visit.room.id;
        let timeline = match self.timelines.with_value(|held| held.get(room).cloned()) {
            // What is not yet sent has outlived the page it was written on.
            Some(held) => {
                held.update(|timeline| timeline.restart(visit.page.clone()));
                held
            }
            None => {
                let fresh = ArcRwSignal::new(Timeline::new(room, me, visit.page.clone()));
                self.timelines.update_value(|held| {
                    held.set(room, fresh.clone());
                });
                fresh
            }
        };
        self.follow(room);
        timeline
    }

    /// Whether this room has just ceased to be one's own.
    pub fn is_removed(&self, room: RoomId) -> bool {
        self.removed.get() == Some(room)
    }

    /// Sends a message: it is shown as sending at once and stays so until the server has it on disk.
    pub fn post(&self, room: RoomId, body: String) -> Result<()> {
        let draft = Draft::text(fresh_cid(), room, body);
        draft.check()?;
        self.change(room, |timeline| timeline.send(draft.clone(), browser_now_ms()));
        self.put(draft);
        Ok(())
    }

    /// Tries a failed message again.
    pub fn retry(&self, room: RoomId, cid: Cid) {
        if let Some(Some(draft)) = self.change(room, |timeline| timeline.retry(cid)) {
            self.put(draft);
        }
    }

    /// Fetches the page before the first message shown.
    pub fn older(&self, room: RoomId) {
        let live = *self;
        let Some(Some(first)) = self.read(room, Timeline::first) else { return };
        spawn_local(async move {
            if let Ok(page) = api::message::page(room, Stretch::Before(first), None).await {
                live.change(room, |timeline| timeline.prepend(page));
            }
        });
    }

    /// What the wire calls when it opens: the way out, and what to resume from.
    pub fn attach(&self, wire: Wire) -> Command {
        self.wire.set_value(Some(wire));
        let rooms = self.timelines.with_value(|held| {
            held.iter()
                .map(|(room, timeline)| Cursor {
                    room: *room,
                    seq: timeline.with_untracked(Timeline::cursor),
                })
                .collect()
        });
        Command::Resume { epoch: self.epoch.get_value(), rooms }
    }

    /// What the wire calls when it is gone.
    pub fn detach(&self, link: Link) {
        self.wire.set_value(None);
        self.link.set(link);
    }

    /// When the oldest message that waits for an answer was sent.
    pub fn waiting_since_ms(&self) -> Option<i64> {
        self.timelines.with_value(|held| {
            held.iter().filter_map(|(_, timeline)| timeline.with_untracked(Timeline::waiting_since_ms)).min()
        })
    }

    /// One event from the server.
    pub fn apply(&self, event: Event) {
        match event {
            Event::Welcome { epoch, presence, .. } => {
                self.epoch.set_value(Some(epoch));
                self.presence.update(|known| {
                    known.values_mut().for_each(|known| known.online = false);
                    presence.into_iter().for_each(|presence| known.set(presence.account, presence));
                });
                self.link.set(Link::Connected);
            }
            Event::Ready {} => self.put_again(),
            Event::Posted(message) => self.hear(message),
            Event::Acked { cid, room, id, seq, sent_ms } => self.acked(cid, room, id, seq, sent_ms),
            Event::Refused { cid: Some(cid), error } => self.refused(cid, error),
            Event::Refused { cid: None, .. } => {}
            Event::Gap { room, .. } => self.refetch(room),
            Event::Resync {} => {
                let rooms: Vec<RoomId> =
                    self.timelines.with_value(|held| held.iter().map(|(room, _)| *room).collect());
                rooms.into_iter().for_each(|room| self.refetch(room));
                self.stale.update(|stale| *stale += 1);
            }
            Event::Removed { room } => {
                self.removed.set(Some(room));
                self.stale.update(|stale| *stale += 1);
            }
            Event::Presence(presence) => self.presence.update(|known| {
                known.set(presence.account, presence);
            }),
            Event::Standing { .. } | Event::Receipt(_) | Event::Typing(_) | Event::Pong {} => {}
            Event::Opened { .. } => self.stale.update(|stale| *stale += 1),
        }
    }

    fn hear(&self, message: Message) {
        let sender_name =
            self.names.with_value(|names| names.get(message.sender).cloned()).unwrap_or_default();
        let preview = Preview {
            id: message.id,
            sender: message.sender,
            sender_name,
            kind: message.kind,
            body: message.body.clone(),
            sent_ms: message.sent_ms,
        };
        let room = message.room;
        self.latest.update(|latest| {
            if latest.get(room).is_none_or(|known| known.id < preview.id) {
                latest.set(room, preview);
            }
        });
        if self.change(room, |timeline| timeline.apply(message)) == Some(Applied::Hole) {
            self.follow(room);
        }
    }

    // An own message may be acked before earlier ones of others are heard; they are on their way.
    fn acked(&self, cid: Cid, room: RoomId, id: MessageId, seq: i64, sent_ms: i64) {
        self.change(room, |timeline| timeline.ack(cid, id, seq, sent_ms));
    }

    fn refused(&self, cid: Cid, error: Error) {
        let waiting = self.unanswered().into_iter().find(|draft| draft.cid == cid);
        let Some(draft) = waiting else { return };
        match error {
            // Still "sending": nothing is lost, and the same cid can do no harm twice.
            Error::Slow { retry_ms } | Error::Unavailable { retry_ms } => {
                let live = *self;
                let wait = std::time::Duration::from_millis(u64::from(retry_ms.max(250)));
                set_timeout(move || live.put(draft), wait);
            }
            error => {
                self.change(draft.room, |timeline| timeline.fail(cid, error));
            }
        }
    }

    fn follow(&self, room: RoomId) {
        if let Some(seq) = self.read(room, Timeline::cursor) {
            self.say(&Command::Follow { room, seq });
        }
    }

    fn refetch(&self, room: RoomId) {
        let live = *self;
        spawn_local(async move {
            if let Ok(page) = api::message::page(room, Stretch::Newest, None).await {
                live.change(room, |timeline| timeline.restart(page));
                live.follow(room);
            }
        });
    }

    fn put(&self, draft: Draft) {
        let Draft { cid, room, body, .. } = draft;
        self.say(&Command::Post { cid, room, body });
    }

    fn put_again(&self) {
        self.unanswered().into_iter().for_each(|draft| self.put(draft));
    }

    fn unanswered(&self) -> Vec<Draft> {
        self.timelines.with_value(|held| {
            let drafts = held.iter().map(|(_, timeline)| {
                timeline.with_untracked(|timeline| timeline.unanswered().cloned().collect::<Vec<_>>())
            });
            drafts.flatten().collect()
        })
    }

    // Without a wire nothing is said; what was posted is said again once there is one.
    fn say(&self, command: &Command) {
        self.wire.with_value(|wire| {
            if let Some(wire) = wire {
                wire(command);
            }
        });
    }

    fn change<T>(&self, room: RoomId, change: impl FnOnce(&mut Timeline) -> T) -> Option<T> {
        self.timelines.with_value(|held| held.get(room).cloned())?.try_update(change)
    }

    fn read<T>(&self, room: RoomId, read: impl FnOnce(&Timeline) -> T) -> Option<T> {
        self.timelines.with_value(|held| held.get(room).cloned())?.try_with_untracked(read)
    }
}

/// The browser's clock.
pub fn browser_now_ms() -> i64 {
    js_sys::Date::now() as i64
}

fn fresh_cid() -> Cid {
    let mut bytes = [0; 16];
    if let Some(Ok(crypto)) = web_sys::window().map(|window| window.crypto()) {
        let _ = crypto.get_random_values_with_u8_array(&mut bytes);
    }
    Cid(bytes)
}
