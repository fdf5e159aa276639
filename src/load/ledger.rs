//! The ledger: every send, who must hear it, and all that was not as promised.

use super::{
    dialect::Name,
    log::Log,
    quantile::{Quantiles, histogram},
    wrong::Wrong,
};
use hdrhistogram::Histogram;
use std::{collections::BTreeMap, time::Instant};

/// Times are microseconds since the ledger began.
#[derive(Debug)]
pub struct Ledger {
    begin: Instant,
    run: u64,
    sends: Vec<Send>,
    rooms: Vec<Room>,
    /// Every send before this one is done with.
    settled: usize,
    measured_from_us: u64,
    answers: Histogram<u64>,
    deliveries: Histogram<u64>,
    count: Count,
    refusals: BTreeMap<String, u64>,
    wrong: Wrong,
}

/// What has happened so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub sent: u64,
    pub answered: u64,
    pub delivered: u64,
    /// Sends the server said no to, which is an answer too.
    pub refused: u64,
    /// Messages heard once replayed and once live, which the protocol allows.
    pub repeated: u64,
}

#[derive(Clone, Copy, Debug)]
struct Send {
    due_us: u64,
    room: u32,
    sender: u32,
    /// Its number as the answer named it; 0 until then.
    seq: i64,
    refused: bool,
    heard: u32,
}

#[derive(Debug)]
struct Room {
    listeners: u32,
    log: Log,
}

/// A listener's place in a room.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// The room's number on the server, and in this ledger.
    pub room: i64,
    pub place: u32,
    /// The last number before which nothing is missing.
    pub held: i64,
    /// Up to here a message may come a second time: replayed and live.
    pub replayed: i64,
}

impl Ledger {
    /// An empty ledger; `run` tells this run's messages from others.
    pub fn new(run: u64) -> Ledger {
        Ledger {
            begin: Instant::now(),
            run,
            sends: Vec::new(),
            rooms: Vec::new(),
            settled: 0,
            measured_from_us: 0,
            answers: histogram(),
            deliveries: histogram(),
            count: Count::default(),
            refusals: BTreeMap::new(),
            wrong: Wrong::default(),
        }
    }

    /// Now.
    pub fn now_us(&self) -> u64 {
        self.begin.elapsed().as_micros() as u64
    }

    /// Adds a room that holds `base` messages and has so many listeners.
    pub fn room(&mut self, base: i64, listeners: u32) -> u32 {
        self.rooms.push(Room { listeners, log: Log::new(base) });
        (self.rooms.len() - 1) as u32
    }

    /// Notes a send.
    pub fn send(&mut self, place: u32, sender: u32, due_us: u64) -> u32 {
        self.count.sent += 1;
        self.sends.push(Send { due_us, room: place, sender, seq: 0, refused: false, heard: 0 });
        (self.sends.len() - 1) as u32
    }

    /// The name of a send on the wire.
    pub fn name(&self, send: u32) -> Name {
        Name { run: self.run, index: u64::from(send) }
    }

    /// The room of a send.
    pub fn place(&self, send: u32) -> Option<u32> {
        self.sends.get(send as usize).map(|send| send.room)
    }

    /// Notes an answer: the send's number, for good.
    pub fn answered(&mut self, name: Name, seq: i64, now_us: u64) {
        let measured_from_us = self.measured_from_us;
        let Some(send) = known(self.run, &mut self.sends, name) else {
            return self.wrong.note("stray answer", || format!("{name:?}"));
        };
        if send.seq == 0 && !send.refused {
            send.seq = seq;
            self.count.answered += 1;
            if send.due_us >= measured_from_us {
                self.answers.saturating_record(now_us.saturating_sub(send.due_us));
            }
        } else if send.seq != seq {
            let before = send.seq;
            self.wrong.note("two numbers for one send", || format!("{name:?} was {before}, now {seq}"));
        }
    }

    /// Notes a refusal: nobody may hear this send. A command that is no send must not be refused at all.
    pub fn refused(&mut self, name: Option<Name>, code: &[u8]) {
        let named = name.and_then(|name| known(self.run, &mut self.sends, name));
        let Some(send) = named else {
            return self.wrong.note("refused", || format!("{name:?}: {}", String::from_utf8_lossy(code)));
        };
        send.refused = true;
        self.count.refused += 1;
        *self.refusals.entry(String::from_utf8_lossy(code).into_owned()).or_default() += 1;
    }

    /// Notes that a listener heard a message.
    pub fn heard(&mut self, listener: u32, seat: &mut Seat, seq: i64, name: Name, now_us: u64) {
        let Some(send) = known(self.run, &mut self.sends, name) else {
            return self.wrong.note("stray message", || format!("{name:?} in room {}", seat.room));
        };
        if seq <= seat.held {
            if seq <= seat.replayed {
                self.count.repeated += 1;
            } else {
                self.wrong.note("twice", || format!("room {} number {seq} by {listener}", seat.room));
            }
            return;
        }
        if seq != seat.held + 1 {
            let held = seat.held;
            self.wrong.note("hole", || {
                format!("room {}: {seq} after {held}, heard by {listener} over {name:?}", seat.room)
            });
        }
        seat.held = seq;
        send.heard += 1;
        self.count.delivered += 1;
        if send.due_us >= self.measured_from_us {
            self.deliveries.saturating_record(now_us.saturating_sub(send.due_us));
        }
        let (sender, place) = (send.sender, send.room);
        if place != seat.place {
            self.wrong.note("wrong room", || format!("{name:?} in room {}", seat.room));
        }
        if let Some(room) = self.rooms.get_mut(seat.place as usize)
            && let Err(quarrel) = room.log.agree(seq, name.index as u32, sender)
        {
            self.wrong.note(quarrel.word(), || format!("room {} number {seq}: {quarrel:?}", seat.room));
        }
    }

    /// Notes anything else that must not happen.
    pub fn strange(&mut self, kind: &'static str, example: impl FnOnce() -> String) {
        self.wrong.note(kind, example);
    }

    /// From here on sends count in the figures.
    pub fn measure_from(&mut self, due_us: u64) {
        self.measured_from_us = due_us;
        self.answers.reset();
        self.deliveries.reset();
    }

    /// When the oldest send was due that somebody still waits for.
    pub fn oldest_open_us(&mut self) -> Option<u64> {
        while let Some(send) = self.sends.get(self.settled) {
            let listeners = self.rooms.get(send.room as usize).map_or(0, |room| room.listeners);
            if !send.refused && (send.seq == 0 || send.heard < listeners) {
                return Some(send.due_us);
            }
            self.settled += 1;
        }
        None
    }

    /// Counts what never came as lost, once there is no more hope for it, and compares answers with what was heard.
    pub fn close(&mut self) {
        for (index, send) in self.sends.iter().enumerate() {
            let Some(room) = self.rooms.get(send.room as usize) else { continue };
            if send.refused {
                if send.heard > 0 {
                    self.wrong.note("refused and heard", || format!("send {index}"));
                }
                continue;
            }
            if send.seq == 0 {
                self.wrong.note("no answer", || format!("send {index}"));
            }
            if send.heard < room.listeners {
                let missing = room.listeners - send.heard;
                self.wrong
                    .note("lost", || format!("send {index}, number {}: {missing} did not hear it", send.seq));
            }
            if send.seq != 0 && room.log.at(send.seq).is_some_and(|logged| logged as usize != index) {
                self.wrong.note("answer and message differ", || format!("send {index} number {}", send.seq));
            }
        }
    }

    /// What has happened so far.
    pub fn count(&self) -> Count {
        self.count
    }

    /// Each code of refusal with its number.
    pub fn refusals(&self) -> String {
        let codes = self.refusals.iter().map(|(code, count)| format!("{code} {count}"));
        codes.collect::<Vec<_>>().join(", ")
    }

    /// How long answers took, of the sends measured.
    pub fn answers(&self) -> Quantiles {
        Quantiles::of(&self.answers)
    }

    /// How long deliveries took, of the sends measured.
    pub fn deliveries(&self) -> Quantiles {
        Quantiles::of(&self.deliveries)
    }

    /// The promises not kept.
    pub fn wrong(&self) -> &Wrong {
        &self.wrong
    }
}

fn known(run: u64, sends: &mut [Send], name: Name) -> Option<&mut Send> {
    (name.run == run).then(|| sends.get_mut(name.index as usize)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Talk {
        ledger: Ledger,
        seats: [Seat; 2],
    }

    impl Talk {
        fn new() -> Talk {
            let mut ledger = Ledger::new(7);
            let place = ledger.room(100, 2);
            let seat = Seat { room: 12, place, held: 100, replayed: 0 };
            Talk { ledger, seats: [seat; 2] }
        }

        fn send(&mut self, sender: u32) -> Name {
            let index = self.ledger.send(0, sender, 0);
            self.ledger.name(index)
        }

        fn hears(&mut self, listener: usize, seq: i64, name: Name) {
            self.ledger.heard(listener as u32, &mut self.seats[listener], seq, name, 1_500);
        }

        fn wrong(mut self) -> String {
            self.ledger.close();
            self.ledger.wrong().summary()
        }
    }

    #[test]
    fn a_talk_as_promised_leaves_nothing_to_say() {
        let mut talk = Talk::new();
        for seq in 101..=103 {
            let name = talk.send(0);
            assert!(talk.ledger.oldest_open_us().is_some());
            talk.ledger.answered(name, seq, 1_000);
            talk.hears(0, seq, name);
            talk.hears(1, seq, name);
        }
        assert_eq!(talk.ledger.oldest_open_us(), None);
        assert_eq!(
            talk.ledger.count(),
            Count { sent: 3, answered: 3, delivered: 6, refused: 0, repeated: 0 }
        );
        assert_eq!(talk.wrong(), "");
    }

    #[test]
    fn what_nobody_answered_and_what_somebody_missed_is_lost() {
        let mut talk = Talk::new();
        let name = talk.send(0);
        talk.hears(0, 101, name);
        assert_eq!(talk.wrong(), "lost 1, no answer 1");
    }

    #[test]
    fn a_hole_a_repetition_and_a_different_order_are_seen() {
        let mut talk = Talk::new();
        let [one, two, three] = [talk.send(0), talk.send(0), talk.send(1)];
        for (name, seq) in [(one, 101), (two, 102), (three, 103)] {
            talk.ledger.answered(name, seq, 0);
        }
        talk.hears(0, 101, one);
        talk.hears(0, 101, one);
        talk.hears(0, 103, three);
        talk.hears(1, 101, two);
        assert_eq!(talk.wrong(), "hole 1, lost 3, twice 1, two messages with one number 1");
    }

    #[test]
    fn an_answer_is_the_same_each_time_and_agrees_with_the_message() {
        let mut talk = Talk::new();
        let name = talk.send(0);
        talk.ledger.answered(name, 101, 0);
        talk.ledger.answered(name, 101, 0);
        talk.ledger.answered(name, 102, 0);
        talk.hears(0, 101, name);
        talk.hears(1, 101, name);
        assert_eq!(talk.wrong(), "two numbers for one send 1");
    }

    #[test]
    fn after_a_replay_a_message_may_come_once_more() {
        let mut talk = Talk::new();
        let name = talk.send(0);
        talk.ledger.answered(name, 101, 0);
        talk.hears(0, 101, name);
        talk.hears(1, 101, name);
        talk.seats[1].replayed = 101;
        talk.hears(1, 101, name);
        assert_eq!(talk.ledger.count().repeated, 1);
        assert_eq!(talk.wrong(), "");
    }
}
