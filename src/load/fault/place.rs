//! A client's place in a room, and how it takes in what it is told of it.

use super::{
    client::{CURSORS_MAX, Client},
    history::{End, Sign, Way},
};
use crate::{Fallible, http::Http};
use confer::model::{
    Cid, RoomId,
    message::{Message, PAGE_MAX, Page},
    wire::Cursor,
};
use std::{collections::BTreeSet, rc::Rc, time::Duration};
use tokio::{task::spawn_local, time::sleep};

const PAGE_AGAIN_AFTER: Duration = Duration::from_millis(200);

/// How far a room has been heard.
#[derive(Debug, Default)]
pub struct Place {
    /// The last number before which nothing is missing.
    pub held: i64,
    /// Numbers heard beyond a hole.
    ahead: BTreeSet<i64>,
    /// Questions about the room that are not answered yet.
    pub asked: u32,
    /// Pages are being asked for up to here.
    paged_to: i64,
}

impl Place {
    /// Somebody who holds this much.
    pub fn at(held: i64) -> Place {
        Place { held, ..Place::default() }
    }

    /// What a new connection says of this room.
    pub fn cursor(&self, room: RoomId) -> Cursor {
        Cursor { room, seq: self.held }
    }

    /// What was asked on an old connection is not answered any more.
    pub fn asked_on_another(&mut self) {
        self.asked = 0;
    }

    /// One question has been answered; true when it was the last of this room.
    pub fn answered(&mut self) -> bool {
        let was_asked = self.asked > 0;
        self.asked = self.asked.saturating_sub(1);
        was_asked && self.asked == 0
    }

    /// Whether something beyond what is held was heard, and nobody fetches what lies between.
    pub fn has_hole(&self) -> bool {
        !self.ahead.is_empty() && self.held >= self.paged_to
    }

    /// Takes in a number; true when it shows a hole that nobody knew of.
    fn take(&mut self, seq: i64) -> bool {
        if seq > self.held {
            self.ahead.insert(seq);
        }
        while self.ahead.remove(&(self.held + 1)) {
            self.held += 1;
        }
        self.has_hole() && self.asked == 0
    }
}

impl Client {
    /// Notes a sign.
    pub fn sign(&self, sign: Sign) {
        self.book.borrow_mut().sign(self.number, sign);
    }

    /// Everything missed has been told: what was not answered is said again, unknown rooms are asked for.
    pub fn up(&self) {
        self.book.borrow_mut().links[self.link.get()].ready = true;
        self.ready.set(true);
        let told: Vec<(RoomId, i64)> =
            self.standings.borrow().iter().map(|standing| (standing.room, standing.head)).collect();
        let is_many = self.places.borrow().len() > CURSORS_MAX;
        for (room, head) in told {
            let held = self.places.borrow().get(&room).map(|place| place.held);
            match held {
                None => self.joined(room),
                Some(held) if is_many && held < head => self.follow(room),
                Some(_) => {}
            }
        }
        let open = self.open.borrow().clone();
        open.into_iter().for_each(|send| self.say(send));
    }

    /// A room that was not known.
    pub fn joined(&self, room: RoomId) {
        self.sign(Sign::Opened { room });
        self.follow(room);
    }

    /// Takes in a message that was told.
    pub fn enter(&self, message: Message) {
        let (room, seq) = (message.room, message.seq);
        let (held, is_expected) = {
            let places = self.places.borrow();
            places.get(&room).map_or((0, false), |place| (place.held, place.asked > 0))
        };
        let way = if self.ready.get() && !is_expected { Way::Live } else { Way::Replayed };
        self.book.borrow_mut().hear(self.number, self.account, self.link.get(), way, message);
        let has_hole = self.places.borrow_mut().get_mut(&room).is_some_and(|place| place.take(seq));
        if has_hole {
            self.sign(Sign::Skipped { room, held, seq });
            self.follow(room);
        }
    }

    /// Takes in an answer; what may succeed later is said again.
    pub fn answered(self: &Rc<Self>, cid: Cid, end: End) {
        let again = match &end {
            End::Refused(error) if error.may_retry() => Some(retry_ms(error)),
            _ => None,
        };
        let answered = self.book.borrow_mut().answer(self.account, cid, self.link.get(), end.clone());
        let Some(send) = answered else {
            return self.sign(Sign::Unread(format!("an answer to nothing: {cid} {end:?}")));
        };
        match again {
            None => self.open.borrow_mut().retain(|open| *open != send),
            Some(wait_ms) => {
                let (client, link) = (self.clone(), self.link.get());
                spawn_local(async move {
                    sleep(Duration::from_millis(wait_ms)).await;
                    // Another connection has said it again already.
                    if client.link.get() == link && client.ready.get() {
                        client.say(send);
                    }
                });
            }
        }
    }

    /// Sees to it that a room is paged up to a number.
    pub fn fill(self: &Rc<Self>, room: RoomId, to: i64) {
        if let Some(place) = self.places.borrow_mut().get_mut(&room) {
            let is_paging = place.paged_to > place.held;
            place.paged_to = place.paged_to.max(to);
            if !is_paging {
                spawn_local(self.clone().page(room));
            }
        }
    }

    /// Pages a room, what is missing first, until nothing is.
    async fn page(self: Rc<Self>, room: RoomId) {
        loop {
            let place = self.places.borrow().get(&room).map(|place| (place.held, place.paged_to));
            let Some((held, _)) = place.filter(|(held, to)| held < to) else { break };
            match self.page_after(room, held).await {
                Ok(page) if !page.messages.is_empty() => {
                    for message in page.messages {
                        let seq = message.seq;
                        let link = self.link.get();
                        self.book.borrow_mut().hear(self.number, self.account, link, Way::Paged, message);
                        if let Some(place) = self.places.borrow_mut().get_mut(&room) {
                            place.take(seq);
                        }
                    }
                }
                Ok(_) | Err(_) => sleep(PAGE_AGAIN_AFTER).await,
            }
        }
        let has_hole =
            self.places.borrow().get(&room).is_some_and(|place| place.has_hole() && place.asked == 0);
        if has_hole && self.ready.get() {
            self.follow(room);
        }
    }

    /// A page of a room.
    pub async fn page_after(&self, room: RoomId, seq: i64) -> Fallible<Page> {
        let ask = format!("{{\"room\":{room},\"stretch\":{{\"after\":{seq}}},\"limit\":{PAGE_MAX}}}");
        let (status, body) = self.ask("POST", "/_fn/message/page", &ask).await?;
        if status != 200 {
            return Err(format!("a page was not given: {status}").into());
        }
        Ok(serde_json::from_slice(&body)?)
    }

    /// Asks the server over HTTP.
    pub async fn ask(&self, method: &str, path: &str, json: &str) -> Fallible<(u16, Vec<u8>)> {
        let target = self.target.borrow().clone();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{json}",
            target.address,
            target.origin,
            self.cookie,
            json.len(),
        );
        let mut body = Vec::new();
        let mut http = Http::open(target.address).await?;
        let status = http.ask(request.as_bytes(), &mut body).await?;
        Ok((status, body))
    }
}

fn retry_ms(error: &confer::model::Error) -> u64 {
    use confer::model::Error::{Slow, Unavailable};
    let wait_ms = match error {
        Slow { retry_ms } | Unavailable { retry_ms } => *retry_ms,
        _ => 500,
    };
    u64::from(wait_ms) + rand::random_range(0..50)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_moves_as_far_as_nothing_is_missing() {
        let mut place = Place::at(5);
        assert!(!place.take(6) && !place.take(6) && !place.take(3));
        assert_eq!(place.held, 6);
        assert!(place.take(8), "a hole nobody knew of");
        place.asked = 1;
        assert!(!place.take(9), "already asked for");
        assert!(!place.take(7));
        assert_eq!(place.held, 9);
        assert!(place.answered() && !place.has_hole());
    }

    #[test]
    fn a_hole_that_is_paged_is_known() {
        let mut place = Place { paged_to: 9, ..Place::at(5) };
        assert!(!place.take(10));
        (6..=9).for_each(|seq| assert!(!place.take(seq)));
        assert_eq!(place.held, 10);
    }
}
