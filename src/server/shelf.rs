//! The shelf: pages of history that were read a moment ago, kept while nothing has changed in their rooms.

use crate::model::{RoomId, message::Page};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Of pages of fifty short messages, some twenty megabytes.
const PAGES_MAX: usize = 1_024;
/// What is longer than this is read again: the memory is for what many ask for.
const PAGE_MAX_BYTES: usize = 64 * 1024;

/// Which page of a room: those before a number, and how many.
type Key = (RoomId, i64, u32);

/// Pages, each with the newest number of its room when it was read. Every change of a room has a number, so the same
/// number means the same page, whichever process wrote last.
#[derive(Debug, Default)]
pub struct Shelf(Mutex<HashMap<Key, (i64, Arc<Page>)>>);

impl Shelf {
    /// A page as it stands when the room's newest number is this.
    pub fn find(&self, key: Key, head: i64) -> Option<Arc<Page>> {
        let pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pages.get(&key).filter(|(at, _)| *at == head).map(|(_, page)| page.clone())
    }

    /// Keeps a page, in the place of others when there are too many.
    pub fn keep(&self, key: Key, head: i64, page: &Page) {
        let size_bytes: usize = page.messages.iter().map(|message| message.body.len()).sum();
        if size_bytes > PAGE_MAX_BYTES {
            return;
        }
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= PAGES_MAX && !pages.contains_key(&key) {
            // As good as any other: which one goes only matters when none is asked for twice.
            let half: Vec<Key> = pages.keys().copied().take(PAGES_MAX / 2).collect();
            half.iter().for_each(|key| drop(pages.remove(key)));
        }
        pages.insert(key, (head, Arc::new(page.clone())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: RoomId = RoomId(1);

    fn page(more: bool) -> Page {
        Page { messages: Vec::new(), more }
    }

    #[test]
    fn a_page_is_found_until_its_room_changes() {
        let shelf = Shelf::default();
        shelf.keep((ROOM, 51, 50), 400, &page(true));
        assert_eq!(shelf.find((ROOM, 51, 50), 400), Some(Arc::new(page(true))));
        assert_eq!(shelf.find((ROOM, 51, 50), 401), None);
        assert_eq!(shelf.find((ROOM, 51, 20), 400), None);
        assert_eq!(shelf.find((RoomId(2), 51, 50), 400), None);
    }

    #[test]
    fn there_are_never_too_many() {
        let shelf = Shelf::default();
        for before in 0..3 * PAGES_MAX as i64 {
            shelf.keep((ROOM, before, 50), 1, &page(false));
            assert!(shelf.0.lock().unwrap().len() <= PAGES_MAX);
            assert!(shelf.find((ROOM, before, 50), 1).is_some());
        }
    }
}
