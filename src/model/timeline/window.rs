//! Which stretch of a long conversation is held: pages come in at one end, and the far end is let go.

use super::{Timeline, is_news};
use crate::model::{
    message::{Message, Page, Stretch},
    room::Visit,
};

/// The most stored messages held at rest: ten screens of a desk, and all that is ever drawn.
pub const HELD_MAX: usize = 150;
/// While the reader looks at earlier ones nothing is taken from above them, so that new ones have some room.
const AWAY_MAX: usize = 190;

impl Timeline {
    /// Somebody opens the room, who has read up to a number here or elsewhere: what adjoins is kept, what is new
    /// gets its line.
    pub fn open(&mut self, visit: &Visit, read_here: i64) {
        self.count(visit.receipts.clone());
        let own = visit.receipts.iter().find(|receipt| receipt.account == self.me);
        let told = own.map_or(visit.head, |receipt| receipt.read_seq);
        let read = told.max(read_here);
        let new = if read == told {
            visit.unread
        } else {
            // The server has not yet heard of all that was read here.
            visit.page.messages.iter().filter(|one| one.seq > read && is_news(one, self.me)).count() as u32
        };
        self.new = (new > 0).then_some((read, new));
        (self.left_at, self.missed) = (None, 0);
        self.beyond.clear();
        if self.adjoins(visit) {
            self.add(&visit.page.messages);
            self.shorten();
        } else {
            self.turn_to(visit.page.clone(), visit.head);
        }
        if self.later {
            self.left_at = Some(self.cursor);
        }
    }

    /// Too much was missed to be replayed: the newest page takes the place of what does not adjoin it, unless the
    /// reader is at an earlier one, who is told how much there is instead.
    pub fn renew(&mut self, visit: &Visit) {
        self.count(visit.receipts.clone());
        if self.adjoins(visit) {
            self.add(&visit.page.messages);
            self.shorten();
        } else if self.left_at.is_some() && !self.stored.is_empty() {
            visit.page.messages.iter().for_each(|message| self.forget_draft(message));
            if !self.later {
                // Nothing behind a hole that will not be mended.
                let cursor = self.cursor;
                self.stored.retain(|message| message.seq <= cursor);
                self.later = true;
            }
            self.cursor = self.cursor.max(visit.head);
            self.missed += visit.unread.saturating_sub(self.below());
        } else {
            self.turn_to(visit.page.clone(), visit.head);
        }
    }

    /// Starts afresh from the newest page, keeping only what is not yet sent.
    pub fn restart(&mut self, visit: &Visit) {
        self.stored.clear();
        self.receipts.clear();
        (self.cursor, self.heard, self.new, self.left_at) = (0, 0, None, None);
        self.count(visit.receipts.clone());
        self.turn_to(visit.page.clone(), visit.head);
    }

    /// Takes in a page that was asked for; one that no longer fits is left out.
    pub fn take(&mut self, stretch: Stretch, page: Page) {
        match stretch {
            Stretch::Before(first) if self.first() == Some(first) => {
                self.older = page.more;
                page.messages.into_iter().for_each(|message| self.insert(message));
                self.drop_last(HELD_MAX);
            }
            Stretch::After(last) if self.later && self.last() == Some(last) => {
                let is_end = !page.more;
                page.messages.into_iter().for_each(|message| self.insert(message));
                if is_end {
                    // What was heard meanwhile is missing now, and is asked for like anything that is.
                    self.later = false;
                    if self.cursor >= last {
                        self.cursor = self.last().unwrap_or(last);
                    }
                }
                self.advance();
                self.drop_first(HELD_MAX);
            }
            Stretch::Newest => {
                self.turn_to(page, 0);
                self.left_at = None;
            }
            Stretch::Before(_) | Stretch::After(_) | Stretch::Since(_) | Stretch::Unread => {}
        }
    }

    /// The newest message has come into view, or has left it; a room nobody has open is not left.
    pub fn look(&mut self, is_at_end: bool) {
        if !is_at_end {
            self.left_at = self.left_at.or(Some(self.cursor));
        } else if !self.later {
            self.left_at = None;
            self.missed = 0;
            self.beyond.clear();
        }
    }

    /// Whether the newest message is in view, as far as was told.
    pub fn is_at_end(&self) -> bool {
        self.left_at.is_none()
    }

    /// How many messages of others have come since the newest one left view.
    pub fn below(&self) -> u32 {
        let Some(left_at) = self.left_at else { return 0 };
        let held = self.stored.iter().filter(|one| one.seq > left_at && is_news(one, self.me));
        let beyond = self.beyond.iter().filter(|seq| Some(**seq) > self.last());
        held.count() as u32 + beyond.count() as u32 + self.missed
    }

    /// The first message that was new when the room was opened, if it is held, and how many were.
    pub fn first_new(&self) -> Option<(i64, u32)> {
        let (read, count) = self.new?;
        let first = self.stored.iter().find(|one| one.seq > read && is_news(one, self.me));
        // Had the page before it been let go, it would not be the first.
        let is_first = !self.older || self.first().is_some_and(|held| held <= read + 1);
        first.filter(|_| is_first).map(|first| (first.seq, count))
    }

    /// Whether there is history before the first message held.
    pub fn has_older(&self) -> bool {
        self.older
    }

    /// Whether there are messages after the last one held.
    pub fn has_later(&self) -> bool {
        self.later
    }

    /// The number of the first message held.
    pub fn first(&self) -> Option<i64> {
        self.stored.first().map(|first| first.seq)
    }

    /// The number of the last message held.
    pub fn last(&self) -> Option<i64> {
        self.stored.last().map(|last| last.seq)
    }

    /// Lets go of what is too much: at the end that is out of sight.
    pub(super) fn shorten(&mut self) {
        if self.is_at_end() {
            self.drop_first(HELD_MAX);
        } else {
            self.drop_last(AWAY_MAX);
        }
    }

    // Whether the visit's page is the newest one and continues what is held.
    fn adjoins(&self, visit: &Visit) -> bool {
        let messages = &visit.page.messages;
        let Some((start, end)) = messages.first().zip(messages.last()) else { return false };
        let continues = self.first().is_some_and(|first| first <= start.seq) && start.seq <= self.cursor + 1;
        continues && !self.later && end.seq >= visit.head
    }

    fn add(&mut self, messages: &[Message]) {
        messages.iter().for_each(|message| self.insert(message.clone()));
        self.advance();
    }

    // A page instead of what is held; there is more behind it if it ends before the room's newest number.
    fn turn_to(&mut self, page: Page, head: i64) {
        let end = page.messages.last().map_or(head, |last| last.seq);
        self.older = page.more;
        self.later = end < head;
        self.missed = 0;
        self.beyond.clear();
        if self.later {
            self.stored.clear();
            self.cursor = self.cursor.max(head);
        } else {
            // What was heard while the page was on its way.
            self.stored.retain(|message| message.seq > end);
            self.cursor = end;
        }
        page.messages.into_iter().for_each(|message| self.insert(message));
        self.advance();
    }

    fn drop_first(&mut self, most: usize) {
        let more = self.stored.len().saturating_sub(most);
        self.older |= more > 0;
        self.stored.drain(..more);
    }

    fn drop_last(&mut self, most: usize) {
        while self.stored.len() > most {
            if let Some(message) = self.stored.pop() {
                self.count_beyond(&message);
            }
            self.later = true;
            self.left_at = self.left_at.or(Some(self.cursor));
        }
    }

    /// Remembers that a message of somebody else has come which is not held.
    pub(super) fn count_beyond(&mut self, message: &Message) {
        let is_counted =
            self.left_at.is_some_and(|left_at| message.seq > left_at) && is_news(message, self.me);
        if is_counted && let Err(at) = self.beyond.binary_search(&message.seq) {
            self.beyond.insert(at, message.seq);
        }
    }
}
