//! Views: what each client heard is what is stored, in order and without holes, and only while it was a member.

use super::{
    check::Rules,
    history::{Heard, History, Sign, Way, is_words},
    line::show,
    stored::Stored,
};
use crate::wrong::Wrong;
use confer::model::{
    AccountId, Error, RoomId,
    message::{Message, Note},
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    rc::Rc,
};

pub const UNSTORED: &str = "heard and not stored so";
pub const MISSED: &str = "not heard by a member";
pub const SKIPPED: &str = "a number skipped while connected";
pub const SHUFFLED: &str = "heard out of order";
pub const STRANGER: &str = "heard by somebody who is no member";
pub const STRANGER_WROTE: &str = "written by somebody who is no member";
pub const AFTER_REMOVAL: &str = "heard after being removed";
pub const AFRESH: &str = "told to start afresh";
pub const ODD: &str = "an answer nobody expected";

/// Checks what everybody heard.
pub fn check(history: &History, stored: &Stored, rules: Rules, wrong: &mut Wrong) {
    let rows: HashMap<(RoomId, i64), &Message> =
        stored.messages.iter().map(|message| ((message.room, message.seq), message)).collect();
    let turns = Turns::of(stored);
    let mut known: HashSet<*const Message> = HashSet::new();
    for heard in &history.heard {
        let message = &heard.message;
        if known.insert(Rc::as_ptr(message)) && rows.get(&(message.room, message.seq)) != Some(&&**message) {
            wrong.note(UNSTORED, || show(message));
        }
        if !turns.may_hear(message.room, heard.account, message.seq) {
            wrong.note(STRANGER, || format!("{} heard {}", heard.account, show(message)));
        }
    }
    for message in stored.messages.iter().filter(|message| is_words(message)) {
        if !turns.is_member(message.room, message.sender, message.seq) {
            wrong.note(STRANGER_WROTE, || show(message));
        }
    }
    whole(history, stored, wrong);
    in_order(history, wrong);
    signs(history, rules, wrong);
    silent_after_removal(history, wrong);
}

/// When people came and went, by the notes of the line itself.
struct Turns<'a> {
    stored: &'a Stored,
    /// The number of each note, and whether it made them a member.
    notes: HashMap<(RoomId, AccountId), Vec<(i64, bool)>>,
}

impl Turns<'_> {
    fn of(stored: &Stored) -> Turns<'_> {
        let mut notes: HashMap<_, Vec<(i64, bool)>> = HashMap::new();
        for message in &stored.messages {
            let (account, came) = match message.note {
                Some(Note::Joined { account }) => (account, true),
                Some(Note::Left { account }) => (account, false),
                _ => continue,
            };
            notes.entry((message.room, account)).or_default().push((message.seq, came));
        }
        Turns { stored, notes }
    }

    /// Whether somebody was a member when this number was taken.
    fn is_member(&self, room: RoomId, account: AccountId, seq: i64) -> bool {
        let Some(notes) = self.notes.get(&(room, account)) else {
            return self.stored.members.contains_key(&(room, account));
        };
        match notes.iter().rev().find(|(at, _)| *at < seq) {
            Some((_, came)) => *came,
            None => notes.first().is_some_and(|(_, came)| !came),
        }
    }

    /// Whether somebody was a member at this number or later, and so may have read it.
    fn may_hear(&self, room: RoomId, account: AccountId, seq: i64) -> bool {
        let ever = self.notes.get(&(room, account)).into_iter().flatten();
        self.is_member(room, account, seq) || ever.into_iter().any(|(at, came)| *came && *at >= seq)
    }
}

/// Whoever came back at the end holds every number of every room of theirs.
fn whole(history: &History, stored: &Stored, wrong: &mut Wrong) {
    let mut held: BTreeMap<(usize, RoomId), BTreeSet<i64>> = BTreeMap::new();
    let mut accounts: BTreeMap<usize, AccountId> = BTreeMap::new();
    for Heard { client, account, message, .. } in &history.heard {
        held.entry((*client, message.room)).or_default().insert(message.seq);
        accounts.insert(*client, *account);
    }
    let seqs: HashSet<(RoomId, i64)> =
        stored.messages.iter().map(|message| (message.room, message.seq)).collect();
    for client in &history.present {
        let Some(account) = accounts.get(client) else { continue };
        for room in stored.rooms_of(*account) {
            let base = history.bases.get(&(*client, room)).copied().unwrap_or_default();
            let head = stored.heads.get(&room).copied().unwrap_or_default();
            let heard = held.get(&(*client, room));
            for seq in (base + 1..=head).filter(|seq| seqs.contains(&(room, *seq))) {
                if !heard.is_some_and(|heard| heard.contains(&seq)) {
                    wrong.note(MISSED, || format!("{account} (client {client}), room {room}, number {seq}"));
                }
            }
        }
    }
}

/// On one connection, what is told live comes in the order of its numbers.
fn in_order(history: &History, wrong: &mut Wrong) {
    let mut newest: HashMap<(usize, RoomId), i64> = HashMap::new();
    let mut before: HashSet<(usize, RoomId, i64)> = HashSet::new();
    for Heard { client, link, way, message, .. } in &history.heard {
        let is_new = before.insert((*client, message.room, message.seq));
        if *way == Way::Paged {
            continue;
        }
        let newest = newest.entry((*link, message.room)).or_default();
        if *way == Way::Live && is_new && message.seq < *newest {
            wrong.note(SHUFFLED, || format!("client {client}: {} after {newest}", show(message)));
        }
        *newest = (*newest).max(message.seq);
    }
}

fn signs(history: &History, rules: Rules, wrong: &mut Wrong) {
    let removed = history.signs.iter().filter(|told| matches!(told.sign, Sign::Removed { .. }));
    let removed: BTreeSet<usize> = removed.map(|told| told.client).collect();
    for told in &history.signs {
        let kind = match &told.sign {
            Sign::Skipped { .. } if !rules.may_skip => SKIPPED,
            Sign::Resync | Sign::Epoch { .. } if !rules.may_start_afresh => AFRESH,
            Sign::Refused(error) if error.may_retry() => continue,
            // What was on its way when its room was no longer one's own.
            Sign::Refused(Error::NotFound) if removed.contains(&told.client) => continue,
            Sign::Refused(_) | Sign::Unread(_) => ODD,
            _ => continue,
        };
        wrong.note(kind, || format!("client {}: {:?}", told.client, told.sign));
    }
}

/// Between "removed" and "opened" a connection tells nothing of the room.
fn silent_after_removal(history: &History, wrong: &mut Wrong) {
    let mut gone: HashMap<(usize, RoomId), Vec<(u64, bool)>> = HashMap::new();
    for told in &history.signs {
        let (room, is_gone) = match told.sign {
            Sign::Removed { room } => (room, true),
            Sign::Opened { room } => (room, false),
            _ => continue,
        };
        gone.entry((told.client, room)).or_default().push((told.tick, is_gone));
    }
    for heard in history.heard.iter().filter(|heard| heard.way != Way::Paged) {
        let turns = gone.get(&(heard.client, heard.message.room)).map(Vec::as_slice).unwrap_or_default();
        let newest = turns.iter().rev().find(|(tick, _)| *tick < heard.tick);
        if newest.is_some_and(|(_, is_gone)| *is_gone) {
            wrong.note(AFTER_REMOVAL, || format!("{} heard {}", heard.account, show(&heard.message)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::example::{ANA, BEN, Example, ROOM};
    use confer::model::message::Kind;

    fn found(spoil: impl FnOnce(&mut Example)) -> String {
        let mut example = Example::talk();
        spoil(&mut example);
        let mut wrong = Wrong::default();
        check(&example.history, &example.stored, Rules::default(), &mut wrong);
        wrong.summary()
    }

    #[test]
    fn what_one_did_not_hear_is_found() {
        assert_eq!(found(|example| drop(example.history.heard.remove(6))), format!("{MISSED} 1"));
        let gone = found(|example| {
            example.history.heard.remove(6);
            example.history.present.remove(&1);
        });
        assert_eq!(gone, "", "whoever did not come back cannot have heard it");
    }

    #[test]
    fn two_views_of_one_number_are_found() {
        let wrong = found(|example| {
            let heard = &mut example.history.heard[6];
            heard.message = Rc::new(Message { body: "other".into(), ..(*heard.message).clone() });
        });
        assert_eq!(wrong, format!("{UNSTORED} 1"));
    }

    #[test]
    fn a_message_heard_late_or_skipped_is_found() {
        assert_eq!(found(|example| example.history.heard.swap(1, 2)), format!("{SHUFFLED} 1"));
        let skipped = Sign::Skipped { room: ROOM, held: 1, seq: 3 };
        assert_eq!(found(|example| example.history.sign(0, skipped)), format!("{SKIPPED} 1"));
    }

    #[test]
    fn whoever_hears_without_being_a_member_is_found() {
        let heard = |example: &mut Example| {
            let message = (*example.history.heard[0].message).clone();
            example.history.hear(2, AccountId(3), 2, Way::Live, message);
        };
        assert_eq!(found(heard), format!("{STRANGER} 1"));
    }

    #[test]
    fn what_came_after_a_leaving_is_found_with_its_hearer_and_its_writer() {
        let left = |example: &mut Example, after: AccountId| {
            let last = (*example.history.heard[3].message).clone();
            let note = Message { seq: 5, change: 5, note: Some(Note::Left { account: BEN }), ..last.clone() };
            let words = Message { seq: 6, change: 6, sender: after, kind: Kind::Text, note: None, ..last };
            for message in [note, words] {
                example.history.hear(0, ANA, 0, Way::Live, message.clone());
                example.stored.messages.push(message);
            }
            example.stored.heads.insert(ROOM, 6);
            example.stored.members.remove(&(ROOM, BEN));
        };
        assert_eq!(found(|example| left(example, ANA)), "");
        assert_eq!(found(|example| left(example, BEN)), format!("{STRANGER_WROTE} 1"));
        let overheard = found(|example| {
            left(example, ANA);
            let words = (*example.history.heard[9].message).clone();
            example.history.hear(1, BEN, 1, Way::Live, words);
        });
        assert_eq!(overheard, format!("{STRANGER} 1"));
    }

    #[test]
    fn what_is_told_after_a_removal_is_found() {
        let wrong = found(|example| {
            example.history.sign(1, Sign::Removed { room: ROOM });
            let message = (*example.history.heard[0].message).clone();
            example.history.hear(1, BEN, 1, Way::Live, message.clone());
            example.history.sign(1, Sign::Opened { room: ROOM });
            example.history.hear(1, BEN, 1, Way::Live, message);
        });
        assert_eq!(wrong, format!("{AFTER_REMOVAL} 1"));
    }

    #[test]
    fn a_fresh_start_nobody_asked_for_is_found() {
        assert_eq!(found(|example| example.history.sign(0, Sign::Resync)), format!("{AFRESH} 1"));
        let epoch = Sign::Epoch { was: "a".into(), now: "b".into() };
        assert_eq!(found(|example| example.history.sign(0, epoch)), format!("{AFRESH} 1"));
    }
}
