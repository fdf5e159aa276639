//! Catching up: what is too much to be replayed is paged over HTTP, while live messages wait for their turn.

use super::{Fallible, crowd::Crowd, dialect::Name, http::Http, person::Person};
use std::{
    cell::RefCell,
    collections::{BTreeMap, btree_map::Entry},
    time::Duration,
};

const TRY_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// The gaps of one person, by room.
#[derive(Debug, Default)]
pub struct Gaps(RefCell<BTreeMap<i64, Gap>>);

#[derive(Debug)]
struct Gap {
    /// The last number that must be paged.
    to: i64,
    waiting: Vec<(i64, Name)>,
}

impl Gaps {
    /// A room has a gap up to this number; true when nobody pages it yet.
    pub fn open(&self, room: i64, to: i64) -> bool {
        match self.0.borrow_mut().entry(room) {
            Entry::Vacant(place) => {
                place.insert(Gap { to, waiting: Vec::new() });
                true
            }
            Entry::Occupied(mut place) => {
                let gap = place.get_mut();
                gap.to = gap.to.max(to);
                false
            }
        }
    }

    /// Keeps a live message back while its room has a gap.
    pub fn keeps(&self, room: i64, seq: i64, name: Name) -> bool {
        let mut gaps = self.0.borrow_mut();
        let Some(gap) = gaps.get_mut(&room) else { return false };
        gap.waiting.push((seq, name));
        true
    }

    /// A new connection tells everything again that the old one told.
    pub fn start_over(&self) {
        self.0.borrow_mut().values_mut().for_each(|gap| gap.waiting.clear());
    }

    /// Ends a gap that is filled; answers what waited, if it is.
    fn close(&self, room: i64, held: i64) -> Option<Vec<(i64, Name)>> {
        let mut gaps = self.0.borrow_mut();
        gaps.get(&room).is_none_or(|gap| held >= gap.to).then(|| gaps.remove(&room))?.map(|gap| gap.waiting)
    }
}

/// Pages a room until its gap is filled, then lets the waiting messages in.
pub async fn catch_up(crowd: &Crowd, person: &Person, room: i64) {
    let mut http = None;
    loop {
        let held = person.seats.borrow().iter().find(|seat| seat.room == room).map(|seat| seat.held);
        let Some(held) = held else { return };
        if let Some(waiting) = person.gaps.close(room, held) {
            // What was paged may wait among the live ones too.
            person.seats.borrow_mut().iter_mut().filter(|seat| seat.room == room).for_each(|seat| {
                seat.replayed = seat.held;
            });
            return hear(crowd, person, room, &waiting);
        }
        match page(crowd, person, room, held, &mut http).await {
            Ok(messages) => hear(crowd, person, room, &messages),
            Err(_) => {
                http = None;
                tokio::time::sleep(TRY_AGAIN_AFTER).await;
            }
        }
    }
}

fn hear(crowd: &Crowd, person: &Person, room: i64, messages: &[(i64, Name)]) {
    let mut ledger = crowd.ledger.borrow_mut();
    let now_us = ledger.now_us();
    for (seq, name) in messages {
        person.enter(&mut ledger, room, *seq, *name, now_us);
    }
}

async fn page(
    crowd: &Crowd,
    person: &Person,
    room: i64,
    held: i64,
    http: &mut Option<Http>,
) -> Fallible<Vec<(i64, Name)>> {
    let target = &crowd.target;
    let (path, ask) = target.dialect.ask_after(room, held);
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nAccept: application/json\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{ask}",
        target.address,
        target.origin,
        person.cookie,
        ask.len(),
    );
    let mut connection = match http.take() {
        Some(http) => http,
        None => Http::open(target.address).await?,
    };
    let mut body = Vec::new();
    let status = connection.ask(request.as_bytes(), &mut body).await?;
    *http = Some(connection);
    let messages = target.dialect.messages(&body);
    if status != 200 || messages.is_empty() {
        return Err(format!("a page was not given: {status}").into());
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn live_messages_wait_until_the_gap_is_filled() {
        let gaps = Gaps::default();
        let name = Name { run: 1, index: 1 };
        assert!(!gaps.keeps(7, 12, name));
        assert!(gaps.open(7, 10));
        assert!(!gaps.open(7, 11));
        assert!(gaps.keeps(7, 12, name));
        assert_eq!(gaps.close(7, 10), None);
        assert_eq!(gaps.close(7, 11), Some(vec![(12, name)]));
        assert!(!gaps.keeps(7, 13, name));
    }
}
