//! The history of a scenario: everything each client sent, was answered and heard, as it happened.

use confer::model::{
    AccountId, Cid, Error, RoomId,
    message::{Kind, Message},
    receipt::Standing,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
    time::Instant,
};

/// Everything that happened; times are milliseconds since its beginning.
#[derive(Debug)]
pub struct History {
    begin: Instant,
    pub sends: Vec<Send>,
    pub heard: Vec<Heard>,
    pub links: Vec<Link>,
    /// What else was told: numbers skipped, gaps, fresh starts, comings and goings.
    pub signs: Vec<Told>,
    /// Where a person stood at the end, as a fresh connection was told.
    pub standings: Vec<(AccountId, Standing)>,
    /// The furthest anybody said to have read.
    pub seen: BTreeMap<(RoomId, AccountId), i64>,
    /// Whether connections broke without a word, so that a client may give one up.
    pub is_silent_network: bool,
    /// What each client held of a room before anything happened.
    pub bases: BTreeMap<(usize, RoomId), i64>,
    /// Clients that came back at the end and were told everything.
    pub present: BTreeSet<usize>,
    tick: u64,
    by_name: HashMap<(AccountId, Cid), Vec<usize>>,
    kept: HashMap<(RoomId, i64), Vec<Rc<Message>>>,
}

/// A message somebody wanted to send, and every time it was said.
#[derive(Clone, Debug)]
pub struct Send {
    pub client: usize,
    pub sender: AccountId,
    pub cid: Cid,
    pub room: RoomId,
    pub body: String,
    pub tries: Vec<Try>,
}

/// A send said once on one connection.
#[derive(Clone, Debug)]
pub struct Try {
    pub link: usize,
    pub at_ms: u64,
    pub end: Option<(u64, End)>,
}

/// How saying it once ended.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    Acked {
        room: RoomId,
        id: i64,
        seq: i64,
        sent_ms: i64,
    },
    Refused(Error),
    /// The connection ended.
    Closed,
    /// The client waited as long as was promised, and ended the connection itself.
    GivenUp,
}

/// How a message came to be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Replayed,
    Live,
    Paged,
}

/// A message somebody heard.
#[derive(Clone, Debug)]
pub struct Heard {
    pub client: usize,
    pub account: AccountId,
    pub link: usize,
    pub way: Way,
    /// Its place among everything heard and told.
    pub tick: u64,
    pub message: Rc<Message>,
}

/// A sign, and who was given it when.
#[derive(Clone, Debug)]
pub struct Told {
    pub client: usize,
    pub tick: u64,
    pub sign: Sign,
}

/// A connection.
#[derive(Clone, Debug)]
pub struct Link {
    pub client: usize,
    pub ready: bool,
    pub end: Option<String>,
}

/// What a client was told besides messages and answers, or noticed itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Sign {
    /// A live message skipped numbers: the last one held, and the one heard.
    Skipped {
        room: RoomId,
        held: i64,
        seq: i64,
    },
    Gap {
        room: RoomId,
        from: i64,
        to: i64,
    },
    Resync,
    Removed {
        room: RoomId,
    },
    Opened {
        room: RoomId,
    },
    /// Another database than before.
    Epoch {
        was: String,
        now: String,
    },
    /// A refusal of something else than a send.
    Refused(Error),
    /// An event that could not be read.
    Unread(String),
}

impl History {
    /// Nothing has happened yet.
    pub fn new() -> History {
        History {
            begin: Instant::now(),
            sends: Vec::new(),
            heard: Vec::new(),
            links: Vec::new(),
            signs: Vec::new(),
            standings: Vec::new(),
            seen: BTreeMap::new(),
            is_silent_network: false,
            bases: BTreeMap::new(),
            present: BTreeSet::new(),
            tick: 0,
            by_name: HashMap::new(),
            kept: HashMap::new(),
        }
    }

    /// Now.
    pub fn now_ms(&self) -> u64 {
        self.begin.elapsed().as_millis() as u64
    }

    /// Notes a wish to send.
    pub fn wish(&mut self, client: usize, sender: AccountId, cid: Cid, room: RoomId, body: String) -> usize {
        let number = self.sends.len();
        self.by_name.entry((sender, cid)).or_default().push(number);
        self.sends.push(Send { client, sender, cid, room, body, tries: Vec::new() });
        number
    }

    /// Notes that a send was said on a connection.
    pub fn say(&mut self, send: usize, link: usize) {
        let at_ms = self.now_ms();
        self.sends[send].tries.push(Try { link, at_ms, end: None });
    }

    /// Notes how a send ended on a connection: the longest open one of this name there.
    pub fn answer(&mut self, sender: AccountId, cid: Cid, link: usize, end: End) -> Option<usize> {
        let at_ms = self.now_ms();
        for number in self.by_name.get(&(sender, cid))? {
            let mut tries = self.sends[*number].tries.iter_mut();
            if let Some(open) = tries.find(|one| one.link == link && one.end.is_none()) {
                open.end = Some((at_ms, end));
                return Some(*number);
            }
        }
        None
    }

    /// Notes that a connection was opened.
    pub fn open(&mut self, client: usize) -> usize {
        self.links.push(Link { client, ready: false, end: None });
        self.links.len() - 1
    }

    /// Notes that a connection ended, and with it whatever was said on it and not answered.
    pub fn close(&mut self, link: usize, sends: impl IntoIterator<Item = usize>, why: &str, end: &End) {
        let at_ms = self.now_ms();
        self.links[link].end = Some(why.to_owned());
        for send in sends {
            let tries = self.sends[send].tries.iter_mut();
            for open in tries.filter(|one| one.link == link && one.end.is_none()) {
                open.end = Some((at_ms, end.clone()));
            }
        }
    }

    /// Notes a message somebody heard.
    pub fn hear(&mut self, client: usize, account: AccountId, link: usize, way: Way, message: Message) {
        let kept = self.kept.entry((message.room, message.seq)).or_default();
        let message = match kept.iter().find(|one| ***one == message) {
            Some(known) => known.clone(),
            None => {
                let message = Rc::new(message);
                kept.push(message.clone());
                message
            }
        };
        self.tick += 1;
        self.heard.push(Heard { client, account, link, way, tick: self.tick, message });
    }

    /// Notes something else.
    pub fn sign(&mut self, client: usize, sign: Sign) {
        self.tick += 1;
        self.signs.push(Told { client, tick: self.tick, sign });
    }

    /// Notes how far somebody said to have read.
    pub fn see(&mut self, room: RoomId, account: AccountId, seq: i64) {
        let seen = self.seen.entry((room, account)).or_default();
        *seen = (*seen).max(seq);
    }

    /// The sends of a name; more than one when a name was used for several bodies.
    pub fn of_name(&self, sender: AccountId, cid: Cid) -> impl Iterator<Item = &Send> {
        let numbers = self.by_name.get(&(sender, cid)).into_iter().flatten();
        numbers.map(|number| &self.sends[*number])
    }

    /// How many sends were acked.
    pub fn acked(&self) -> u64 {
        self.sends.iter().filter(|send| send.ack().is_some()).count() as u64
    }

    /// How connections ended, and how many so.
    pub fn ends(&self) -> BTreeMap<&str, u64> {
        let mut ends = BTreeMap::new();
        for end in self.links.iter().filter_map(|link| link.end.as_deref()) {
            *ends.entry(end).or_default() += 1;
        }
        ends
    }
}

impl Send {
    /// The number it was acked with, and when first.
    pub fn ack(&self) -> Option<(u64, i64)> {
        self.tries.iter().find_map(|one| match one.end {
            Some((at_ms, End::Acked { seq, .. })) => Some((at_ms, seq)),
            _ => None,
        })
    }

    /// Whether nothing more is to be expected of it: acked, or refused for good.
    pub fn is_settled(&self) -> bool {
        self.ack().is_some() || self.refused_for_good().is_some()
    }

    /// The refusal that will not change.
    pub fn refused_for_good(&self) -> Option<&Error> {
        self.tries.iter().find_map(|one| match &one.end {
            Some((_, End::Refused(error))) if !error.may_retry() => Some(error),
            _ => None,
        })
    }
}

/// Whether people wrote this message, and not the house.
pub fn is_words(message: &Message) -> bool {
    message.kind != Kind::System
}
