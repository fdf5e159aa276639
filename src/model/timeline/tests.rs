//! The timeline against what may happen to it.

use super::*;
use crate::model::{
    message::{Page, Stretch},
    room::{Room, RoomKind, Visit},
};
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

fn visit(page: Page, receipts: Vec<Receipt>) -> Visit {
    let kind = RoomKind::Group;
    let room =
        Room { id: ROOM, kind, title: None, owner: None, opposite: None, members: vec![], is_closed: false };
    let head = page.messages.last().map_or(0, |last| last.seq);
    Visit { room, page, presence: vec![], receipts, head, unread: 0, form_cid: Cid([0; 16]) }
}

fn newest(seqs: std::ops::RangeInclusive<i64>, more: bool) -> Visit {
    visit(page(seqs, more), vec![])
}

fn empty() -> Timeline {
    Timeline::enter(ME, &visit(Page { messages: vec![], more: false }, vec![]))
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
    timeline.restart(&newest(1..=2, false));
    assert_eq!(seqs(&timeline), [1, 2, 50]);
    assert_eq!(timeline.cursor(), 2);
}

#[test]
fn coming_back_keeps_what_adjoins_and_drops_what_does_not() {
    let mut timeline = Timeline::enter(ME, &newest(10..=12, true));
    timeline.take(Stretch::Before(10), page(7..=9, true));
    timeline.apply(message(13));
    timeline.renew(&newest(11..=12, true));
    assert_eq!(seqs(&timeline), [7, 8, 9, 10, 11, 12, 13]);
    assert_eq!(timeline.cursor(), 13);
    timeline.renew(&newest(20..=21, true));
    assert_eq!(seqs(&timeline), [20, 21]);
    assert_eq!(timeline.cursor(), 21);
    assert!(timeline.has_older());
}

#[test]
fn a_page_that_no_longer_fits_in_front_is_left_out() {
    let mut timeline = Timeline::enter(ME, &newest(10..=12, true));
    timeline.restart(&newest(50..=52, true));
    timeline.take(Stretch::Before(10), page(7..=9, false));
    assert_eq!(seqs(&timeline), [50, 51, 52]);
    assert!(timeline.has_older());
}

#[test]
fn a_late_ack_does_not_put_an_old_message_above_the_first_page() {
    let mut timeline = Timeline::enter(ME, &newest(10..=12, true));
    timeline.queue.push(mine(9), 50);
    assert_eq!(timeline.ack(Cid([9; 16]), MessageId(1), 4, 4), Applied::Known);
    assert_eq!(seqs(&timeline), [10, 11, 12]);
}

#[test]
fn an_ack_ahead_of_what_was_heard_tells_of_a_hole() {
    let mut timeline = Timeline::enter(ME, &newest(1..=2, false));
    timeline.queue.push(mine(9), 50);
    assert_eq!(timeline.ack(Cid([9; 16]), MessageId(1), 4, 4), Applied::Hole);
    assert!(timeline.has_hole());
    timeline.apply(message(3));
    assert!(!timeline.has_hole());
}

#[test]
fn a_message_is_read_when_everybody_else_has_read_it() {
    let receipts = vec![receipt(7, 0, 0), receipt(8, 0, 0), receipt(9, 0, 0)];
    let mut timeline = Timeline::enter(ME, &visit(Page { messages: vec![], more: false }, receipts));
    let own = Message { sender: ME, ..message(1) };
    timeline.apply(own);
    let mut steps = Vec::new();
    for moved in [receipt(8, 1, 1), receipt(9, 1, 0), receipt(9, 0, 0), receipt(9, 1, 1), receipt(6, 1, 1)] {
        timeline.receive(moved);
        steps.push(timeline.rows()[0].delivery.clone());
    }
    use Delivery::{Delivered, Read, Sent};
    assert_eq!(steps, [Sent, Delivered, Delivered, Read, Read]);
    assert!(!timeline.is_awaited());
    timeline.count(vec![receipt(7, 0, 0), receipt(8, 0, 0), receipt(9, 1, 1), receipt(5, 0, 0)]);
    assert_eq!(timeline.rows()[0].delivery, Sent, "somebody has come whose reading counts");
    assert!(timeline.is_awaited());
    timeline.receive(receipt(5, 1, 1));
    assert_eq!(timeline.rows()[0].delivery, Read, "what was told before is not forgotten");
}

#[test]
fn who_comes_and_who_goes_changes_whose_reading_counts() {
    let receipts = vec![receipt(7, 0, 0), receipt(8, 1, 1), receipt(9, 0, 0)];
    let mut timeline = Timeline::enter(ME, &visit(Page { messages: vec![], more: false }, receipts));
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

/// A room of so many messages, the asker having read some of them, entered at the first unread one.
fn entered(head: i64, read: i64, stretch: std::ops::RangeInclusive<i64>) -> Visit {
    let is_first = *stretch.start() == 1;
    let receipts = vec![receipt(7, read, read), receipt(8, head, head)];
    let unread = (head - read) as u32;
    Visit { head, unread, ..visit(page(stretch, !is_first), receipts) }
}

#[test]
fn what_is_new_has_its_line_until_the_room_is_left() {
    let mut timeline = Timeline::enter(ME, &entered(20, 17, 1..=20));
    assert_eq!(timeline.first_new(), Some((18, 3)));
    timeline.apply(message(21));
    assert_eq!(timeline.first_new(), Some((18, 3)));
    timeline.open(&entered(21, 17, 1..=21), 19);
    assert_eq!(timeline.first_new(), Some((20, 2)), "what was read here counts as read");
    timeline.open(&entered(21, 21, 1..=21), 21);
    assert_eq!(timeline.first_new(), None);
}

#[test]
fn far_unread_messages_are_opened_at_the_first_of_them() {
    let mut timeline = Timeline::enter(ME, &entered(1_000, 500, 491..=540));
    assert_eq!(timeline.first_new(), Some((501, 500)));
    assert!(timeline.has_older() && timeline.has_later() && !timeline.is_at_end());
    assert_eq!((timeline.cursor(), timeline.below()), (1_000, 0));
    assert_eq!(timeline.apply(message(1_001)), Applied::InOrder);
    assert_eq!(timeline.apply(message(1_001)), Applied::Known);
    assert_eq!(timeline.apply(Message { sender: ME, ..message(1_002) }), Applied::InOrder);
    assert_eq!((timeline.last(), timeline.below()), (Some(540), 1));
    timeline.take(Stretch::Newest, page(953..=1_002, true));
    assert_eq!((timeline.first(), timeline.last()), (Some(953), Some(1_002)));
    assert_eq!((timeline.has_later(), timeline.is_at_end(), timeline.below()), (false, true, 0));
    assert_eq!(timeline.first_new(), None, "the first new one is not held any more");
}

#[test]
fn the_far_end_is_let_go_and_comes_back() {
    let mut timeline = Timeline::enter(ME, &newest(951..=1_000, true));
    timeline.queue.push(mine(9), 5_000);
    timeline.look(false);
    for first in (801..=951).rev().step_by(50) {
        timeline.take(Stretch::Before(first), page(first - 50..=first - 1, true));
    }
    assert_eq!((timeline.first(), timeline.last()), (Some(751), Some(900)));
    assert_eq!(timeline.rows().len(), HELD_MAX + 1, "what is not sent stays");
    assert!(timeline.has_later());
    timeline.apply(message(1_001));
    assert_eq!((timeline.last(), timeline.below()), (Some(900), 1));
    timeline.take(Stretch::After(900), page(901..=950, true));
    timeline.take(Stretch::After(950), page(951..=1_000, false));
    // One was heard while that page was on its way: it is missing, and is told again.
    assert!(!timeline.has_later() && timeline.has_hole());
    assert_eq!(timeline.apply(message(1_001)), Applied::InOrder);
    assert_eq!((timeline.last(), timeline.below(), timeline.has_hole()), (Some(1_001), 1, false));
    timeline.look(true);
    assert_eq!(timeline.below(), 0);
    assert_eq!(timeline.rows().len(), HELD_MAX + 1 + 1, "nothing is taken from above before something comes");
    timeline.apply(message(1_002));
    assert_eq!(timeline.rows().len(), HELD_MAX + 1);
}

#[test]
fn who_missed_too_much_keeps_their_place_and_is_told_how_much() {
    let mut timeline = Timeline::enter(ME, &newest(1..=50, false));
    timeline.look(false);
    timeline.apply(message(52));
    let unread = 450;
    timeline.renew(&Visit { unread, ..newest(451..=500, true) });
    assert_eq!((timeline.first(), timeline.last()), (Some(1), Some(50)));
    assert_eq!((timeline.below(), timeline.cursor(), timeline.has_hole()), (450, 500, false));
    timeline.apply(message(501));
    assert_eq!((timeline.below(), timeline.cursor()), (451, 501));
}

#[derive(Clone, Debug)]
enum Step {
    /// Somebody writes, heard at once or on the next asking.
    Write(bool),
    Older,
    Later,
    Jump,
    Look(bool),
    Send,
    Mend,
    Visit,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => any::<bool>().prop_map(Step::Write),
        6 => Just(Step::Older),
        4 => Just(Step::Later),
        1 => Just(Step::Jump),
        3 => any::<bool>().prop_map(Step::Look),
        1 => Just(Step::Send),
        2 => Just(Step::Mend),
        1 => Just(Step::Visit),
    ]
}

/// The server's pages of a room of so many messages.
fn paged(head: i64, stretch: Stretch) -> Page {
    match stretch {
        Stretch::Before(seq) => page((seq - 50).max(1)..=seq - 1, seq > 51),
        Stretch::After(seq) => page(seq + 1..=(seq + 50).min(head), seq + 50 < head),
        _ => page((head - 49).max(1)..=head, head > 50),
    }
}

proptest! {
    #[test]
    fn whatever_is_loaded_dropped_and_heard_the_window_is_whole(
        steps in proptest::collection::vec(step(), 1..80), head in 0i64..600,
    ) {
        let mut head = head;
        let newest = |head| Visit { head, ..visit(paged(head, Stretch::Newest), vec![]) };
        let mut timeline = Timeline::enter(ME, &newest(head));
        let (mut sent, mut left_at) = (0usize, None);
        for step in steps {
            match step {
                Step::Write(is_heard) => {
                    head += 1;
                    if is_heard {
                        timeline.apply(message(head));
                    }
                }
                Step::Older => if let Some(first) = timeline.first().filter(|_| timeline.has_older()) {
                    timeline.take(Stretch::Before(first), paged(head, Stretch::Before(first)));
                },
                Step::Later => if let Some(last) = timeline.last().filter(|_| timeline.has_later()) {
                    timeline.take(Stretch::After(last), paged(head, Stretch::After(last)));
                },
                Step::Jump => timeline.take(Stretch::Newest, paged(head, Stretch::Newest)),
                Step::Look(is_at_end) => timeline.look(is_at_end && !timeline.has_later()),
                Step::Send => {
                    sent += 1;
                    timeline.queue.push(mine(sent as u8), i64::MAX);
                }
                Step::Mend => (timeline.cursor() + 1..=head).for_each(|seq| { timeline.apply(message(seq)); }),
                Step::Visit => timeline.open(&newest(head), 0),
            }
            left_at = if timeline.is_at_end() { None } else { left_at.or(Some(timeline.cursor())) };
            let rows = timeline.rows();
            prop_assert!(rows.len() <= 190 + sent);
            prop_assert_eq!(rows.iter().filter(|row| row.id.is_none()).count(), sent, "unsent ones stay");
            let held: Vec<i64> = rows.iter().filter(|row| row.id.is_some()).map(|row| row.seq).collect();
            prop_assert!(held.windows(2).all(|pair| pair[0] < pair[1]), "in order, once each: {:?}", held);
            let gaps = held.windows(2).any(|pair| pair[1] != pair[0] + 1);
            prop_assert!(!gaps || timeline.has_hole(), "a gap nobody knows of: {:?}", held);
            prop_assert!(timeline.has_later() || held.last().copied().unwrap_or(0) >= timeline.cursor());
            prop_assert!(timeline.below() as i64 <= head);
        }
        (timeline.cursor() + 1..=head).for_each(|seq| { timeline.apply(message(seq)); });
        prop_assert_eq!((timeline.cursor(), timeline.has_hole()), (head, false));
        if let Some(left_at) = left_at {
            prop_assert_eq!(i64::from(timeline.below()), head - left_at, "all that came since is counted");
        }
        timeline.take(Stretch::Newest, paged(head, Stretch::Newest));
        let held: Vec<i64> = timeline.rows().iter().map(|row| row.seq).filter(|seq| *seq > 0).collect();
        prop_assert_eq!(held, ((head - 49).max(1)..=head).collect::<Vec<_>>());
    }
}
