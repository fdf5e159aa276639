//! Counts: how far everybody has read and how much is unread, as told at the end and as it is.

use super::{
    history::{History, is_words},
    stored::Stored,
};
use crate::wrong::Wrong;
use confer::model::{
    RoomId,
    message::{Message, Note},
    receipt::Standing,
};
use std::collections::BTreeMap;

pub const UNREAD: &str = "unread count";
pub const READ: &str = "read further than anybody said";

/// Checks what everybody was told at the end.
pub fn check(history: &History, stored: &Stored, wrong: &mut Wrong) {
    let lines = stored.lines();
    for (account, told) in &history.standings {
        let room = told.room;
        let read = stored.members.get(&(room, *account)).copied().unwrap_or_default();
        let line = lines.get(&room).into_iter().flatten();
        let missed = line.filter(|message| message.seq > read && message.sender != *account);
        let counted = Standing {
            room,
            head: stored.heads.get(&room).copied().unwrap_or_default(),
            read,
            unread: missed.filter(|message| is_words(message)).count() as u32,
        };
        if *told != counted {
            wrong.note(UNREAD, || format!("{account} was told {told:?}, and it is {counted:?}"));
        }
    }
    let behind = behind_newcomers(stored);
    for ((room, account), read) in &stored.members {
        let seen = history.seen.get(&(*room, *account)).copied().unwrap_or_default();
        if *read > seen.max(behind.get(room).copied().unwrap_or_default()) {
            wrong.note(READ, || format!("{account} in room {room}: {read}, and said {seen}"));
        }
    }
}

/// Up to where a room's line is behind whoever came into it last.
fn behind_newcomers(stored: &Stored) -> BTreeMap<RoomId, i64> {
    let is_coming = |message: &&Message| matches!(message.note, Some(Note::Created {} | Note::Joined { .. }));
    stored.messages.iter().filter(is_coming).map(|message| (message.room, message.seq)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::example::{BEN, Example, ROOM};

    fn found(spoil: impl FnOnce(&mut Example)) -> String {
        let mut example = Example::talk();
        spoil(&mut example);
        let mut wrong = Wrong::default();
        check(&example.history, &example.stored, &mut wrong);
        wrong.summary()
    }

    #[test]
    fn a_wrong_count_is_found() {
        assert_eq!(found(|example| example.history.standings[1].1.unread = 3), format!("{UNREAD} 1"));
        assert_eq!(found(|example| example.history.standings[1].1.head = 3), format!("{UNREAD} 1"));
        assert_eq!(found(|example| example.history.standings[1].1.read = 0), format!("{UNREAD} 1"));
    }

    #[test]
    fn a_cursor_nobody_moved_is_found() {
        let wrong = found(|example| {
            example.stored.members.insert((ROOM, BEN), 9);
            example.history.standings.clear();
        });
        assert_eq!(wrong, format!("{READ} 1"));
    }
}
