//! A person: a socket that is opened again whenever it ends, and what is held of each room.

use super::{
    Fallible,
    catch_up::{Gaps, catch_up},
    crowd::Crowd,
    dialect::{Heard, Name},
    frame::{self, Kind},
    ledger::{Ledger, Seat},
    wire::Wire,
};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::pending,
    rc::Rc,
    time::Duration,
};
use tokio::task::{JoinHandle, spawn_local};

/// A reader that does not read is given this little room, so that the server feels it soon.
const MUTE_RECEIVE_BYTES: u32 = 4_096;
const BACK_OFF_FIRST_MS: u64 = 500;
const BACK_OFF_MAX_MS: u64 = 30_000;

/// Somebody with a socket.
#[derive(Debug)]
pub struct Person {
    pub index: u32,
    pub cookie: String,
    job: Option<i64>,
    pub seats: RefCell<Vec<Seat>>,
    /// Whether anything is read at all.
    pub reads: bool,
    pub gaps: Gaps,
    wire: RefCell<Option<Rc<Wire>>>,
    unanswered: RefCell<VecDeque<u32>>,
    ready: Cell<bool>,
    owes_receipt: Cell<bool>,
    task: RefCell<Option<JoinHandle<()>>>,
}

/// How a socket ended, for the tally.
type End = String;

impl Person {
    /// Somebody who has not come yet.
    pub fn new(index: u32, cookie: String, job: Option<i64>, seats: Vec<Seat>, reads: bool) -> Person {
        Person {
            index,
            cookie,
            job,
            seats: RefCell::new(seats),
            reads,
            gaps: Gaps::default(),
            wire: RefCell::default(),
            unanswered: RefCell::default(),
            ready: Cell::new(false),
            owes_receipt: Cell::new(false),
            task: RefCell::default(),
        }
    }

    /// Remembers the task that keeps this person connected.
    pub fn lives_in(&self, task: JoinHandle<()>) {
        *self.task.borrow_mut() = Some(task);
    }

    /// Ends the socket hard, and the task with it; true when it was ready.
    pub fn cut(&self) -> bool {
        if let Some(task) = self.task.borrow_mut().take() {
            task.abort();
        }
        if let Some(wire) = self.wire.borrow_mut().take() {
            wire.break_off();
        }
        self.ready.replace(false)
    }

    /// Connects, and connects again whenever the socket ends.
    pub async fn live(self: Rc<Self>, crowd: Rc<Crowd>) {
        let mut back_off_ms = BACK_OFF_FIRST_MS;
        loop {
            let end = match self.connect(&crowd).await {
                Ok(end) => end,
                Err(error) => format!("not opened: {error}"),
            };
            self.wire.borrow_mut().take();
            if self.ready.replace(false) {
                crowd.left();
                back_off_ms = BACK_OFF_FIRST_MS;
            }
            crowd.ended(end);
            let wait_ms = rand::random_range(0..=back_off_ms);
            back_off_ms = (back_off_ms * 2).min(BACK_OFF_MAX_MS);
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        }
    }

    /// One connection, from its opening to its end.
    async fn connect(self: &Rc<Self>, crowd: &Rc<Crowd>) -> Fallible<End> {
        let turn = crowd.doors.acquire().await?;
        let small = (!self.reads).then_some(MUTE_RECEIVE_BYTES);
        let (wire, mut rest) = Wire::open(&crowd.target, self.job, &self.cookie, small).await?;
        *self.wire.borrow_mut() = Some(wire.clone());
        for seat in self.seats.borrow_mut().iter_mut() {
            seat.replayed = 0;
        }
        self.gaps.start_over();
        let mut resume = Vec::new();
        let held: Vec<_> = self.seats.borrow().iter().map(|seat| (seat.room, seat.held)).collect();
        crowd.target.dialect.resume(&mut resume, held.into_iter());
        if crowd.target.dialect.resumes() {
            wire.put(Kind::Text, &resume);
        } else if self.reads {
            let ledger = crowd.ledger.borrow();
            self.stand_ready(crowd, &wire, &ledger);
        }
        wire.flush();
        if !self.reads {
            drop(turn);
            self.ready.set(true);
            crowd.came();
            return pending().await;
        }
        // The turn at the door lasts until the server has said all that was missed.
        let mut turn = Some(turn);
        loop {
            if !rest.is_empty() {
                match self.hear(crowd, &wire, &rest) {
                    Ok(used) => drop(rest.drain(..used)),
                    Err(end) => return Ok(end),
                }
            }
            if self.ready.get() {
                turn.take();
            }
            let count = wire.read(&crowd.buffer).await?;
            if count == 0 {
                return Ok("closed without a word".into());
            }
            let buffer = crowd.buffer.borrow();
            if rest.is_empty() {
                match self.hear(crowd, &wire, &buffer[..count]) {
                    Ok(used) => rest.extend_from_slice(&buffer[used..count]),
                    Err(end) => return Ok(end),
                }
            } else {
                rest.extend_from_slice(&buffer[..count]);
                continue;
            }
            if self.ready.get() {
                turn.take();
            }
        }
    }

    /// Takes in every whole frame; answers how many bytes that were.
    fn hear(self: &Rc<Self>, crowd: &Rc<Crowd>, wire: &Rc<Wire>, bytes: &[u8]) -> Result<usize, End> {
        let mut ledger = crowd.ledger.borrow_mut();
        let now_us = ledger.now_us();
        let mut used = 0;
        let mut says = false;
        loop {
            let found = frame::first(&bytes[used..]).map_err(|_| "a broken frame".to_owned())?;
            let Some(frame) = found else { break };
            used += frame.length;
            match frame.kind {
                Kind::Text | Kind::Binary => {
                    says |= self.take(crowd, wire, &mut ledger, frame.payload, now_us)
                }
                Kind::Ping => {
                    wire.put(Kind::Pong, frame.payload);
                    says = true;
                }
                Kind::Pong => {}
                Kind::Close => {
                    let code = frame.payload.first_chunk().map_or(1005, |code| u16::from_be_bytes(*code));
                    return Err(format!("closed with {code}"));
                }
            }
        }
        drop(ledger);
        if says {
            wire.flush();
        }
        Ok(used)
    }

    /// Takes in one event; true when something is to be said because of it.
    fn take(
        self: &Rc<Self>,
        crowd: &Rc<Crowd>,
        wire: &Wire,
        ledger: &mut Ledger,
        event: &[u8],
        now_us: u64,
    ) -> bool {
        match crowd.target.dialect.hear(event) {
            Heard::Posted { room, seq, name } => {
                if !crowd.target.dialect.resumes() && self.settle(name.index) {
                    ledger.answered(name, seq, now_us);
                }
                if !self.gaps.keeps(room, seq, name) {
                    self.enter(ledger, room, seq, name, now_us);
                }
                if !self.owes_receipt.replace(true) {
                    crowd.owe_receipt(self.index);
                }
            }
            Heard::Acked { seq, name } => {
                ledger.answered(name, seq, now_us);
                self.settle(name.index);
            }
            Heard::Refused { name, code } => {
                ledger.refused(name, code);
                if let Some(name) = name {
                    self.settle(name.index);
                }
            }
            Heard::Ready => {
                self.stand_ready(crowd, wire, ledger);
                return true;
            }
            Heard::Gap { room, to } => {
                if self.gaps.open(room, to) {
                    let (person, crowd) = (self.clone(), crowd.clone());
                    spawn_local(async move { catch_up(&crowd, &person, room).await });
                }
            }
            Heard::Lost { event } => {
                ledger.strange("cannot go on", || String::from_utf8_lossy(event).into_owned());
            }
            Heard::Passed => {}
            Heard::Broken => {
                ledger
                    .strange("not understood", || String::from_utf8_lossy(event).chars().take(200).collect());
            }
        }
        false
    }

    /// All that was missed has come.
    fn stand_ready(&self, crowd: &Crowd, wire: &Wire, ledger: &Ledger) {
        for seat in self.seats.borrow_mut().iter_mut() {
            seat.replayed = seat.held;
        }
        self.ready.set(true);
        crowd.came();
        // What was on its way when the last socket ended is said again, under its old name.
        for send in self.unanswered.borrow().iter() {
            self.say(crowd, wire, ledger, *send);
        }
    }

    /// Takes in a message, in the order of its room.
    pub fn enter(&self, ledger: &mut Ledger, room: i64, seq: i64, name: Name, now_us: u64) {
        let mut seats = self.seats.borrow_mut();
        match seats.iter_mut().find(|seat| seat.room == room) {
            Some(seat) => ledger.heard(self.index, seat, seq, name, now_us),
            None => ledger.strange("not a member", || format!("{} heard room {room}", self.index)),
        }
    }

    /// One's own send is answered; false for somebody else's.
    fn settle(&self, index: u64) -> bool {
        let mut unanswered = self.unanswered.borrow_mut();
        let at = unanswered.iter().position(|send| u64::from(*send) == index);
        at.and_then(|at| unanswered.remove(at)).is_some()
    }

    /// Sends a message, now or once there is a socket; answers the wire that is to be flushed.
    pub fn post(&self, crowd: &Crowd, ledger: &Ledger, send: u32) -> Option<Rc<Wire>> {
        self.unanswered.borrow_mut().push_back(send);
        let wire = self.wire.borrow().clone().filter(|_| self.ready.get())?;
        self.say(crowd, &wire, ledger, send);
        Some(wire)
    }

    fn say(&self, crowd: &Crowd, wire: &Wire, ledger: &Ledger, send: u32) {
        let place = ledger.place(send);
        let seats = self.seats.borrow();
        if let Some(seat) = seats.iter().find(|seat| Some(seat.place) == place) {
            crowd.compose(wire, seat.room, ledger.name(send));
        }
    }

    /// Tells the server what has arrived, as a browser does.
    pub fn receipt(&self, crowd: &Crowd) {
        self.owes_receipt.set(false);
        let Some(wire) = self.wire.borrow().clone().filter(|_| self.ready.get()) else { return };
        let mut said = Vec::new();
        crowd.target.dialect.got(&mut said, self.seats.borrow().iter().map(|seat| (seat.room, seat.held)));
        wire.put(Kind::Text, &said);
        wire.flush();
    }
}
