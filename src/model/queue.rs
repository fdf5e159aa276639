//! The queue: one's own messages to a room, sent one after the other in the order they were written.

use super::{Cid, Error, message::Draft};

/// A message on its way, and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Queued {
    pub draft: Draft,
    pub at_ms: i64,
    turn: Turn,
}

#[derive(Clone, Debug, PartialEq)]
enum Turn {
    Waits,
    /// Sent at this moment, and not answered.
    Flies(i64),
    /// Refused for now.
    Rests(i64),
    Failed(Error),
}

impl Queued {
    /// Why it will not be sent, if it will not.
    pub fn failure(&self) -> Option<&Error> {
        match &self.turn {
            Turn::Failed(error) => Some(error),
            Turn::Waits | Turn::Flies(_) | Turn::Rests(_) => None,
        }
    }
}

/// What waits to be stored in one room, the first written first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Queue(Vec<Queued>);

impl Queue {
    /// Adds a message at the end.
    pub fn push(&mut self, draft: Draft, at_ms: i64) {
        self.0.push(Queued { draft, at_ms, turn: Turn::Waits });
    }

    /// The message whose turn it is. Only one flies at a time: were the first refused for now and the second
    /// not, they would change places.
    pub fn next(&mut self, now_ms: i64) -> Option<Draft> {
        if self.waiting_since_ms().is_some() {
            return None;
        }
        let first = self.0.iter_mut().find(|one| one.failure().is_none())?;
        if matches!(first.turn, Turn::Rests(until_ms) if now_ms < until_ms) {
            return None;
        }
        first.turn = Turn::Flies(now_ms);
        Some(first.draft.clone())
    }

    /// Takes out a message that has been stored.
    pub fn take(&mut self, cid: Cid) -> Option<Draft> {
        let at = self.0.iter().position(|one| one.draft.cid == cid)?;
        Some(self.0.remove(at).draft)
    }

    /// A message was refused; answers after how long it may be sent again, if it may without being asked.
    pub fn refuse(&mut self, cid: Cid, error: Error, now_ms: i64) -> Option<u32> {
        let refused = self.0.iter_mut().find(|one| one.draft.cid == cid)?;
        let wait_ms = match error {
            Error::Slow { retry_ms } | Error::Unavailable { retry_ms } => retry_ms.max(250),
            // The connection is about to end, and whoever signs in again sends it.
            Error::SignIn => 1_000,
            error => {
                refused.turn = Turn::Failed(error);
                return None;
            }
        };
        refused.turn = Turn::Rests(now_ms + i64::from(wait_ms));
        Some(wait_ms)
    }

    /// Tries a failed message again, under the same cid, after those written since.
    pub fn retry(&mut self, cid: Cid, now_ms: i64) {
        if let Some(draft) = self.take(cid) {
            self.push(draft, now_ms);
        }
    }

    /// The connection is gone, and with it the answers.
    pub fn land(&mut self) {
        for one in &mut self.0 {
            if matches!(one.turn, Turn::Flies(_)) {
                one.turn = Turn::Waits;
            }
        }
    }

    /// Since when a message has been without an answer.
    pub fn waiting_since_ms(&self) -> Option<i64> {
        self.0.iter().find_map(|one| match one.turn {
            Turn::Flies(since_ms) => Some(since_ms),
            Turn::Waits | Turn::Rests(_) | Turn::Failed(_) => None,
        })
    }

    /// Every message that is not stored, failed ones included.
    pub fn iter(&self) -> std::slice::Iter<'_, Queued> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RoomId;
    use proptest::prelude::*;

    fn queue(count: u8) -> Queue {
        let mut queue = Queue::default();
        for number in 0..count {
            queue.push(Draft::text(Cid([number; 16]), RoomId(1), number.to_string()), 0);
        }
        queue
    }

    fn next(queue: &mut Queue, now_ms: i64) -> Option<u8> {
        queue.next(now_ms).map(|draft| draft.cid.0[0])
    }

    #[test]
    fn the_next_waits_for_the_answer_to_the_one_before() {
        let mut queue = queue(2);
        assert_eq!(next(&mut queue, 0), Some(0));
        assert_eq!(next(&mut queue, 0), None);
        queue.take(Cid([0; 16]));
        assert_eq!(next(&mut queue, 0), Some(1));
    }

    #[test]
    fn a_refusal_for_now_holds_back_what_was_written_later() {
        let mut queue = queue(2);
        assert_eq!(next(&mut queue, 0), Some(0));
        let wait_ms = queue.refuse(Cid([0; 16]), Error::Slow { retry_ms: 900 }, 100);
        assert_eq!(wait_ms, Some(900));
        assert_eq!(queue.waiting_since_ms(), None, "an answer is an answer");
        assert_eq!(next(&mut queue, 999), None);
        assert_eq!(next(&mut queue, 1_000), Some(0));
        assert_eq!(queue.waiting_since_ms(), Some(1_000));
    }

    #[test]
    fn a_refusal_for_good_lets_the_others_pass_until_somebody_tries_again() {
        let mut queue = queue(3);
        assert_eq!(next(&mut queue, 0), Some(0));
        assert_eq!(queue.refuse(Cid([0; 16]), Error::NotFound, 0), None);
        assert_eq!(next(&mut queue, 0), Some(1));
        queue.retry(Cid([0; 16]), 5);
        queue.take(Cid([1; 16]));
        assert_eq!(next(&mut queue, 5), Some(2));
        queue.take(Cid([2; 16]));
        assert_eq!(next(&mut queue, 5), Some(0));
    }

    #[test]
    fn what_flew_when_the_connection_went_is_sent_again_first() {
        let mut queue = queue(2);
        assert_eq!(next(&mut queue, 0), Some(0));
        queue.land();
        assert_eq!(next(&mut queue, 1), Some(0));
    }

    proptest! {
        // A server that stores, loses or refuses for now, as it likes: the order stays.
        #[test]
        fn one_senders_messages_are_stored_in_their_order(luck in proptest::collection::vec(0u8..4, 0..80)) {
            let mut queue = queue(6);
            let (mut stored, mut now_ms) = (Vec::new(), 0);
            for chance in luck.into_iter().chain([0; 24]) {
                now_ms += 400;
                let Some(draft) = queue.next(now_ms) else { continue };
                match chance {
                    0 => { stored.push(draft.cid.0[0]); queue.take(draft.cid); }
                    // Stored, but the answer is lost.
                    1 => { stored.push(draft.cid.0[0]); queue.land(); }
                    2 => queue.land(),
                    _ => { queue.refuse(draft.cid, Error::Unavailable { retry_ms: 700 }, now_ms); }
                }
            }
            stored.dedup();
            prop_assert_eq!(stored, [0, 1, 2, 3, 4, 5]);
        }
    }
}
