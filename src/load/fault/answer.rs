//! Answers: what was acked is stored as it was said, in its sender's order, and every send is answered in time.

use super::{
    history::{End, History, Send, Try},
    stored::Stored,
};
use crate::wrong::Wrong;
use confer::model::{AccountId, Cid, RoomId, message::Message};
use std::collections::{BTreeMap, HashMap};

pub const LOST: &str = "acked and lost";
pub const MOVED: &str = "acked under another number";
pub const TWO_ANSWERS: &str = "two acks that differ";
pub const LATE: &str = "answered too late";
pub const UNANSWERED: &str = "not answered";
pub const OPEN: &str = "neither acked nor refused for good";
pub const DENIED: &str = "refused for good and stored";
pub const ORDER: &str = "sender's order";

/// What is promised, and a little for a machine that is busy with everything at once.
const ANSWER_WITHIN_MS: u64 = 10_000 + 750;

/// Checks every send.
pub fn check(history: &History, stored: &Stored, wrong: &mut Wrong) {
    let rows: HashMap<(AccountId, Cid), &Message> =
        stored.messages.iter().map(|message| ((message.sender, message.cid), message)).collect();
    for send in &history.sends {
        for one in &send.tries {
            answered(history, send, one, wrong);
        }
        let row = rows.get(&(send.sender, send.cid)).filter(|row| row.body == send.body).copied();
        kept(send, row, wrong);
    }
    in_order(history, wrong);
}

fn answered(history: &History, send: &Send, one: &Try, wrong: &mut Wrong) {
    match &one.end {
        None => wrong.note(UNANSWERED, || show(send)),
        Some((_, End::GivenUp)) if history.is_silent_network => {}
        Some((_, End::GivenUp)) => wrong.note(UNANSWERED, || format!("{} for 10 s", show(send))),
        Some((at_ms, end)) if at_ms.saturating_sub(one.at_ms) > ANSWER_WITHIN_MS => {
            wrong.note(LATE, || format!("{}: {end:?} after {} ms", show(send), at_ms - one.at_ms));
        }
        Some(_) => {}
    }
}

fn kept(send: &Send, row: Option<&Message>, wrong: &mut Wrong) {
    let acks = send.tries.iter().filter_map(|one| one.end.as_ref()).map(|(_, end)| end);
    let acks: Vec<&End> = acks.filter(|end| matches!(end, End::Acked { .. })).collect();
    if let Some(other) = acks.iter().find(|ack| **ack != acks[0]) {
        wrong.note(TWO_ANSWERS, || format!("{}: {:?} and {other:?}", show(send), acks[0]));
    }
    if let Some(error) = send.refused_for_good()
        && row.is_some()
    {
        wrong.note(DENIED, || format!("{}: {error:?}", show(send)));
    }
    if !send.is_settled() {
        wrong.note(OPEN, || show(send));
    }
    let Some(End::Acked { room, id, seq, sent_ms }) = acks.first() else { return };
    match row {
        None => wrong.note(LOST, || format!("{} as number {seq}", show(send))),
        Some(row) if row.room != send.room || *room != send.room || row.seq != *seq => {
            wrong.note(MOVED, || {
                format!("{} as {seq}, stored as {} of room {}", show(send), row.seq, row.room)
            });
        }
        Some(row) if row.id.0 != *id || row.sent_ms != *sent_ms => {
            wrong.note(MOVED, || format!("{} with another id or time than it has", show(send)));
        }
        Some(_) => {}
    }
}

/// What was said after an ack stands behind it; what was said on one connection and taken at once stands as said.
fn in_order(history: &History, wrong: &mut Wrong) {
    let mut of_client: BTreeMap<(usize, RoomId), Vec<&Send>> = BTreeMap::new();
    let mut of_link: BTreeMap<(usize, RoomId), Vec<&Send>> = BTreeMap::new();
    // A name used several times was stored the first time, wherever that was.
    let is_only = |send: &&Send| history.of_name(send.sender, send.cid).count() == 1;
    for send in history.sends.iter().filter(|send| send.ack().is_some()).filter(is_only) {
        of_client.entry((send.client, send.room)).or_default().push(send);
        if let [only] = send.tries.as_slice() {
            of_link.entry((only.link, send.room)).or_default().push(send);
        }
    }
    for sends in of_client.values() {
        one_after_another(sends, wrong);
    }
    for sends in of_link.values() {
        for pair in sends.windows(2) {
            if pair[0].ack().map(|ack| ack.1) >= pair[1].ack().map(|ack| ack.1) {
                wrong.note(ORDER, || format!("{} before {}", show(pair[1]), show(pair[0])));
            }
        }
    }
}

fn one_after_another(sends: &[&Send], wrong: &mut Wrong) {
    let mut acks: Vec<(u64, i64)> = sends.iter().filter_map(|send| send.ack()).collect();
    acks.sort_unstable();
    let mut said: Vec<(u64, i64, &Send)> =
        sends.iter().filter_map(|send| Some((send.tries.first()?.at_ms, send.ack()?.1, *send))).collect();
    said.sort_unstable_by_key(|(at_ms, ..)| *at_ms);
    let (mut acked, mut highest) = (acks.into_iter().peekable(), 0);
    for (said_ms, seq, send) in said {
        // Of the same millisecond nobody knows which was first.
        while let Some((_, before)) = acked.next_if(|(at_ms, _)| *at_ms < said_ms) {
            highest = highest.max(before);
        }
        if seq < highest {
            wrong.note(ORDER, || format!("{} as {seq}, said after the ack of {highest}", show(send)));
        }
    }
}

fn show(send: &Send) -> String {
    let Send { sender, cid, room, tries, .. } = send;
    format!("{cid} of {sender} to room {room} ({} tries)", tries.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::example::{Example, acked};
    use confer::model::Error;

    fn found(spoil: impl FnOnce(&mut Example)) -> String {
        let mut example = Example::talk();
        spoil(&mut example);
        let mut wrong = Wrong::default();
        check(&example.history, &example.stored, &mut wrong);
        wrong.summary()
    }

    #[test]
    fn what_was_acked_and_is_not_there_is_found() {
        assert_eq!(found(|example| drop(example.stored.messages.remove(1))), format!("{LOST} 1"));
        assert_eq!(found(|example| example.stored.messages[1].body = "other".into()), format!("{LOST} 1"));
    }

    #[test]
    fn another_number_than_the_acked_one_is_found() {
        assert_eq!(found(|example| example.stored.messages[1].seq = 9), format!("{MOVED} 1"));
        assert_eq!(found(|example| example.stored.messages[1].id.0 += 50), format!("{MOVED} 1"));
    }

    #[test]
    fn two_acks_that_differ_are_found() {
        let wrong = found(|example| {
            let again = Try { link: 1, at_ms: 40, end: Some((41, acked(1, 102, 7))) };
            example.history.sends[1].tries.push(again);
        });
        assert_eq!(wrong, format!("{TWO_ANSWERS} 1"));
    }

    #[test]
    fn a_late_answer_and_none_at_all_are_found() {
        let end = |example: &mut Example, end| example.history.sends[0].tries[0].end = end;
        let late = found(|example| end(example, Some((11_000, acked(1, 101, 1)))));
        assert_eq!(late, format!("{LATE} 1"));
        let closed = found(|example| end(example, Some((11_000, End::Closed))));
        assert_eq!(closed, format!("{LATE} 1, {OPEN} 1"));
        let never = found(|example| end(example, None));
        assert_eq!(never, format!("{OPEN} 1, {UNANSWERED} 1"));
        let given_up = found(|example| end(example, Some((10_000, End::GivenUp))));
        assert_eq!(given_up, format!("{OPEN} 1, {UNANSWERED} 1"));
        let excused = found(|example| {
            example.history.is_silent_network = true;
            end(example, Some((10_000, End::GivenUp)));
        });
        assert_eq!(excused, format!("{OPEN} 1"));
    }

    #[test]
    fn what_was_refused_for_good_and_stands_there_is_found() {
        let refuse = |example: &mut Example, error| {
            example.history.sends[0].tries[0].end = Some((5, End::Refused(error)));
        };
        assert_eq!(found(|example| refuse(example, Error::NotFound)), format!("{DENIED} 1"));
        let uncertain = Error::Unavailable { retry_ms: 1 };
        assert_eq!(found(|example| refuse(example, uncertain)), format!("{OPEN} 1"));
    }

    #[test]
    fn a_senders_order_that_was_not_kept_is_found() {
        let swap = |example: &mut Example| {
            let ends = [acked(1, 101, 1), acked(1, 103, 3)];
            let [first, .., third] = &mut example.history.sends[..3] else { unreachable!() };
            let at = first.tries[0].end.as_ref().unwrap().0;
            first.tries[0].end = Some((at, ends[1].clone()));
            let at = third.tries[0].end.as_ref().unwrap().0;
            third.tries[0].end = Some((at, ends[0].clone()));
            let cids = (first.cid, third.cid);
            let bodies = (first.body.clone(), third.body.clone());
            let messages = &mut example.stored.messages;
            (messages[0].cid, messages[2].cid) = (cids.1, cids.0);
            (messages[0].body, messages[2].body) = (bodies.1, bodies.0);
        };
        let both_rules = found(|example| swap(example));
        assert_eq!(both_rules, format!("{ORDER} 4"));
        let on_other_connections = found(|example| {
            swap(example);
            example.history.sends.iter_mut().enumerate().for_each(|(at, send)| send.tries[0].link = at);
        });
        assert_eq!(on_other_connections, format!("{ORDER} 2"));
        let pipelined = found(|example| {
            swap(example);
            example.history.sends.iter_mut().for_each(|send| send.tries[0].at_ms = 1);
        });
        assert_eq!(pipelined, format!("{ORDER} 2"));
    }
}
