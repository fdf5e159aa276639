//! `/events` and `/commands`: a link over plain HTTP, for networks that break WebSockets. The same frames, the
//! same cursors and cids: events come as a stream, or in answers to polls where streams are held back.

use super::{
    App,
    gate::Scope,
    hub::encode,
    link::{Halt, Link, Sink, cid_in, parse},
    message, receipt, room, typing,
    writer::answer_event,
};
use crate::model::{
    AccountId, Error, RoomId, Why,
    message::Draft,
    wire::{Command, Cursor, Event, FRAME_MAX_BYTES},
};
use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::{Query, State, ws::Utf8Bytes},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{convert::Infallible, time::Duration};
use tokio::{sync::mpsc, time::sleep};

/// How many events leave in one piece.
const PIECE_EVENTS: usize = 64;
/// Pieces that may be under way before the reader has taken one.
const PIECES_AHEAD: usize = 4;
/// A stream that is silent for longer looks dead to its reader, and to what stands between.
const PULSE_EVERY: Duration = Duration::from_secs(15);
/// How long a poll waits for something to tell.
const POLL_FOR: Duration = Duration::from_secs(20);
/// Commands in one request.
const COMMANDS_MAX: usize = 64;

/// Where a client stands, in the query of its request.
#[derive(Debug, Deserialize)]
pub struct From {
    epoch: Option<String>,
    /// `12:61,13:5`: rooms and the last number held of each.
    #[serde(default)]
    rooms: String,
    /// Seconds a poll may wait for something to tell.
    wait: Option<u64>,
}

impl From {
    /// The cursors in it.
    pub fn cursors(&self) -> Result<Vec<Cursor>, Error> {
        let pairs = self.rooms.split(',').filter(|pair| !pair.is_empty());
        let cursor = |pair: &str| {
            let (room, seq) = pair.split_once(':')?;
            Some(Cursor { room: room.parse().ok()?, seq: seq.parse().ok()? })
        };
        pairs.map(|pair| cursor(pair).ok_or_else(|| Error::invalid("rooms", Why::Malformed))).collect()
    }

    /// How long a poll waits. Who holds nothing yet wants to know where they stand; who holds something and has
    /// heard nothing new would ask again at once, and for ever.
    fn patience(&self) -> Duration {
        let holds_nothing = self.epoch.is_none() && self.rooms.is_empty();
        let asked = self.wait.map(Duration::from_secs);
        asked.unwrap_or(if holds_nothing { Duration::ZERO } else { POLL_FOR }).min(POLL_FOR)
    }
}

/// Every frame of a replay, in a piece of its own.
struct Pieces(mpsc::Sender<Vec<Utf8Bytes>>);

impl Sink for Pieces {
    type End = ();

    async fn send(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), ()> {
        self.0.send(frames).await.map_err(|_| ())
    }
}

async fn open(app: &App, me: Option<Extension<Scope>>) -> Result<Link, Error> {
    let Some(Extension(me)) = me else { return Err(Error::SignIn) };
    if app.is_stopping() {
        return Err(Error::Unavailable { retry_ms: 1_000 });
    }
    Link::open(app, me).await
}

/// Events as a stream (server-sent events), from the cursors on.
pub async fn events(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Query(from): Query<From>,
) -> Response {
    let opened = async { Ok::<_, Error>((from.cursors()?, open(&app, me).await?)) };
    let (cursors, link) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return error.into_response(),
    };
    let (sender, mut pieces) = mpsc::channel(PIECES_AHEAD);
    app.spawn(tell(link, from.epoch, cursors, sender));
    let body =
        futures::stream::poll_fn(move |context| pieces.poll_recv(context)).map(|frames: Vec<Utf8Bytes>| {
            let text: String = frames.iter().map(|frame| format!("data: {frame}\n\n")).collect();
            Ok::<_, Infallible>(Bytes::from(text))
        });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store, no-transform"),
        // Proxies that hold answers back until they are whole are asked not to.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Body::from_stream(body)).into_response()
}

/// Feeds a stream until its reader is gone, too slow, or no longer signed in.
async fn tell(link: Link, epoch: Option<String>, cursors: Vec<Cursor>, sender: mpsc::Sender<Vec<Utf8Bytes>>) {
    let app = link.app.clone();
    let outbox = link.outbox.clone();
    let session_ms = (link.me.session_ends_ms - app.clock.now_ms()).max(0).unsigned_abs();
    let telling = async {
        let mut pieces = Pieces(sender.clone());
        if link.resume(epoch, &cursors, &mut pieces).await.is_err() {
            return;
        }
        let mut next = vec![encode(&Event::Ready {})];
        while sender.send(next).await.is_ok() {
            next = tokio::select! {
                frames = link.outbox.take(PIECE_EVENTS) => frames,
                () = sleep(PULSE_EVERY) => vec![encode(&Event::Pong {})],
            };
        }
    };
    // A reader that has gone is noticed while nothing happens, too.
    tokio::select! {
        () = telling => {}
        () = sender.closed() => {}
        _ = outbox.closed() => {}
        () = app.stopped() => {}
        () = sleep(Duration::from_millis(session_ms)) => {}
    }
}

/// Everything since the cursors as one answer; with nothing to tell, it waits a while for something.
pub async fn poll(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Query(from): Query<From>,
) -> Response {
    let opened = async { Ok::<_, Error>((from.cursors()?, open(&app, me).await?)) };
    let (cursors, link) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return error.into_response(),
    };
    let patience = from.patience();
    let mut told = Told::default();
    match link.resume(from.epoch, &cursors, &mut told).await {
        Ok(()) => {}
        Err(Halt::Carrier(never)) => match never {},
        Err(Halt::Close(_)) => return Error::Unavailable { retry_ms: 1_000 }.into_response(),
    }
    if !told.is_news {
        tokio::select! {
            frames = link.outbox.take(PIECE_EVENTS) => told.frames.extend(frames),
            _ = link.outbox.closed() => {}
            () = app.stopped() => {}
            () = sleep(patience) => {}
        }
    }
    told.frames.push(encode(&Event::Ready {}));
    let frames: Vec<&str> = told.frames.iter().map(Utf8Bytes::as_str).collect();
    ([(header::CONTENT_TYPE, "application/json")], format!("[{}]", frames.join(","))).into_response()
}

/// What one poll is told.
#[derive(Default)]
struct Told {
    frames: Vec<Utf8Bytes>,
    is_news: bool,
}

impl Sink for Told {
    type End = Infallible;

    async fn send(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), Infallible> {
        // The first piece says where everything stands, which is no news.
        self.is_news |= !self.frames.is_empty() && !frames.is_empty();
        self.frames.extend(frames);
        Ok(())
    }
}

/// Whose commands these are, as far as the page that sends them knows.
#[derive(Debug, Deserialize)]
pub struct As {
    account: Option<AccountId>,
}

/// Commands, answered in their order: a list of frames in, a list of frames out.
pub async fn commands(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Query(by): Query<As>,
    body: Bytes,
) -> Response {
    let Some(Extension(me)) = me else { return Error::SignIn.into_response() };
    // The cookie may belong to somebody else by now: nobody's words are sent under another name.
    if by.account.is_some_and(|account| account != me.account) {
        return Error::Forbidden.into_response();
    }
    let Ok(frames) = serde_json::from_slice::<Vec<&RawValue>>(&body) else {
        return Error::invalid("request", Why::Malformed).into_response();
    };
    if frames.len() > COMMANDS_MAX {
        return Error::invalid("request", Why::TooLong).into_response();
    }
    let mut answers = Vec::new();
    for frame in frames {
        answers.extend(answer(&app, &me, frame.get().as_bytes()).await);
    }
    (StatusCode::OK, Json(answers)).into_response()
}

async fn answer(app: &App, me: &Scope, frame: &[u8]) -> Option<Event> {
    if frame.len() > FRAME_MAX_BYTES {
        let error = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
        return Some(Event::Refused { cid: cid_in(frame), error });
    }
    let refused = |outcome: Result<(), Error>| outcome.err().map(|error| Event::Refused { cid: None, error });
    match parse(frame) {
        Ok(Command::Post { cid, room, body }) => {
            app.hub.active(me.account);
            typing::sent(app, room, me.account);
            Some(answer_event(cid, message::post(app, me, Draft::text(cid, room, body)).await))
        }
        Ok(Command::Got { rooms }) => {
            refused(receipt::deliver(app, me, rooms.into_iter().map(|cursor| (cursor.room, cursor.seq))))
        }
        Ok(Command::Seen { room, seq }) => {
            refused(in_room(app, me, room, || receipt::read(app, me, room, seq)).await)
        }
        Ok(Command::Type { room, on }) => {
            refused(in_room(app, me, room, || typing::set(app, me, room, on)).await)
        }
        Ok(Command::Active {}) => {
            app.hub.active(me.account);
            None
        }
        Ok(Command::Ping {}) => Some(Event::Pong {}),
        Ok(Command::Resume { .. } | Command::Follow { .. }) => {
            refused(Err(Error::invalid("frame", Why::Unknown)))
        }
        Err((cid, error)) => Some(Event::Refused { cid, error }),
    }
}

// Between two polls nobody hears the room for this person, so its members are asked for.
async fn in_room(
    app: &App,
    me: &Scope,
    room: RoomId,
    verb: impl FnOnce() -> Result<(), Error>,
) -> Result<(), Error> {
    room::require_member(app, me, room).await?;
    verb()
}
