//! A room's log: which message has which number, as the first who heard it was told.

use std::collections::HashMap;

/// Sends by their number in the room.
#[derive(Debug)]
pub struct Log {
    base: i64,
    sends: Vec<u32>,
    last_of: HashMap<u32, u32>,
}

/// What cannot be so if everybody is to see the same room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quarrel {
    /// Somebody else was told another message under this number.
    TwoMessages { first: u32, now: u32 },
    /// The sender had sent another one later, which came before.
    SendersOrder { before: u32, now: u32 },
}

/// Stands for a number nobody has heard yet.
const UNHEARD: u32 = u32::MAX;

impl Log {
    /// The log of a room that holds `base` messages already.
    pub fn new(base: i64) -> Log {
        Log { base, sends: Vec::new(), last_of: HashMap::new() }
    }

    /// Notes that somebody heard a send under a number.
    pub fn agree(&mut self, seq: i64, send: u32, sender: u32) -> Result<(), Quarrel> {
        let Some(at) = self.place(seq) else { return Ok(()) };
        if self.sends.len() <= at {
            self.sends.resize(at + 1, UNHEARD);
        }
        let first = self.sends[at];
        if first == send {
            return Ok(());
        }
        if first != UNHEARD {
            return Err(Quarrel::TwoMessages { first, now: send });
        }
        self.sends[at] = send;
        match self.last_of.insert(sender, send) {
            Some(before) if before > send => Err(Quarrel::SendersOrder { before, now: send }),
            Some(_) | None => Ok(()),
        }
    }

    /// The send with this number, once somebody has heard it.
    pub fn at(&self, seq: i64) -> Option<u32> {
        self.sends.get(self.place(seq)?).copied().filter(|send| *send != UNHEARD)
    }

    fn place(&self, seq: i64) -> Option<usize> {
        usize::try_from(seq - self.base - 1).ok()
    }
}

impl Quarrel {
    /// What kind of promise was broken.
    pub fn word(self) -> &'static str {
        match self {
            Quarrel::TwoMessages { .. } => "two messages with one number",
            Quarrel::SendersOrder { .. } => "sender's order",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_hears_the_same_under_the_same_number() {
        let mut log = Log::new(100);
        assert_eq!(log.agree(101, 0, 7), Ok(()));
        assert_eq!(log.agree(101, 0, 7), Ok(()));
        assert_eq!(log.agree(101, 1, 8), Err(Quarrel::TwoMessages { first: 0, now: 1 }));
        assert_eq!(log.at(101), Some(0));
        assert_eq!(log.at(102), None);
    }

    #[test]
    fn a_senders_messages_keep_their_order_and_others_may_come_between() {
        let mut log = Log::new(0);
        assert_eq!(log.agree(1, 5, 7), Ok(()));
        assert_eq!(log.agree(2, 1, 8), Ok(()));
        assert_eq!(log.agree(3, 4, 7), Err(Quarrel::SendersOrder { before: 5, now: 4 }));
    }

    #[test]
    fn a_number_that_was_skipped_may_still_be_heard() {
        let mut log = Log::new(0);
        assert_eq!(log.agree(3, 2, 7), Ok(()));
        assert_eq!(log.at(2), None);
        assert_eq!(log.agree(2, 1, 8), Ok(()));
        assert_eq!(log.at(2), Some(1));
    }
}
