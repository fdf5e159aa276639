//! The lines of the rooms as they are stored: numbers without holes, every name once, nothing nobody said.

use super::{
    check::Rules,
    history::{History, is_words},
    stored::Stored,
};
use crate::wrong::Wrong;
use confer::model::{RoomId, message::Message};
use std::collections::HashSet;

pub const HOLE: &str = "a number is missing";
pub const TWICE_NUMBERED: &str = "a number twice";
pub const HEAD: &str = "a room's newest number is wrong";
pub const STORED_TWICE: &str = "stored twice";
pub const UNSAID: &str = "stored and never sent";

/// Checks the stored lines.
pub fn check(history: &History, stored: &Stored, rules: Rules, wrong: &mut Wrong) {
    let mut names = HashSet::new();
    let lines = stored.lines();
    for message in &stored.messages {
        if !names.insert((message.sender, message.cid)) {
            wrong.note(STORED_TWICE, || show(message));
        }
        if is_words(message) && message.id.0 > rules.older {
            let mut sends = history.of_name(message.sender, message.cid);
            if !sends.any(|send| send.room == message.room && send.body == message.body) {
                wrong.note(UNSAID, || show(message));
            }
        }
    }
    for (room, head) in &stored.heads {
        numbered(*room, *head, lines.get(room).map_or(&[], Vec::as_slice), wrong);
    }
}

/// Every number up to the newest belongs to a message, or to a later change of one.
fn numbered(room: RoomId, head: i64, line: &[&Message], wrong: &mut Wrong) {
    let mut taken = HashSet::with_capacity(line.len());
    for message in line {
        if !taken.insert(message.seq) {
            wrong.note(TWICE_NUMBERED, || show(message));
        }
    }
    taken.extend(line.iter().map(|message| message.change));
    for number in (1..=head).filter(|number| !taken.contains(number)) {
        wrong.note(HOLE, || format!("room {room}, number {number} of {head}"));
    }
    if let Some(beyond) = taken.iter().find(|number| **number > head || **number < 1) {
        wrong.note(HEAD, || format!("room {room} says {head} and holds {beyond}"));
    }
}

/// A message in few words.
pub fn show(message: &Message) -> String {
    let Message { room, seq, sender, cid, .. } = message;
    format!("room {room}, number {seq}, {cid} of {sender}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::example::Example;

    fn found(spoil: impl FnOnce(&mut Stored)) -> String {
        let mut example = Example::talk();
        spoil(&mut example.stored);
        let mut wrong = Wrong::default();
        check(&example.history, &example.stored, Rules::default(), &mut wrong);
        wrong.summary()
    }

    #[test]
    fn a_hole_in_the_line_is_found() {
        assert_eq!(found(|stored| drop(stored.messages.remove(1))), format!("{HOLE} 1"));
    }

    #[test]
    fn a_head_ahead_of_its_line_is_found() {
        assert_eq!(found(|stored| *stored.heads.get_mut(&RoomId(1)).unwrap() += 1), format!("{HOLE} 1"));
    }

    #[test]
    fn a_head_behind_its_line_is_found() {
        assert_eq!(found(|stored| *stored.heads.get_mut(&RoomId(1)).unwrap() -= 1), format!("{HEAD} 1"));
    }

    #[test]
    fn a_name_stored_twice_is_found() {
        let twice = found(|stored| {
            let mut again = stored.messages[0].clone();
            again.seq = 5;
            again.change = 5;
            stored.messages.push(again);
            stored.heads.insert(RoomId(1), 5);
        });
        assert_eq!(twice, format!("{STORED_TWICE} 1"));
    }

    #[test]
    fn a_number_given_twice_is_found() {
        let twice = found(|stored| {
            stored.messages[2].seq = 2;
            stored.messages[2].change = 3;
        });
        assert_eq!(twice, format!("{TWICE_NUMBERED} 1"));
    }

    #[test]
    fn what_nobody_sent_is_found() {
        let wrong = found(|stored| stored.messages[0].body = "never said".into());
        assert_eq!(wrong, format!("{UNSAID} 1"));
        let wrong = found(|stored| stored.messages[0].cid.0 = [9; 16]);
        assert_eq!(wrong, format!("{UNSAID} 1"));
    }
}
