//! Who writes now, as far as it was told a moment ago.

use crate::model::{
    AccountId, RoomId,
    presence::{TYPING_MS, Typing},
};

/// Those who write, and until when that is believed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Writers(Vec<(RoomId, AccountId, i64)>);

impl Writers {
    /// Somebody began, or ceased.
    pub fn turn(&mut self, typing: Typing, now_ms: i64) {
        self.stop(typing.room, typing.account);
        if typing.on {
            self.0.push((typing.room, typing.account, now_ms + TYPING_MS));
        }
    }

    /// Somebody has ceased: they have said what they had to say.
    pub fn stop(&mut self, room: RoomId, account: AccountId) {
        self.0.retain(|(other_room, other, _)| (*other_room, *other) != (room, account));
    }

    /// Forgets those of whom nothing was told for too long.
    pub fn forget(&mut self, now_ms: i64) {
        self.0.retain(|(_, _, until_ms)| now_ms < *until_ms);
    }

    /// Who writes in a room.
    pub fn of(&self, room: RoomId) -> impl Iterator<Item = AccountId> {
        self.0.iter().filter(move |(other, _, _)| *other == room).map(|(_, account, _)| *account)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId(1);
    const ANA: AccountId = AccountId(2);

    fn told(on: bool) -> Typing {
        Typing { room: ROOM, account: ANA, on }
    }

    #[test]
    fn writing_ends_when_it_is_said_so_or_nothing_is_said() {
        let mut writers = Writers::default();
        writers.turn(told(true), 0);
        writers.turn(told(true), 2_000);
        writers.forget(4_999);
        assert_eq!(writers.of(ROOM).collect::<Vec<_>>(), [ANA]);
        assert_eq!(writers.of(RoomId(2)).count(), 0);
        writers.forget(5_000);
        assert_eq!(writers.of(ROOM).count(), 0);
        writers.turn(told(true), 6_000);
        writers.turn(told(false), 6_001);
        assert_eq!(writers.of(ROOM).count(), 0);
    }
}
