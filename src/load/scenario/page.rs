//! Reading over HTTP: pages of history, and whole pages drawn by the server.

use super::{Climb, Fallible, complaints, search};
use crate::{
    argument::Arguments,
    house::{Guest, Lounge},
    http::Http,
    pool::{Asking, Pool},
    stage::{Cast, Stage},
    table::{Row, figure},
};
use memchr::memmem;

const ROOMS: usize = 50;
const HISTORY: i64 = 400;
const PAGE: i64 = 50;
const CONNECTIONS: usize = 32;
const LIMIT_MS: f64 = 100.0;
const WARM_S: f64 = 0.5;
const TRIES: u32 = 12;
/// What a browser says it can unpack.
const ENCODINGS: &str = "gzip, deflate, br, zstd";

/// Pages of 50 messages from somewhere in a room.
pub async fn history(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let stage = Stage::set(arguments, &cast()).await?;
    let asking = Pages(Readers::of(&stage));
    let name = ("history", "page of 50");
    read(arguments, stage, name, Box::new(asking), 200.0).await
}

/// A room's page for somebody who is signed in.
pub async fn ssr(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let stage = Stage::set(arguments, &cast()).await?;
    let plain = Drawn { readers: Readers::of(&stage), encodings: "identity" };
    let mut body = Vec::new();
    let status = Http::open(stage.host.address).await?.ask(&plain.request(0), &mut body).await?;
    let newest = format!("Word {HISTORY} of");
    if status != 200 || memmem::find(&body, newest.as_bytes()).is_none() {
        return Err(
            format!("the room's page is not what it should be: {status}, {} bytes", body.len()).into()
        );
    }
    let asking = Drawn { readers: Readers::of(&stage), encodings: ENCODINGS };
    let name = ("ssr", "GET /chat/room/{id}, packed");
    read(arguments, stage, name, Box::new(asking), 50.0).await
}

fn cast() -> Cast {
    Cast { history: HISTORY, ..Cast::groups(ROOMS, 2, 0) }
}

async fn read(
    arguments: &Arguments,
    stage: Stage,
    (name, what): (&str, &str),
    asking: Box<dyn Asking>,
    first_rate: f64,
) -> Fallible<Vec<Row>> {
    let pool = Pool::open(stage.host.address, CONNECTIONS, asking).await?;
    let (load, limit_ms) = match arguments.rate {
        Some(rate) => (format!("{what}, {rate:.0}/s"), f64::INFINITY),
        None => (format!("{what}, highest at p99 ≤ {LIMIT_MS:.0} ms"), LIMIT_MS),
    };
    let climb = arguments.rate.map_or(Climb::new(first_rate, 2.0, TRIES), Climb::only);
    let measured_s = arguments.measured_s(2.5, 4.0);
    let found =
        search(climb, limit_ms, async |rate| pool.play(&stage.meter, rate, WARM_S, measured_s).await).await?;
    let mut row = found.row(name, load).with(format!("{} bytes each", figure(pool.mean_bytes() as f64)));
    row.wrong = pool.wrong();
    complaints(&stage.strike().await?);
    Ok(vec![row])
}

/// Everybody who reads, and their room.
struct Readers {
    host: String,
    origin: String,
    guests: Vec<Guest>,
    lounges: Vec<Lounge>,
}

impl Readers {
    fn of(stage: &Stage) -> Readers {
        Readers {
            host: stage.host.address.to_string(),
            origin: stage.host.origin.clone(),
            guests: stage.guests.clone(),
            lounges: stage.lounges.clone(),
        }
    }

    fn pick(&self, number: u64) -> (&Guest, &Lounge) {
        let lounge = &self.lounges[number as usize % self.lounges.len()];
        let member = lounge.members[number as usize / self.lounges.len() % lounge.members.len()];
        (&self.guests[member], lounge)
    }
}

/// Asks for history.
struct Pages(Readers);

/// The number after the newest of the page; the whole room is walked through.
fn before(number: u64) -> i64 {
    let pages = HISTORY / PAGE;
    (number as i64 / ROOMS as i64 % pages + 1) * PAGE + 1
}

impl Asking for Pages {
    fn request(&self, number: u64) -> Vec<u8> {
        let (guest, lounge) = self.0.pick(number);
        let before = before(number);
        let body =
            format!("{{\"room\":{},\"stretch\":{{\"before\":{before}}},\"limit\":{PAGE}}}", lounge.room);
        format!(
            "POST /_fn/message/page HTTP/1.1\r\nHost: {}\r\nOrigin: {}\r\nCookie: {}\r\nAccept: application/json\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            self.0.host,
            self.0.origin,
            guest.cookie,
            body.len(),
        )
        .into_bytes()
    }

    fn is_right(&self, number: u64, status: u16, body: &[u8]) -> bool {
        let first = format!("\"seq\":{},", before(number) - PAGE);
        status == 200
            && memmem::find_iter(body, b"\"seq\":").count() as i64 == PAGE
            && memmem::find(body, first.as_bytes()).is_some()
    }
}

/// Asks for drawn pages.
struct Drawn {
    readers: Readers,
    encodings: &'static str,
}

impl Asking for Drawn {
    fn request(&self, number: u64) -> Vec<u8> {
        let (guest, lounge) = self.readers.pick(number);
        format!(
            "GET /chat/room/{} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nAccept: text/html\r\nAccept-Encoding: {}\r\n\r\n",
            lounge.room, self.readers.host, guest.cookie, self.encodings,
        )
        .into_bytes()
    }

    fn is_right(&self, _number: u64, status: u16, body: &[u8]) -> bool {
        status == 200 && body.len() > 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_of_a_room_is_whole() {
        let seen: Vec<i64> = (0..HISTORY / PAGE).map(|turn| before(turn as u64 * ROOMS as u64)).collect();
        assert_eq!(seen.first(), Some(&(PAGE + 1)));
        assert_eq!(seen.last(), Some(&(HISTORY + 1)));
    }
}
