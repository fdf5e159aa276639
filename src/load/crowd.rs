//! The crowd: everybody who has a socket, and the one ledger they share.

use super::{
    Fallible,
    dialect::Name,
    frame::Kind,
    house::{Guest, Lounge},
    ledger::{Ledger, Seat},
    person::Person,
    wire::{Target, Wire},
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, VecDeque},
    io::Write,
    ops::Range,
    rc::Rc,
    time::Duration,
};
use tokio::{
    sync::{Notify, Semaphore},
    task::spawn_local,
    time::{Instant, sleep_until, timeout},
};

/// One buffer for all: a single thread reads one socket at a time.
const READ_BYTES: usize = 16 * 1024;
/// Receipts are gathered this long before they are told.
const RECEIPT_EVERY: Duration = Duration::from_secs(1);

/// Everybody.
#[derive(Debug)]
pub struct Crowd {
    pub target: Target,
    pub people: Vec<Rc<Person>>,
    pub ledger: RefCell<Ledger>,
    pub buffer: RefCell<Vec<u8>>,
    /// How many may be on their way in at the same time.
    pub doors: Semaphore,
    ready: Cell<usize>,
    changed: Notify,
    /// How sockets ended that nobody cut.
    ends: RefCell<BTreeMap<String, u64>>,
    filler: Vec<u8>,
    payload: RefCell<Vec<u8>>,
    unflushed: RefCell<Vec<Rc<Wire>>>,
    receipts: Option<RefCell<VecDeque<(Instant, u32)>>>,
}

/// Who comes, and how.
#[derive(Clone, Copy, Debug)]
pub struct Invitation<'a> {
    pub guests: &'a [Guest],
    pub lounges: &'a [Lounge],
    /// Sockets for each guest.
    pub sockets: usize,
    /// The first so many guests never read.
    pub mute: usize,
    pub at_once: usize,
    pub body_bytes: usize,
    pub receipts: bool,
}

impl Crowd {
    /// Everybody invited, before they come.
    pub fn new(target: Target, invitation: Invitation<'_>) -> Rc<Crowd> {
        let Invitation { guests, lounges, sockets, mute, at_once, body_bytes, receipts } = invitation;
        let mut ledger = Ledger::new(rand::random());
        let mut seats: Vec<Vec<Seat>> = vec![Vec::new(); guests.len()];
        let mut jobs = vec![None; guests.len()];
        for lounge in lounges {
            let readers = lounge.members.iter().filter(|member| **member >= mute).count();
            let place = ledger.room(lounge.head, (readers * sockets) as u32);
            for member in &lounge.members {
                jobs[*member] = lounge.job;
                seats[*member].push(Seat { room: lounge.room, place, held: lounge.head, replayed: 0 });
            }
        }
        let mut people = Vec::with_capacity(guests.len() * sockets);
        for (number, (guest, seats)) in guests.iter().zip(seats).enumerate() {
            for _ in 0..sockets {
                let index = people.len() as u32;
                people.push(Rc::new(Person::new(
                    index,
                    guest.cookie.clone(),
                    jobs[number],
                    seats.clone(),
                    number >= mute,
                )));
            }
        }
        Rc::new(Crowd {
            target,
            people,
            ledger: RefCell::new(ledger),
            buffer: RefCell::new(vec![0; READ_BYTES]),
            doors: Semaphore::new(at_once),
            ready: Cell::new(0),
            changed: Notify::new(),
            ends: RefCell::default(),
            filler: b"and so we talk on, quietly, ".iter().copied().cycle().take(body_bytes).collect(),
            payload: RefCell::default(),
            unflushed: RefCell::default(),
            receipts: receipts.then(RefCell::default),
        })
    }

    /// Lets some of them in, without waiting.
    pub fn admit(self: &Rc<Self>, who: Range<usize>) {
        for person in &self.people[who] {
            person.lives_in(spawn_local(person.clone().live(self.clone())));
        }
    }

    /// Lets all of them in and waits until everybody is there.
    pub async fn open(self: &Rc<Self>, within: Duration) -> Fallible<()> {
        self.admit(0..self.people.len());
        if self.receipts.is_some() {
            spawn_local(self.clone().tell_receipts());
        }
        self.all_there(within).await
    }

    /// Waits until everybody is there.
    pub async fn all_there(&self, within: Duration) -> Fallible<()> {
        let everybody = async {
            loop {
                let change = self.changed.notified();
                if self.ready.get() == self.people.len() {
                    return;
                }
                change.await;
            }
        };
        timeout(within, everybody).await.map_err(|_| {
            let (there, ends) = (self.ready.get(), self.ends());
            format!("only {there} of {} sockets became ready ({ends})", self.people.len()).into()
        })
    }

    /// Ends the sockets of some of them, hard and all at once.
    pub fn cut(&self, who: Range<usize>) {
        let ready = self.people[who].iter().filter(|person| person.cut()).count();
        self.ready.set(self.ready.get() - ready);
    }

    /// Somebody is there.
    pub fn came(&self) {
        self.ready.set(self.ready.get() + 1);
        self.changed.notify_waiters();
    }

    /// Somebody is there no longer.
    pub fn left(&self) {
        self.ready.set(self.ready.get() - 1);
    }

    /// A socket ended, and why.
    pub fn ended(&self, why: String) {
        *self.ends.borrow_mut().entry(why).or_default() += 1;
    }

    /// How sockets ended that nobody cut.
    pub fn ends(&self) -> String {
        let ends = self.ends.borrow();
        ends.iter().map(|(why, count)| format!("{count} {why}")).collect::<Vec<_>>().join(", ")
    }

    /// How many sockets ended that nobody cut.
    pub fn ended_total(&self) -> u64 {
        self.ends.borrow().values().sum()
    }

    /// Forgets how sockets ended so far.
    pub fn forget_ends(&self) {
        self.ends.borrow_mut().clear();
    }

    /// Notes a send and puts it into its socket's next write.
    pub fn post(&self, person: u32, seat: usize, due_us: u64) {
        let person = &self.people[person as usize];
        let mut ledger = self.ledger.borrow_mut();
        let place = person.seats.borrow()[seat].place;
        let send = ledger.send(place, person.index, due_us);
        let wire = person.post(self, &ledger, send);
        self.unflushed.borrow_mut().extend(wire);
    }

    /// Writes what was posted.
    pub fn flush(&self) {
        for wire in self.unflushed.borrow_mut().drain(..) {
            wire.flush();
        }
    }

    /// Puts a message on a wire; the same name always has the same body.
    pub fn compose(&self, wire: &Wire, room: i64, name: Name) {
        let mut payload = self.payload.borrow_mut();
        payload.clear();
        let mut body = [0_u8; 24];
        let length = body.len();
        let mut left = &mut body[..];
        // Writing to memory does not fail.
        let _ = write!(left, "{} ", name.index);
        let used = length - left.len();
        let filler = &self.filler[..self.filler.len().saturating_sub(used)];
        let body = [&body[..used], filler].concat();
        self.target.dialect.post(&mut payload, room, name, &body);
        wire.put(Kind::Text, &payload);
    }

    /// Somebody heard something and will tell the server.
    pub fn owe_receipt(&self, person: u32) {
        if let Some(receipts) = &self.receipts {
            receipts.borrow_mut().push_back((Instant::now() + RECEIPT_EVERY, person));
        }
    }

    async fn tell_receipts(self: Rc<Self>) {
        let Some(receipts) = &self.receipts else { return };
        loop {
            let due = receipts.borrow_mut().pop_front();
            let Some((due, person)) = due else {
                tokio::time::sleep(RECEIPT_EVERY / 100).await;
                continue;
            };
            sleep_until(due).await;
            self.people[person as usize].receipt(&self);
        }
    }
}
