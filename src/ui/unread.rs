//! What is unread: in each room what the server counted, and exactly what has been heard since.

use super::sorted::Sorted;
use crate::model::{
    AccountId, RoomId,
    message::{Kind, Message},
    receipt::Standing,
};

/// The unread messages of all of one's rooms.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Unread {
    rooms: Sorted<RoomId, Count>,
    /// How often the server has begun to tell of all rooms.
    round: u32,
    is_settled: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Count {
    /// What the server counted up to a number.
    head: i64,
    read: i64,
    unread: u32,
    /// Messages of others behind that number, in order.
    heard: Vec<i64>,
    /// The newest number a list or a message has shown.
    newest: Option<i64>,
    /// The round it was last told in; zero before that.
    round: u32,
}

impl Count {
    fn sum(&self) -> u32 {
        self.unread + self.heard.len() as u32
    }
}

impl Unread {
    /// The server begins to tell of all rooms: what it says now counts more than what was known.
    pub fn begin(&mut self) {
        self.round += 1;
    }

    /// The server has told of all rooms, and of what was missed; those it did not name are no longer one's own.
    /// Answers whether there is anything that was not heard.
    pub fn settle(&mut self) -> bool {
        let round = self.round;
        let count_before = self.rooms.iter().count();
        self.rooms.retain(|_, count| count.round == round);
        let mut is_news = self.is_settled && self.rooms.iter().count() < count_before;
        for count in self.rooms.values_mut() {
            // At first most rooms are on no list, and nothing of them is missing; later an unknown room is new.
            is_news |= count.newest.map_or(self.is_settled, |newest| newest < count.head);
            count.newest = count.newest.max(Some(count.head));
        }
        self.is_settled = true;
        is_news
    }

    /// The server has counted a room.
    pub fn stand(&mut self, standing: Standing) {
        let Standing { room, head, read, unread } = standing;
        let round = self.round;
        let count = self.rooms.entry(room);
        // An answer overtaken by a later one says nothing new.
        if count.round != round || (read, head) >= (count.read, count.head) {
            count.heard.retain(|seq| *seq > head);
            (count.head, count.read, count.unread, count.round) = (head, read, unread, round);
        }
    }

    /// A list was drawn that shows this room up to a number.
    pub fn show(&mut self, room: RoomId, head: i64) {
        let count = self.rooms.entry(room);
        count.newest = count.newest.max(Some(head));
    }

    /// A message was stored, or is told again.
    pub fn hear(&mut self, message: &Message, me: AccountId) {
        let Message { room, seq, change, sender, kind, .. } = message;
        let round = self.round;
        let count = self.rooms.entry(*room);
        count.newest = count.newest.max(Some(*seq));
        if count.round == 0 {
            // A room the server never counted has just become one's own, with nothing in it unread.
            count.round = round;
        }
        let counts = *sender != me && *kind != Kind::System && change == seq;
        if counts
            && *seq > count.head
            && let Err(at) = count.heard.binary_search(seq)
        {
            count.heard.insert(at, *seq);
        }
    }

    /// Everything up to a number has been on the screen here. Answers whether that was news. How many are left where
    /// the server has counted further, it says once it has been told.
    pub fn see(&mut self, room: RoomId, seq: i64) -> bool {
        let count = self.rooms.entry(room);
        let before = (count.read, count.newest, count.sum());
        count.newest = count.newest.max(Some(seq));
        count.read = count.read.max(seq);
        if seq >= count.head {
            count.heard.retain(|heard| *heard > seq);
            (count.head, count.unread) = (seq, 0);
        }
        before != (count.read, count.newest, count.sum())
    }

    /// A room is no longer one's own.
    pub fn forget(&mut self, room: RoomId) {
        self.rooms.retain(|other, _| other != room);
    }

    /// The unread messages of a room, if the server has told of it.
    pub fn of(&self, room: RoomId) -> Option<u32> {
        self.rooms.get(room).filter(|count| count.round > 0).map(Count::sum)
    }

    /// Whether the server has told of all rooms.
    pub fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// The number read up to.
    pub fn read(&self, room: RoomId) -> i64 {
        self.rooms.get(room).map_or(0, |count| count.read)
    }

    /// The unread messages of all rooms.
    pub fn total(&self) -> u32 {
        self.rooms.iter().map(|(_, count)| count.sum()).sum()
    }

    /// Every room with its newest number, and whether anything in it is unread.
    pub fn newest(&self) -> impl Iterator<Item = (RoomId, i64, bool)> {
        self.rooms.iter().map(|(room, count)| (*room, count.newest.unwrap_or_default(), count.sum() > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Cid, MessageId};
    use proptest::prelude::*;

    const ME: AccountId = AccountId(1);
    const ROOM: RoomId = RoomId(7);

    fn message(seq: i64, sender: i64, kind: Kind) -> Message {
        Message {
            id: MessageId(seq),
            room: ROOM,
            seq,
            change: seq,
            sender: AccountId(sender),
            cid: Cid([0; 16]),
            kind,
            body: String::new(),
            note: None,
            sent_ms: 0,
        }
    }

    fn told(standings: &[Standing]) -> Unread {
        let mut unread = Unread::default();
        tell(&mut unread, standings);
        unread
    }

    fn tell(unread: &mut Unread, standings: &[Standing]) -> bool {
        unread.begin();
        standings.iter().for_each(|standing| unread.stand(*standing));
        unread.settle()
    }

    #[test]
    fn a_count_of_the_server_takes_the_place_of_the_older_one_and_what_is_newer_stays() {
        let mut unread = told(&[Standing { room: ROOM, head: 5, read: 3, unread: 2 }]);
        for seq in [5, 6, 7, 7] {
            unread.hear(&message(seq, 2, Kind::Text), ME);
        }
        assert_eq!(unread.of(ROOM), Some(4));
        unread.stand(Standing { room: ROOM, head: 6, read: 6, unread: 0 });
        assert_eq!((unread.of(ROOM), unread.total()), (Some(1), 1));
        unread.see(ROOM, 7);
        assert_eq!(unread.total(), 0);
        // Counted before what was seen here had arrived.
        unread.stand(Standing { room: ROOM, head: 7, read: 6, unread: 1 });
        assert_eq!(unread.total(), 0);
    }

    #[test]
    fn a_room_the_server_no_longer_names_is_forgotten_and_nothing_flickers_meanwhile() {
        let mut unread = told(&[Standing { room: ROOM, head: 5, read: 3, unread: 2 }]);
        unread.begin();
        assert_eq!(unread.of(ROOM), Some(2));
        assert!(unread.settle());
        assert_eq!((unread.of(ROOM), unread.total()), (None, 0));
    }

    #[test]
    fn what_a_list_does_not_show_and_nobody_replayed_is_news() {
        let at = |head| Standing { room: ROOM, head, read: head, unread: 0 };
        let mut unread = Unread::default();
        assert!(!tell(&mut unread, &[at(5)]), "on no list yet");
        assert!(!tell(&mut unread, &[at(5)]));
        assert!(tell(&mut unread, &[at(6)]));
        unread.hear(&message(7, 2, Kind::Text), ME);
        assert!(!tell(&mut unread, &[at(7)]));
        assert!(tell(&mut unread, &[at(7), Standing { room: RoomId(8), ..at(0) }]), "a new room");
        let mut unread = Unread::default();
        unread.show(ROOM, 4);
        assert_eq!(unread.of(ROOM), None);
        assert!(tell(&mut unread, &[at(5)]));
    }

    /// What the database holds, counted the slow way.
    #[derive(Clone, Debug, Default)]
    struct Truth {
        line: Vec<(i64, Kind)>,
        read: i64,
    }

    impl Truth {
        fn standing(&self) -> Standing {
            let head = self.line.len() as i64;
            let counts = |(seq, (sender, kind)): (i64, &(i64, Kind))| {
                seq > self.read && *sender != ME.0 && *kind != Kind::System
            };
            let unread = (1..).zip(&self.line).filter(|pair| counts(*pair)).count() as u32;
            Standing { room: ROOM, head, read: self.read, unread }
        }
    }

    #[derive(Clone, Debug)]
    enum Step {
        Write(i64, bool),
        ReadElsewhere(i64),
        SeeHere,
        SeeSome(i64),
        Again(usize),
        Reconnect,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => (1i64..4, any::<bool>()).prop_map(|(sender, is_note)| Step::Write(sender, is_note)),
            1 => (0i64..40).prop_map(Step::ReadElsewhere),
            1 => Just(Step::SeeHere),
            1 => (0i64..40).prop_map(Step::SeeSome),
            1 => (0usize..40).prop_map(Step::Again),
            1 => Just(Step::Reconnect),
        ]
    }

    proptest! {
        #[test]
        fn the_count_is_the_databases_own(steps in proptest::collection::vec(step(), 0..60)) {
            let mut truth = Truth::default();
            let mut unread = told(&[truth.standing()]);
            for step in steps {
                match step {
                    Step::Write(sender, is_note) => {
                        let kind = if is_note { Kind::System } else { Kind::Text };
                        truth.line.push((sender, kind));
                        unread.hear(&message(truth.line.len() as i64, sender, kind), ME);
                    }
                    Step::ReadElsewhere(seq) => {
                        truth.read = truth.read.max(seq.min(truth.line.len() as i64));
                        unread.stand(truth.standing());
                    }
                    Step::SeeHere => {
                        let earlier = truth.standing();
                        truth.read = truth.line.len() as i64;
                        unread.see(ROOM, truth.read);
                        unread.stand(earlier);
                    }
                    Step::SeeSome(seq) => {
                        let earlier = truth.standing();
                        let seq = seq.min(truth.line.len() as i64);
                        truth.read = truth.read.max(seq);
                        unread.see(ROOM, seq);
                        prop_assert!(!unread.see(ROOM, seq), "no news the second time");
                        unread.stand(earlier);
                        unread.stand(truth.standing());
                    }
                    Step::Again(at) => if let Some((sender, kind)) = truth.line.get(at) {
                        unread.hear(&message(at as i64 + 1, *sender, *kind), ME);
                    },
                    Step::Reconnect => {
                        tell(&mut unread, &[truth.standing()]);
                    }
                }
                prop_assert_eq!(unread.of(ROOM), Some(truth.standing().unread));
            }
        }
    }
}
