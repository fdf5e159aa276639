//! A link: one client's conversation with the server, whatever carries its frames.

use super::{
    App,
    gate::Scope,
    hub::{ConnId, encode},
    message::{self, Missed},
    outbox::Outbox,
    presence, receipt, room, typing,
};
use crate::model::{
    AccountId, Cid, Error, Result, RoomId, Why,
    message::Draft,
    receipt::Standing,
    wire::{Command, Cursor, Event, close},
};
use axum::extract::ws::Utf8Bytes;
use std::collections::BTreeMap;

/// Rooms whose standing is told in one frame. The largest frame ever written is what a socket's buffer goes on
/// taking, ten thousand times over.
const STANDINGS_A_FRAME: usize = 12;
/// People who are there, told in one frame, for the same reason.
const PRESENCE_A_FRAME: usize = 12;

/// How many messages of a replay are read first; then as many as fit, by what those took.
const PIECE_FIRST: u32 = 16;
const PIECE_BYTES: usize = 64 * 1024;
const PIECE_MAX: usize = 128;

/// One open link; letting go of it leaves the hub.
pub struct Link {
    pub app: App,
    pub me: Scope,
    pub outbox: Outbox,
    id: ConnId,
    left: bool,
}

/// Where the frames of a replay go. A slow reader slows the reading from the database, and nothing piles up.
pub trait Sink {
    /// Why no more can be taken.
    type End;

    /// Sends frames, in order.
    fn send(&mut self, frames: Vec<Utf8Bytes>) -> impl Future<Output = Result<(), Self::End>> + Send;
}

/// Why a link ends while it is being brought up to date.
pub enum Halt<E> {
    /// The carrier ended.
    Carrier(E),
    /// What was missed cannot be read: the client comes back, rather than take a part for the whole.
    Close(u16),
}

impl Link {
    /// Joins the hub and hears every room of one's own from now on. What is written after this waits in the
    /// outbox, so nothing falls between what is read next and what is told.
    pub async fn open(app: &App, me: Scope) -> Result<Link> {
        let ties = presence::ties(app, me.account, me.role).await?;
        let outbox = Outbox::default();
        let id = app.hub.join(me.account, &me.session, outbox.clone(), ties);
        let id = id.ok_or(Error::Slow { retry_ms: 5_000 })?;
        let link = Link { app: app.clone(), me, outbox, id, left: false };
        let rooms = room::of_account(app, link.me.account).await?;
        app.hub.subscribe(id, rooms.iter().map(|(room, _)| *room));
        // Where nobody has listened yet, what is told next must not begin in the dark.
        app.hub.know_heads(rooms.iter().copied());
        // Whoever was taken out of a room in between is out of it.
        let still = room::of_account(app, link.me.account).await?;
        let left = rooms.iter().filter(|(room, _)| still.iter().all(|(other, _)| other != room));
        for (room, _) in left {
            app.hub.unsubscribe_people(*room, &[link.me.account]);
        }
        Ok(link)
    }

    /// Leaves the hub.
    pub fn close(&mut self) {
        if !std::mem::replace(&mut self.left, true) {
            self.app.hub.leave(self.id);
        }
    }

    /// Tells where everything stands, and what was missed since these cursors.
    pub async fn resume<S: Sink>(
        &self,
        epoch: Option<String>,
        cursors: &[Cursor],
        sink: &mut S,
    ) -> Result<(), Halt<S::End>> {
        let account = self.me.account;
        let standings =
            receipt::standings(&self.app, account).await.map_err(|_| Halt::Close(close::RESTART))?;
        self.app.hub.know_heads(standings.iter().map(|standing| (standing.room, standing.head)));
        let mut presence = presence::online(&self.app, account);
        let others = presence.split_off(presence.len().min(PRESENCE_A_FRAME));
        let mut first = vec![encode(&Event::Welcome { epoch: self.app.epoch.clone(), account, presence })];
        let around = others.chunks(PRESENCE_A_FRAME);
        first.extend(around.map(|some| encode(&Event::Around { presence: some.to_vec() })));
        first.extend(
            standings
                .chunks(STANDINGS_A_FRAME)
                .map(|rooms| encode(&Event::Standing { rooms: rooms.to_vec() })),
        );
        sink.send(first).await.map_err(Halt::Carrier)?;
        if epoch.is_some_and(|epoch| epoch != self.app.epoch) {
            return say(sink, Event::Resync {}).await;
        }
        // A room at a time and each once: what one client asks for must not fill the memory.
        let rooms: BTreeMap<RoomId, i64> = cursors.iter().map(|cursor| (cursor.room, cursor.seq)).collect();
        for (room, seq) in rooms {
            match standing_in(&standings, room) {
                Some(standing) => self.missed(room, seq, standing.head, sink).await?,
                None => say(sink, Event::Removed { room }).await?,
            }
        }
        Ok(())
    }

    /// Tells what was missed in one room since a cursor.
    pub async fn follow<S: Sink>(&self, room: RoomId, seq: i64, sink: &mut S) -> Result<(), Halt<S::End>> {
        if let Err(error) = self.app.rates.replays.try_one(self.me.account, self.app.clock.now_ms()) {
            return say(sink, Event::Refused { cid: None, error }).await;
        }
        match message::head(&self.app, &self.me, room).await {
            Ok(_) => {}
            Err(Error::NotFound) => return say(sink, Event::Removed { room }).await,
            Err(_) => return Err(Halt::Close(close::RESTART)),
        }
        // Made by another process since this link opened, perhaps: heard from now on, and only then read.
        self.app.hub.subscribe(self.id, [room]);
        let head = message::head(&self.app, &self.me, room).await.map_err(|_| Halt::Close(close::RESTART))?;
        self.missed(room, seq, head, sink).await
    }

    /// A piece at a time, and the next is read when the last has left: two hundred who come back together must not
    /// hold all they missed in memory.
    async fn missed<S: Sink>(
        &self,
        room: RoomId,
        mut seq: i64,
        head: i64,
        sink: &mut S,
    ) -> Result<(), Halt<S::End>> {
        let mut piece = PIECE_FIRST;
        loop {
            let missed = message::missed(&self.app, room, seq, head, piece).await;
            let messages = match missed.map_err(|_| Halt::Close(close::RESTART))? {
                Missed::Some(messages) => messages,
                Missed::TooMany { from, to } => return say(sink, Event::Gap { room, from, to }).await,
                Missed::Ahead => return say(sink, Event::Resync {}).await,
            };
            let Some(last) = messages.last() else { return Ok(()) };
            seq = last.change;
            let frames: Vec<Utf8Bytes> =
                messages.into_iter().map(|message| encode(&Event::Posted(message))).collect();
            let each_bytes = frames.iter().map(|frame| frame.len()).sum::<usize>() / frames.len();
            piece = (PIECE_BYTES / each_bytes.max(1)).clamp(1, PIECE_MAX) as u32;
            sink.send(frames).await.map_err(Halt::Carrier)?;
            if seq >= head {
                return Ok(());
            }
        }
    }

    /// Does what needs no replay; answers what is to be said at once.
    pub async fn obey(&self, command: Command) -> Option<Event> {
        let (app, me) = (&self.app, &self.me);
        let refused =
            |cid: Option<Cid>, outcome: Result<()>| outcome.err().map(|error| Event::Refused { cid, error });
        match command {
            Command::Post { cid, room, body } => {
                app.hub.active(me.account);
                typing::sent(app, room, me.account);
                let draft = Draft::text(cid, room, body);
                refused(Some(cid), message::post_from(app, me, draft, &self.outbox).await)
            }
            Command::Got { rooms } => {
                let heard = rooms.into_iter().filter(|cursor| app.hub.hears(self.id, cursor.room));
                let heard: Vec<_> = heard.map(|cursor| (cursor.room, cursor.seq)).collect();
                refused(None, receipt::deliver(app, me, heard))
            }
            Command::Seen { room, seq } => {
                refused(None, self.in_room(room, |app, me| receipt::read(app, me, room, seq)))
            }
            Command::Type { room, on } => {
                refused(None, self.in_room(room, |app, me| typing::set(app, me, room, on)))
            }
            Command::Active {} => {
                app.hub.active(me.account);
                None
            }
            Command::Ping {} => Some(Event::Pong {}),
            Command::Resume { .. } | Command::Follow { .. } => {
                Some(Event::Refused { cid: None, error: Error::invalid("frame", Why::Unknown) })
            }
        }
    }

    fn in_room(&self, room: RoomId, verb: impl FnOnce(&App, &Scope) -> Result<()>) -> Result<()> {
        if self.app.hub.hears(self.id, room) { verb(&self.app, &self.me) } else { Err(Error::NotFound) }
    }

    /// Who this link belongs to.
    pub fn account(&self) -> AccountId {
        self.me.account
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.close();
    }
}

async fn say<S: Sink>(sink: &mut S, event: Event) -> Result<(), Halt<S::End>> {
    sink.send(vec![encode(&event)]).await.map_err(Halt::Carrier)
}

fn standing_in(standings: &[Standing], room: RoomId) -> Option<&Standing> {
    standings.binary_search_by_key(&room, |standing| standing.room).ok().map(|at| &standings[at])
}

/// Reads a command; what cannot be read is named, with its cid where one can be made out.
pub fn parse(bytes: &[u8]) -> Result<Command, (Option<Cid>, Error)> {
    if let Ok(command) = serde_json::from_slice(bytes) {
        return Ok(command);
    }
    let why = match serde_json::from_slice::<serde_json::Value>(bytes) {
        Ok(value) => {
            let named = value.as_object().filter(|object| object.len() == 1);
            let name = named.and_then(|object| object.keys().next());
            let is_known = name.is_some_and(|name| Command::NAMES.contains(&name.as_str()));
            if is_known { Why::Malformed } else { Why::Unknown }
        }
        Err(_) => Why::Malformed,
    };
    Err((cid_in(bytes), Error::invalid("frame", why)))
}

/// The cid a frame names, even where the rest of it is no JSON: whoever sends what is unanswered again must learn
/// which of it is refused for good. In a message's own words the quotes are escaped, and are not taken for it.
pub fn cid_in(bytes: &[u8]) -> Option<Cid> {
    const KEY: &[u8] = b"\"cid\"";
    let after_keys = bytes.windows(KEY.len()).enumerate().filter(|(_, word)| *word == KEY);
    after_keys.map(|(at, _)| bytes[at + KEY.len()..].trim_ascii_start()).find_map(|rest| {
        let digits = rest.strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?.get(..33)?;
        std::str::from_utf8(digits.strip_suffix(b"\"")?).ok()?.parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let cases: [(&[u8], &str, Why); 8] = [
            (b"", "frame", Why::Malformed),
            (b"{", "frame", Why::Malformed),
            (b"\xff\xfe", "frame", Why::Malformed),
            (b"null", "frame", Why::Unknown),
            (b"[null]", "frame", Why::Unknown),
            (br#"{"fly":{}}"#, "frame", Why::Unknown),
            (br#"{"ping":{},"active":{}}"#, "frame", Why::Unknown),
            (br#"{"post":{"cid":"zz","room":1,"body":"x"}}"#, "frame", Why::Malformed),
        ];
        for (bytes, field, why) in cases {
            assert_eq!(parse(bytes).unwrap_err().1, Error::invalid(field, why), "{bytes:?}");
        }
    }

    #[test]
    fn a_refused_post_still_names_its_cid_and_no_other() {
        let cid = "000102030405060708090a0b0c0d0e0f";
        let other = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
        let named = [
            format!(r#"{{"post":{{"cid":"{cid}","room":"one"}}}}"#),
            format!(r#"{{"post":{{"cid":"{cid}","room":1,"body":"\ud800"}}}}"#),
            format!(r#"{{"post":{{"room":1,"body":"\"cid\":\"{other}\" \ud800","cid" : "{cid}"}}}}"#),
            format!(r#"{{"post":{{"body":"cid","room":1,"cid":"{}"#, cid.to_uppercase() + "\""),
        ];
        for frame in named {
            assert_eq!(parse(frame.as_bytes()).unwrap_err().0, cid.parse().ok(), "{frame}");
        }
        for nameless in ["", "zz", &cid[1..], &format!("{cid}00"), "é"] {
            let frame = format!(r#"{{"post":{{"cid":"{nameless}","room":1,"body":"x"}}}}"#);
            assert_eq!(parse(frame.as_bytes()).unwrap_err().0, None, "{frame}");
        }
        assert_eq!(cid_in(br#"{"post":{"cid""#), None);
    }

    #[test]
    fn every_command_is_known_by_its_name() {
        for name in Command::NAMES {
            let frame = format!(r#"{{"{name}":7}}"#);
            assert_eq!(parse(frame.as_bytes()).unwrap_err().1, Error::invalid("frame", Why::Malformed));
        }
    }
}
