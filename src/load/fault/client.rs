//! A client as the protocol describes it: it resumes, fills holes, says again what was not answered, and writes
//! everything down.

use super::{
    history::{End, History, Sign},
    place::Place,
};
use crate::{
    Fallible,
    frame::{self, Kind},
    wire::{Target, Wire},
};
use confer::model::{
    AccountId, Cid, RoomId,
    receipt::Standing,
    wire::{Command, Event},
};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};
use tokio::{
    sync::Notify,
    task::{JoinHandle, spawn_local},
    time::{sleep, timeout},
};

/// Looked at this often: is anything unanswered for too long?
const LOOK_EVERY: Duration = Duration::from_millis(250);
const OPEN_WITHIN: Duration = Duration::from_secs(5);
const ANSWER_WITHIN_MS: u64 = 10_000;
/// A frame has room for no more; what moved in other rooms shows in where one stands.
pub const CURSORS_MAX: usize = 1_000;
const READ_BYTES: usize = 16 * 1024;
const BACK_OFF_FIRST_MS: u64 = 20;
const BACK_OFF_MAX_MS: u64 = 640;

/// Somebody with a socket and a good memory.
#[derive(Debug)]
pub struct Client {
    pub number: usize,
    pub account: AccountId,
    pub cookie: String,
    pub book: Rc<RefCell<History>>,
    pub target: RefCell<Target>,
    pub places: RefCell<BTreeMap<RoomId, Place>>,
    /// Where everything stood when the newest connection came up.
    pub standings: RefCell<Vec<Standing>>,
    /// A reader that does not read is given this little room.
    pub receive_bytes: Cell<Option<u32>>,
    /// Whether nothing is read for the moment.
    pub is_mute: Cell<bool>,
    epoch: RefCell<Option<String>>,
    wire: RefCell<Option<Rc<Wire>>>,
    pub link: Cell<usize>,
    pub ready: Cell<bool>,
    pub open: RefCell<Vec<usize>>,
    changed: Notify,
    task: RefCell<Option<JoinHandle<()>>>,
}

impl Client {
    /// Somebody who holds nothing yet of these rooms.
    pub fn new(
        number: usize,
        account: AccountId,
        cookie: String,
        book: Rc<RefCell<History>>,
        target: Target,
    ) -> Rc<Client> {
        Rc::new(Client {
            number,
            account,
            cookie,
            book,
            target: RefCell::new(target),
            places: RefCell::default(),
            standings: RefCell::default(),
            receive_bytes: Cell::new(None),
            is_mute: Cell::new(false),
            epoch: RefCell::default(),
            wire: RefCell::default(),
            link: Cell::new(0),
            ready: Cell::new(false),
            open: RefCell::default(),
            changed: Notify::new(),
            task: RefCell::default(),
        })
    }

    /// Comes, and comes back whenever the connection ends.
    pub fn come(self: &Rc<Self>) {
        let task = spawn_local(self.clone().live());
        if let Some(old) = self.task.borrow_mut().replace(task) {
            old.abort();
        }
    }

    /// Ends the connection hard, and does not come back.
    pub fn go(&self) {
        if let Some(task) = self.task.borrow_mut().take() {
            task.abort();
        }
        let wire = self.wire.borrow_mut().take();
        if let Some(wire) = wire {
            wire.break_off();
            self.ended("cut by the client", &End::Closed);
        }
    }

    /// Whether the connection is up and all that was missed has been told.
    pub fn is_ready(&self) -> bool {
        self.ready.get()
    }

    /// Waits until the connection is up.
    pub async fn readied(&self) {
        while !self.ready.get() {
            self.changed.notified().await;
        }
    }

    /// How many sends wait for their answer.
    pub fn open_count(&self) -> usize {
        self.open.borrow().len()
    }

    /// Sends a message; it is said again until it is answered for good.
    pub fn post(&self, room: RoomId, body: String) -> usize {
        self.post_as(Cid(rand::random()), room, body)
    }

    /// Sends a message under a name of one's own choice.
    pub fn post_as(&self, cid: Cid, room: RoomId, body: String) -> usize {
        let send = self.book.borrow_mut().wish(self.number, self.account, cid, room, body);
        self.open.borrow_mut().push(send);
        if self.ready.get() {
            self.say(send);
        }
        send
    }

    /// Waits until a send is answered for good.
    pub async fn settled(&self, send: usize) {
        while self.open.borrow().contains(&send) {
            self.changed.notified().await;
        }
    }

    /// Says to have read a room so far.
    pub fn see(&self, room: RoomId, seq: i64) {
        if self.ready.get() {
            self.book.borrow_mut().see(room, self.account, seq);
            self.tell(&Command::Seen { room, seq });
        }
    }

    /// The last number of a room before which nothing is missing.
    pub fn held(&self, room: RoomId) -> i64 {
        self.places.borrow().get(&room).map_or(0, |place| place.held)
    }

    /// Asks for what was missed in a room; until the answer is through, holes are expected.
    pub fn follow(&self, room: RoomId) {
        let held = {
            let mut places = self.places.borrow_mut();
            let place = places.entry(room).or_default();
            place.asked += 1;
            place.held
        };
        self.tell(&Command::Follow { room, seq: held });
        self.tell(&Command::Ping {});
    }

    /// Says a send on the connection there is.
    pub fn say(&self, send: usize) {
        let (cid, room, body) = {
            let mut book = self.book.borrow_mut();
            book.say(send, self.link.get());
            let send = &book.sends[send];
            (send.cid, send.room, send.body.clone())
        };
        self.tell(&Command::Post { cid, room, body });
    }

    fn tell(&self, command: &Command) {
        let wire = self.wire.borrow().clone();
        if let (Some(wire), Ok(json)) = (wire, serde_json::to_vec(command)) {
            wire.put(Kind::Text, &json);
            wire.flush();
        }
    }

    async fn live(self: Rc<Self>) {
        let mut back_off_ms = BACK_OFF_FIRST_MS;
        loop {
            // Somebody who stands before a closed door has not been promised anything.
            if let Ok(Ok((wire, rest))) = timeout(OPEN_WITHIN, self.clone().open()).await {
                let (why, end) = match self.clone().listen(&wire, rest).await {
                    Ok(why) => (why, End::Closed),
                    Err(why) => (why.into(), End::GivenUp),
                };
                if self.ready.get() {
                    back_off_ms = BACK_OFF_FIRST_MS;
                }
                self.wire.borrow_mut().take();
                self.ended(&why, &end);
            }
            sleep(Duration::from_millis(rand::random_range(0..=back_off_ms))).await;
            back_off_ms = (back_off_ms * 2).min(BACK_OFF_MAX_MS);
        }
    }

    fn ended(&self, why: &str, end: &End) {
        self.ready.set(false);
        let open = self.open.borrow().clone();
        self.book.borrow_mut().close(self.link.get(), open, why, end);
    }

    async fn open(self: Rc<Self>) -> Fallible<(Rc<Wire>, Vec<u8>)> {
        let target = self.target.borrow().clone();
        let opened = Wire::open(&target, None, &self.cookie, self.receive_bytes.get()).await?;
        self.link.set(self.book.borrow_mut().open(self.number));
        *self.wire.borrow_mut() = Some(opened.0.clone());
        let rooms = {
            let mut places = self.places.borrow_mut();
            places.values_mut().for_each(Place::asked_on_another);
            places.iter().take(CURSORS_MAX).map(|(room, place)| place.cursor(*room)).collect()
        };
        self.tell(&Command::Resume { epoch: self.epoch.borrow().clone(), rooms });
        Ok(opened)
    }

    /// Hears what comes until the connection ends, and says why it did; an error is the client's own patience.
    async fn listen(self: Rc<Self>, wire: &Rc<Wire>, mut rest: Vec<u8>) -> Result<String, &'static str> {
        let buffer = RefCell::new(vec![0; READ_BYTES]);
        loop {
            let mut used = 0;
            loop {
                let Ok(found) = frame::first(&rest[used..]) else { return Ok("a broken frame".into()) };
                let Some(frame) = found else { break };
                used += frame.length;
                match frame.kind {
                    Kind::Text | Kind::Binary => self.hear(frame.payload),
                    Kind::Ping => {
                        wire.put(Kind::Pong, frame.payload);
                        wire.flush();
                    }
                    Kind::Pong => {}
                    Kind::Close => {
                        let code = frame.payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                        return Ok(format!("closed with {code}"));
                    }
                }
            }
            rest.drain(..used);
            while self.is_mute.get() {
                sleep(LOOK_EVERY).await;
            }
            match timeout(LOOK_EVERY, wire.read(&buffer)).await {
                Ok(Ok(0)) => return Ok("closed without a word".into()),
                Ok(Ok(count)) => rest.extend_from_slice(&buffer.borrow()[..count]),
                Ok(Err(error)) => return Ok(format!("broken: {}", error.kind())),
                Err(_) if self.is_overdue() => return Err("given up"),
                Err(_) => {}
            }
        }
    }

    fn is_overdue(&self) -> bool {
        let (book, link) = (self.book.borrow(), self.link.get());
        let now_ms = book.now_ms();
        self.open.borrow().iter().flat_map(|send| &book.sends[*send].tries).any(|one| {
            one.link == link && one.end.is_none() && now_ms.saturating_sub(one.at_ms) > ANSWER_WITHIN_MS
        })
    }

    fn hear(self: &Rc<Self>, payload: &[u8]) {
        let event = match serde_json::from_slice(payload) {
            Ok(event) => event,
            Err(error) => return self.sign(Sign::Unread(error.to_string())),
        };
        match event {
            Event::Welcome { epoch, .. } => {
                let was = self.epoch.borrow_mut().replace(epoch.clone());
                if let Some(was) = was.filter(|was| *was != epoch) {
                    self.sign(Sign::Epoch { was, now: epoch });
                }
                self.standings.borrow_mut().clear();
            }
            Event::Standing { rooms } if !self.ready.get() => self.standings.borrow_mut().extend(rooms),
            Event::Ready {} => self.up(),
            Event::Posted(message) => self.enter(message),
            Event::Acked { cid, room, id, seq, sent_ms } => {
                self.answered(cid, End::Acked { room, id: id.0, seq, sent_ms });
            }
            Event::Refused { cid: Some(cid), error } => self.answered(cid, End::Refused(error)),
            Event::Refused { cid: None, error } => self.sign(Sign::Refused(error)),
            Event::Gap { room, from, to } => {
                self.sign(Sign::Gap { room, from, to });
                self.fill(room, to);
            }
            Event::Resync {} => {
                self.sign(Sign::Resync);
                *self.epoch.borrow_mut() = None;
                let rooms: Vec<RoomId> = self.places.borrow().keys().copied().collect();
                self.places.borrow_mut().values_mut().for_each(|place| *place = Place::default());
                rooms.into_iter().for_each(|room| self.follow(room));
            }
            Event::Removed { room } => {
                self.sign(Sign::Removed { room });
                self.places.borrow_mut().remove(&room);
            }
            Event::Opened { room } => self.joined(room),
            Event::Pong {} => {
                // A ping follows every question, and answers keep their order.
                let mut asked = Vec::new();
                for (room, place) in self.places.borrow_mut().iter_mut() {
                    if place.answered() && place.has_hole() {
                        asked.push(*room);
                    }
                }
                asked.into_iter().for_each(|room| self.follow(room));
            }
            Event::Standing { .. }
            | Event::Around { .. }
            | Event::Presence(_)
            | Event::Receipt(_)
            | Event::Typing(_) => {}
        }
        self.changed.notify_waiters();
    }
}
