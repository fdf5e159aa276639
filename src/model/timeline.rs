//! A room's messages as one reader holds them: in order, once each, with holes noticed.

use super::{
    AccountId, Cid, Error, MessageId, RoomId,
    message::{Draft, Message, Page},
};
use std::collections::BTreeMap;

/// How far an own message has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    Sending,
    Sent,
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
    /// The number of its last edit; zero while it stands as written.
    pub edit: i64,
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
    /// Already known: nothing to draw.
    Known,
    /// Messages between the cursor and this one are missing.
    Hole,
}

#[derive(Clone, Debug, PartialEq)]
struct Pending {
    draft: Draft,
    at_ms: i64,
    failed: Option<Error>,
}

/// The messages of one room, held against doubling, disorder and gaps.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    room: RoomId,
    me: AccountId,
    stored: BTreeMap<i64, Message>,
    pending: Vec<Pending>,
    cursor: i64,
    older: bool,
}

impl Timeline {
    /// A timeline that begins with the newest page of history.
    pub fn new(room: RoomId, me: AccountId, page: Page) -> Self {
        let cursor = page.messages.last().map_or(0, |message| message.seq);
        let stored = page.messages.into_iter().map(|message| (message.seq, message)).collect();
        Timeline { room, me, stored, pending: Vec::new(), cursor, older: page.more }
    }

    /// The last number before which nothing is missing.
    pub fn cursor(&self) -> i64 {
        self.cursor
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
        if message.sender == self.me {
            self.pending.retain(|pending| pending.draft.cid != message.cid);
        }
        let seq = message.seq;
        if self.stored.get(&seq).is_some_and(|held| held.change >= message.change) {
            return Applied::Known;
        }
        self.stored.insert(seq, message);
        self.advance();
        if self.cursor >= seq { Applied::InOrder } else { Applied::Hole }
    }

    /// Puts an older page in front.
    pub fn prepend(&mut self, page: Page) {
        self.older = page.more;
        for message in page.messages {
            self.stored.entry(message.seq).or_insert(message);
        }
    }

    /// Starts afresh from the newest page, keeping what is not yet sent.
    pub fn restart(&mut self, page: Page) {
        let pending = std::mem::take(&mut self.pending);
        *self = Timeline::new(self.room, self.me, page);
        self.pending = pending;
        let stored: Vec<Cid> = self
            .stored
            .values()
            .filter(|message| message.sender == self.me)
            .map(|message| message.cid)
            .collect();
        self.pending.retain(|pending| !stored.contains(&pending.draft.cid));
    }

    /// Shows an own message as sending.
    pub fn send(&mut self, draft: Draft, at_ms: i64) {
        self.pending.push(Pending { draft, at_ms, failed: None });
    }

    /// The server has stored an own message.
    pub fn ack(&mut self, cid: Cid, id: MessageId, seq: i64, sent_ms: i64) -> Applied {
        let Some(at) = self.pending.iter().position(|pending| pending.draft.cid == cid) else {
            return Applied::Known;
        };
        let draft = self.pending.remove(at).draft;
        let message = Message {
            id,
            room: self.room,
            seq,
            change: seq,
            sender: self.me,
            cid,
            kind: draft.kind,
            body: draft.body,
            note: None,
            sent_ms,
        };
        self.apply(message)
    }

    /// The server has refused an own message.
    pub fn fail(&mut self, cid: Cid, error: Error) {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.draft.cid == cid) {
            pending.failed = Some(error);
        }
    }

    /// Tries a failed message again, under the same cid.
    pub fn retry(&mut self, cid: Cid) -> Option<Draft> {
        let pending = self.pending.iter_mut().find(|pending| pending.draft.cid == cid)?;
        pending.failed = None;
        Some(pending.draft.clone())
    }

    /// Own messages that wait for an answer.
    pub fn unanswered(&self) -> impl Iterator<Item = &Draft> {
        self.pending.iter().filter(|pending| pending.failed.is_none()).map(|pending| &pending.draft)
    }

    /// When the oldest message that waits for an answer was sent.
    pub fn waiting_since_ms(&self) -> Option<i64> {
        self.pending.iter().filter(|pending| pending.failed.is_none()).map(|pending| pending.at_ms).min()
    }

    /// Every line, in the order of the room, own unsent ones last.
    pub fn rows(&self) -> Vec<Row> {
        let stored = self.stored.values().map(|message| Row {
            cid: message.cid,
            sender: message.sender,
            body: message.body.clone(),
            sent_ms: message.sent_ms,
            id: Some(message.id),
            edit: if message.change == message.seq { 0 } else { message.change },
            delivery: Delivery::Sent,
        });
        let pending = self.pending.iter().map(|pending| Row {
            cid: pending.draft.cid,
            sender: self.me,
            body: pending.draft.body.clone(),
            sent_ms: pending.at_ms,
            id: None,
            edit: 0,
            delivery: pending.failed.clone().map_or(Delivery::Sending, Delivery::Failed),
        });
        stored.chain(pending).collect()
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
            kind: Default::default(),
            note: None,
            body: format!("message {seq}"),
            sent_ms: seq,
        }
    }

    fn empty() -> Timeline {
        Timeline::new(ROOM, ME, Page { messages: vec![], more: false })
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
            timeline.send(Draft::text(cid, ROOM, "mine".into()), 50);
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
        timeline.send(Draft::text(cid, ROOM, "mine".into()), 50);
        timeline.apply(Message { cid, ..message(1) });
        assert_eq!(timeline.rows().len(), 2);
    }

    #[test]
    fn a_failed_message_keeps_its_cid_when_tried_again() {
        let mut timeline = empty();
        let cid = Cid([9; 16]);
        timeline.send(Draft::text(cid, ROOM, "mine".into()), 50);
        timeline.fail(cid, Error::Unavailable { retry_ms: 1 });
        assert_eq!(timeline.unanswered().count(), 0);
        assert_eq!(timeline.retry(cid).unwrap().cid, cid);
        assert_eq!(timeline.unanswered().count(), 1);
    }

    #[test]
    fn a_fresh_start_keeps_what_is_not_yet_sent() {
        let mut timeline = empty();
        timeline.apply(message(5));
        timeline.send(Draft::text(Cid([9; 16]), ROOM, "mine".into()), 50);
        timeline.restart(Page { messages: vec![message(1), message(2)], more: false });
        assert_eq!(seqs(&timeline), [1, 2, 50]);
        assert_eq!(timeline.cursor(), 2);
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
