//! A room's messages as one reader holds them: in order, once each, with holes noticed.

use super::{
    AccountId, Cid, Error, MessageId, RoomId,
    message::{Draft, Kind, Message, Note, Page},
    queue::Queue,
    receipt::Receipt,
};
use std::collections::BTreeMap;

/// How far an own message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Sending,
    Sent,
    /// A device of everybody else has it.
    Delivered,
    /// It has been on everybody else's screen.
    Read,
    Failed(Error),
}

/// One line of a conversation, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub cid: Cid,
    pub sender: AccountId,
    pub body: String,
    pub sent_ms: i64,
    /// Absent until the server has given the message its place.
    pub id: Option<MessageId>,
    /// Its place; zero until it has one.
    pub seq: i64,
    /// The number of its last edit; zero while it stands as written.
    pub edit: i64,
    /// Written by the house: what happened to the room.
    pub is_note: bool,
    pub delivery: Delivery,
}

/// What makes a drawn line the same one: a draft keeps its line when it is stored, an edit gets a new one.
pub type RowKey = (AccountId, Cid, i64);

impl Row {
    /// This line's key.
    pub fn key(&self) -> RowKey {
        (self.sender, self.cid, self.edit)
    }
}

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

/// The messages of one room, held against doubling, disorder and gaps.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    room: RoomId,
    me: AccountId,
    stored: BTreeMap<i64, Message>,
    /// Own messages that are not stored yet.
    pub queue: Queue,
    /// How far each member has come.
    receipts: Vec<Receipt>,
    cursor: i64,
    older: bool,
}

impl Timeline {
    /// A timeline that begins with the newest page of history.
    pub fn new(room: RoomId, me: AccountId, page: Page, receipts: Vec<Receipt>) -> Self {
        let (stored, queue) = (BTreeMap::new(), Queue::default());
        let mut timeline =
            Timeline { room, me, stored, queue, receipts: Vec::new(), cursor: 0, older: false };
        timeline.renew(page, receipts);
        timeline
    }

    /// The last number before which nothing is missing.
    pub fn cursor(&self) -> i64 {
        self.cursor
    }

    /// Whether messages after the cursor are known to be missing.
    pub fn has_hole(&self) -> bool {
        self.stored.last_key_value().is_some_and(|(seq, _)| *seq > self.cursor)
    }

    /// Whether there is history before the first message held.
    pub fn has_older(&self) -> bool {
        self.older
    }

    /// The number of the first message held.
    pub fn first(&self) -> Option<i64> {
        self.stored.keys().next().copied()
    }

    /// The room this is about.
    pub fn room(&self) -> RoomId {
        self.room
    }

    /// Takes in a stored message, wherever it came from.
    pub fn apply(&mut self, message: Message) -> Applied {
        let seq = message.seq;
        let is_known = self.stored.get(&seq).is_some_and(|held| held.change >= message.change);
        // What is older than the first page shown has its place on a page not shown yet.
        let is_hidden = self.older && self.first().is_some_and(|first| seq < first);
        if is_known || is_hidden {
            self.forget_draft(&message);
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
        self.insert(message);
        self.advance();
        if self.cursor >= seq { Applied::InOrder } else { Applied::Hole }
    }

    /// Puts the page in front that was asked for with the number of the first message then held.
    pub fn prepend(&mut self, before: i64, page: Page) {
        if self.first() != Some(before) {
            return;
        }
        self.older = page.more;
        page.messages.into_iter().for_each(|message| self.insert(message));
    }

    /// Takes in the newest page of history, keeping what adjoins it and what is not yet sent.
    pub fn renew(&mut self, page: Page, receipts: Vec<Receipt>) {
        self.receipts = receipts;
        let ends = page.messages.first().zip(page.messages.last());
        let (start, end) = ends.map_or((i64::MAX, 0), |(first, last)| (first.seq, last.seq));
        let adjoins = self.first().is_some_and(|first| first <= start) && start <= self.cursor + 1;
        if !adjoins {
            self.stored.retain(|seq, _| *seq > end);
            self.older = page.more;
            self.cursor = end;
        }
        page.messages.into_iter().for_each(|message| self.insert(message));
        self.advance();
    }

    /// Starts afresh from the newest page, keeping only what is not yet sent.
    pub fn restart(&mut self, page: Page, receipts: Vec<Receipt>) {
        self.stored.clear();
        self.renew(page, receipts);
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
            held.delivered_seq = held.delivered_seq.max(receipt.delivered_seq);
            held.read_seq = held.read_seq.max(receipt.read_seq);
        }
    }

    /// The other members, and how far each has come.
    pub fn others(&self) -> impl Iterator<Item = &Receipt> {
        self.receipts.iter().filter(|receipt| receipt.account != self.me)
    }

    /// Every line, in the order of the room, own unsent ones last.
    pub fn rows(&self) -> Vec<Row> {
        let delivered = self.others().map(|receipt| receipt.delivered_seq.max(receipt.read_seq)).min();
        let read = self.others().map(|receipt| receipt.read_seq).min();
        let delivery = |seq| match seq {
            seq if read.is_some_and(|read| read >= seq) => Delivery::Read,
            seq if delivered.is_some_and(|delivered| delivered >= seq) => Delivery::Delivered,
            _ => Delivery::Sent,
        };
        let stored = self.stored.values().map(|message| Row {
            cid: message.cid,
            sender: message.sender,
            body: message.body.clone(),
            sent_ms: message.sent_ms,
            id: Some(message.id),
            seq: message.seq,
            edit: if message.change == message.seq { 0 } else { message.change },
            is_note: message.kind == Kind::System,
            delivery: if message.sender == self.me { delivery(message.seq) } else { Delivery::Sent },
        });
        let queued = self.queue.iter().map(|queued| Row {
            cid: queued.draft.cid,
            sender: self.me,
            body: queued.draft.body.clone(),
            sent_ms: queued.at_ms,
            id: None,
            seq: 0,
            edit: 0,
            is_note: false,
            delivery: queued.failure().cloned().map_or(Delivery::Sending, Delivery::Failed),
        });
        stored.chain(queued).collect()
    }

    fn insert(&mut self, message: Message) {
        self.forget_draft(&message);
        let held = self.stored.get(&message.seq);
        if held.is_none_or(|held| held.change < message.change) {
            self.stored.insert(message.seq, message);
        }
    }

    fn forget_draft(&mut self, message: &Message) {
        if message.sender == self.me {
            self.queue.take(message.cid);
        }
    }

    fn advance(&mut self) {
        while self.stored.contains_key(&(self.cursor + 1)) {
            self.cursor += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ME: AccountId = AccountId(7);
    const ROOM: RoomId = RoomId(1);

    fn message(seq: i64) -> Message {
        Message {
            id: MessageId(seq + 100),
            room: ROOM,
            seq,
            change: seq,
            sender: AccountId(8),
            cid: Cid([seq as u8; 16]),
            kind: Kind::Text,
            body: format!("message {seq}"),
            note: None,
            sent_ms: seq,
        }
    }

    fn page(seqs: std::ops::RangeInclusive<i64>, more: bool) -> Page {
        Page { messages: seqs.map(message).collect(), more }
    }

    fn empty() -> Timeline {
        Timeline::new(ROOM, ME, Page { messages: vec![], more: false }, vec![])
    }

    fn mine(number: u8) -> Draft {
        Draft::text(Cid([number; 16]), ROOM, "mine".into())
    }

    fn receipt(account: i64, delivered_seq: i64, read_seq: i64) -> Receipt {
        let account = AccountId(account);
        Receipt { room: ROOM, account, delivered_seq, delivered_ms: None, read_seq, read_ms: None }
    }

    fn seqs(timeline: &Timeline) -> Vec<i64> {
        timeline.rows().iter().map(|row| row.sent_ms).collect()
    }

    #[test]
    fn a_message_heard_twice_is_shown_once() {
        let mut timeline = empty();
        assert_eq!(timeline.apply(message(1)), Applied::InOrder);
        assert_eq!(timeline.apply(message(1)), Applied::Known);
        assert_eq!(seqs(&timeline), [1]);
    }

    #[test]
    fn a_hole_is_noticed_and_closes_when_the_missing_message_comes() {
        let mut timeline = empty();
        timeline.apply(message(1));
        assert_eq!(timeline.apply(message(3)), Applied::Hole);
        assert_eq!(timeline.cursor(), 1);
        assert_eq!(timeline.apply(message(2)), Applied::InOrder);
        assert_eq!(timeline.cursor(), 3);
        assert_eq!(seqs(&timeline), [1, 2, 3]);
    }

    #[test]
    fn the_own_echo_replaces_the_draft_whether_it_comes_before_or_after_the_ack() {
        for ack_first in [true, false] {
            let mut timeline = empty();
            let cid = Cid([9; 16]);
            timeline.queue.push(mine(cid.0[0]), 50);
            assert_eq!(timeline.rows()[0].delivery, Delivery::Sending);
            let echo = Message { sender: ME, cid, body: "mine".into(), ..message(1) };
            if ack_first {
                timeline.ack(cid, echo.id, 1, 1);
                timeline.apply(echo);
            } else {
                timeline.apply(echo.clone());
                timeline.ack(cid, echo.id, 1, 1);
            }
            let rows = timeline.rows();
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].delivery, Delivery::Sent);
        }
    }

    #[test]
    fn somebody_elses_cid_does_not_swallow_my_draft() {
        let mut timeline = empty();
        let cid = Cid([3; 16]);
        timeline.queue.push(mine(cid.0[0]), 50);
        timeline.apply(Message { cid, ..message(1) });
        assert_eq!(timeline.rows().len(), 2);
    }

    #[test]
    fn a_fresh_start_keeps_what_is_not_yet_sent() {
        let mut timeline = empty();
        timeline.apply(message(5));
        timeline.queue.push(mine(9), 50);
        timeline.restart(page(1..=2, false), vec![]);
        assert_eq!(seqs(&timeline), [1, 2, 50]);
        assert_eq!(timeline.cursor(), 2);
    }

    #[test]
    fn coming_back_keeps_what_adjoins_and_drops_what_does_not() {
        let mut timeline = Timeline::new(ROOM, ME, page(10..=12, true), vec![]);
        timeline.prepend(10, page(7..=9, true));
        timeline.apply(message(13));
        timeline.renew(page(11..=12, true), vec![]);
        assert_eq!(seqs(&timeline), [7, 8, 9, 10, 11, 12, 13]);
        assert_eq!(timeline.cursor(), 13);
        timeline.renew(page(20..=21, true), vec![]);
        assert_eq!(seqs(&timeline), [20, 21]);
        assert_eq!(timeline.cursor(), 21);
        assert!(timeline.has_older());
    }

    #[test]
    fn a_page_that_no_longer_fits_in_front_is_left_out() {
        let mut timeline = Timeline::new(ROOM, ME, page(10..=12, true), vec![]);
        timeline.restart(page(50..=52, true), vec![]);
        timeline.prepend(10, page(7..=9, false));
        assert_eq!(seqs(&timeline), [50, 51, 52]);
        assert!(timeline.has_older());
    }

    #[test]
    fn a_late_ack_does_not_put_an_old_message_above_the_first_page() {
        let mut timeline = Timeline::new(ROOM, ME, page(10..=12, true), vec![]);
        timeline.queue.push(mine(9), 50);
        assert_eq!(timeline.ack(Cid([9; 16]), MessageId(1), 4, 4), Applied::Known);
        assert_eq!(seqs(&timeline), [10, 11, 12]);
    }

    #[test]
    fn an_ack_ahead_of_what_was_heard_tells_of_a_hole() {
        let mut timeline = Timeline::new(ROOM, ME, page(1..=2, false), vec![]);
        timeline.queue.push(mine(9), 50);
        assert_eq!(timeline.ack(Cid([9; 16]), MessageId(1), 4, 4), Applied::Hole);
        assert!(timeline.has_hole());
        timeline.apply(message(3));
        assert!(!timeline.has_hole());
    }

    #[test]
    fn a_message_is_read_when_everybody_else_has_read_it() {
        let receipts = vec![receipt(7, 0, 0), receipt(8, 0, 0), receipt(9, 0, 0)];
        let mut timeline = Timeline::new(ROOM, ME, Page { messages: vec![], more: false }, receipts);
        let own = Message { sender: ME, ..message(1) };
        timeline.apply(own);
        let mut steps = Vec::new();
        for moved in
            [receipt(8, 1, 1), receipt(9, 1, 0), receipt(9, 0, 0), receipt(9, 1, 1), receipt(6, 1, 1)]
        {
            timeline.receive(moved);
            steps.push(timeline.rows()[0].delivery.clone());
        }
        use Delivery::{Delivered, Read, Sent};
        assert_eq!(steps, [Sent, Delivered, Delivered, Read, Read]);
    }

    #[test]
    fn who_comes_and_who_goes_changes_whose_reading_counts() {
        let receipts = vec![receipt(7, 0, 0), receipt(8, 1, 1), receipt(9, 0, 0)];
        let mut timeline = Timeline::new(ROOM, ME, Page { messages: vec![], more: false }, receipts);
        timeline.apply(Message { sender: ME, ..message(1) });
        let note = |seq, note| Message { kind: Kind::System, note: Some(note), ..message(seq) };
        timeline.apply(note(2, Note::Left { account: AccountId(9) }));
        assert_eq!(timeline.rows()[0].delivery, Delivery::Read);
        timeline.apply(note(3, Note::Joined { account: AccountId(5) }));
        assert_eq!(timeline.rows()[0].delivery, Delivery::Read);
        timeline.apply(Message { sender: ME, ..message(4) });
        assert_eq!(timeline.rows()[3].delivery, Delivery::Sent);
        assert!(timeline.rows()[1].is_note);
    }

    proptest! {
        #[test]
        fn any_order_with_any_repeats_ends_the_same(order in proptest::collection::vec(1i64..12, 1..60)) {
            let mut timeline = empty();
            for seq in &order {
                timeline.apply(message(*seq));
            }
            let mut expected: Vec<i64> = order.clone();
            expected.sort_unstable();
            expected.dedup();
            prop_assert_eq!(seqs(&timeline), expected.clone());
            let contiguous = expected.iter().zip(1..).take_while(|(held, wanted)| **held == *wanted).count();
            prop_assert_eq!(timeline.cursor(), contiguous as i64);
        }
    }
}
