//! A room's messages as one reader holds them: in order, once each, with holes noticed.

mod row;
mod window;

#[cfg(test)]
mod tests;

use super::{
    AccountId, Cid, MessageId, RoomId,
    message::{Draft, Kind, Message, Note},
    queue::Queue,
    receipt::Receipt,
    room::Visit,
};
pub use row::{Delivery, Row, RowKey};
pub use window::HELD_MAX;

/// What applying a message taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applied {
    /// New, and everything before it is here too.
    InOrder,
    /// Already known, or of a time not shown: nothing to draw.
    Known,
    /// Messages between the cursor and this one are missing.
    Hole,
}

/// The messages of one room, held against doubling, disorder and gaps: a stretch of them, and what is to be known
/// of those after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    room: RoomId,
    me: AccountId,
    /// By number. So few that a list is as quick as a tree, and a good deal lighter.
    stored: Vec<Message>,
    /// Own messages that are not stored yet.
    pub queue: Queue,
    /// How far each member has come.
    receipts: Vec<Receipt>,
    /// The last number before which nothing is missing: heard, if not held.
    cursor: i64,
    /// The newest number heard of.
    heard: i64,
    /// Whether there are messages before those held, and after.
    older: bool,
    later: bool,
    /// The cursor when the newest message left view; none while it is in view.
    left_at: Option<i64>,
    /// Messages of others that came since then and are not held: those heard, and how many more there are.
    beyond: Vec<i64>,
    missed: u32,
    /// Up to where this was read when the room was opened, and how much was new.
    new: Option<(i64, u32)>,
}

impl Timeline {
    /// A timeline that begins with what entering the room answered.
    pub fn enter(me: AccountId, visit: &Visit) -> Self {
        let mut timeline = Timeline {
            room: visit.room.id,
            me,
            stored: Vec::new(),
            queue: Queue::default(),
            receipts: Vec::new(),
            cursor: 0,
            heard: 0,
            older: false,
            later: false,
            left_at: None,
            beyond: Vec::new(),
            missed: 0,
            new: None,
        };
        timeline.open(visit, 0);
        timeline
    }

    /// The last number before which nothing is missing.
    pub fn cursor(&self) -> i64 {
        self.cursor
    }

    /// Whether messages after the cursor are known to be missing.
    pub fn has_hole(&self) -> bool {
        self.heard > self.cursor
    }

    /// Takes in a stored message, wherever it came from.
    pub fn apply(&mut self, message: Message) -> Applied {
        let seq = message.seq;
        self.forget_draft(&message);
        let is_known = self.place(seq).is_ok_and(|at| self.stored[at].change >= message.change);
        // What is older than the first page shown has its place on a page not shown yet, what is later likewise.
        let is_hidden = self.older && self.first().is_some_and(|first| seq < first);
        let is_beyond = self.later && self.last().is_none_or(|last| seq > last);
        if is_known || is_hidden || (is_beyond && seq <= self.cursor) {
            return Applied::Known;
        }
        match message.note {
            // What was said before somebody came is not theirs to read.
            Some(Note::Joined { account }) if self.receipts.iter().all(|held| held.account != account) => {
                let (delivered_seq, read_seq) = (seq, seq);
                let (room, delivered_ms, read_ms) = (self.room, None, None);
                self.receipts.push(Receipt { room, account, delivered_seq, delivered_ms, read_seq, read_ms });
            }
            Some(Note::Left { account }) => self.receipts.retain(|receipt| receipt.account != account),
            _ => {}
        }
        self.heard = self.heard.max(seq);
        if !is_beyond {
            self.insert(message);
            self.advance();
            self.shorten();
        } else if seq == self.cursor + 1 {
            self.cursor = seq;
            self.count_beyond(&message);
        }
        if self.cursor >= seq { Applied::InOrder } else { Applied::Hole }
    }

    /// Takes in who is a member now, and how far each has come.
    pub fn count(&mut self, receipts: Vec<Receipt>) {
        let held = std::mem::replace(&mut self.receipts, receipts);
        // What was told meanwhile may be further.
        held.into_iter().for_each(|receipt| self.receive(receipt));
    }

    /// The server has stored an own message.
    pub fn ack(&mut self, cid: Cid, id: MessageId, seq: i64, sent_ms: i64) -> Applied {
        let Some(Draft { kind, body, .. }) = self.queue.take(cid) else { return Applied::Known };
        let (room, sender) = (self.room, self.me);
        self.apply(Message { id, room, seq, change: seq, sender, cid, kind, body, note: None, sent_ms })
    }

    /// Somebody has come further; nobody ever goes back.
    pub fn receive(&mut self, receipt: Receipt) {
        let held = self.receipts.iter_mut().find(|held| held.account == receipt.account);
        if let Some(held) = held.filter(|held| held.room == receipt.room) {
            if receipt.delivered_seq > held.delivered_seq {
                (held.delivered_seq, held.delivered_ms) = (receipt.delivered_seq, receipt.delivered_ms);
            }
            if receipt.read_seq > held.read_seq {
                (held.read_seq, held.read_ms) = (receipt.read_seq, receipt.read_ms);
            }
        }
    }

    /// The other members, and how far each has come.
    pub fn others(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts.iter().filter(|receipt| receipt.account != self.me)
    }

    /// An own message that is held.
    pub fn own(&self, cid: Cid) -> Option<&Message> {
        self.stored.iter().find(|message| message.cid == cid && message.sender == self.me)
    }

    /// Whether an own message is held that others have not read, as far as was told.
    pub fn is_awaited(&self) -> bool {
        let mut own = self.stored.iter().rev().filter(|message| message.sender == self.me);
        let newest = own.next().map_or(0, |message| message.seq);
        self.others().any(|receipt| receipt.read_seq < newest)
    }

    fn insert(&mut self, message: Message) {
        self.forget_draft(&message);
        match self.place(message.seq) {
            Ok(at) if self.stored[at].change < message.change => self.stored[at] = message,
            Ok(_) => {}
            Err(at) => self.stored.insert(at, message),
        }
    }

    // Where a number stands, or would.
    fn place(&self, seq: i64) -> Result<usize, usize> {
        self.stored.binary_search_by_key(&seq, |message| message.seq)
    }

    fn forget_draft(&mut self, message: &Message) {
        if message.sender == self.me {
            self.queue.take(message.cid);
        }
    }

    fn advance(&mut self) {
        while self.place(self.cursor + 1).is_ok() {
            self.cursor += 1;
        }
    }
}

/// Whether somebody else has said this.
fn is_news(message: &Message, me: AccountId) -> bool {
    message.sender != me && message.kind != Kind::System
}
