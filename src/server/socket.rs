//! `/ws`: one task for each connection, which reads commands, answers them and passes events on.

use super::{
    App,
    gate::Scope,
    http::origin,
    hub::{ConnId, Inbox, Outbox, encode},
    message::{self, Missed, Receipt},
    presence, room,
};
use crate::model::{
    Cid, Error, Result, RoomId, Why,
    message::Draft,
    wire::{Command, Cursor, Event, FRAME_MAX_BYTES, SUBPROTOCOL, close},
};
use axum::{
    Extension,
    extract::{
        State,
        ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures::{
    SinkExt, StreamExt,
    future::BoxFuture,
    stream::{FuturesOrdered, SplitSink, SplitStream},
};
use std::{collections::BTreeMap, time::Duration};
use tokio::time::{Instant, sleep_until, timeout};

/// The library allocates this for each connection; its default of 128 KiB would cost 1.3 GB for 10,000 of them.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BUFFER_MAX_BYTES: usize = 2 * 1024 * 1024;
/// Above our own limit, so that a frame a little too large is answered instead of cut off.
const FRAME_CUT_BYTES: usize = 4 * FRAME_MAX_BYTES;
/// A reader that takes no byte for this long is gone.
const WRITE_WITHIN: Duration = Duration::from_secs(10);
/// How many events leave in one flush.
const FLUSH_EVENTS: usize = 64;
/// Sends of one connection that may wait for their commit at the same time.
const UNANSWERED_MAX: usize = 64;

/// Opens the socket for a signed-in person from our own pages, and for nobody else.
pub async fn open(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !origin::is_ours(&app.config, &headers) {
        return (StatusCode::FORBIDDEN, "the Origin of this socket is not ours").into_response();
    }
    let Some(Extension(me)) = me else {
        return (StatusCode::UNAUTHORIZED, "sign in first").into_response();
    };
    if app.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "restarting").into_response();
    }
    upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_MAX_BYTES)
        .max_message_size(FRAME_CUT_BYTES)
        .max_frame_size(FRAME_CUT_BYTES)
        .on_upgrade(move |socket| async move {
            let task = converse(app.clone(), me, socket);
            app.spawn(task);
        })
}

/// What ends a conversation: a close code, or nothing when the other side is already gone.
enum End {
    Close(u16),
    Gone,
}

type Answer = (Cid, Option<Result<Receipt>>);

struct Conversation {
    app: App,
    me: Scope,
    id: ConnId,
    sink: SplitSink<WebSocket, Frame>,
    rooms: Vec<RoomId>,
    resumed: bool,
    answers: FuturesOrdered<BoxFuture<'static, Answer>>,
}

async fn converse(app: App, me: Scope, socket: WebSocket) {
    let (outbox, inbox) = Outbox::new();
    let (id, first) = app.hub.join(me.account, &me.session, outbox.clone());
    let account = me.account;
    if first && let Err(error) = presence::came(&app, account).await {
        tracing::warn!(account.id = %account, error.code = error.code(), "an arrival could not be told");
    }
    // Subscribed before anything is read: what is written meanwhile waits in the queue and is not missed.
    let rooms = match room::of_account(&app, account).await {
        Ok(rooms) => rooms,
        Err(error) => {
            tracing::warn!(account.id = %account, error.code = error.code(), "a socket could not be opened");
            if app.hub.leave(id) {
                presence::went(&app, account, id);
            }
            return;
        }
    };
    app.hub.subscribe(id, rooms.iter().copied());
    let (sink, stream) = socket.split();
    let answers = FuturesOrdered::new();
    let mut conversation = Conversation { app: app.clone(), me, id, sink, rooms, resumed: false, answers };
    let end = conversation.run(stream, inbox, &outbox).await;
    if app.hub.leave(id) {
        presence::went(&app, account, id);
    }
    if let End::Close(code) = end {
        let frame = Frame::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static("") }));
        // Waiting for the other side's close would keep a dead socket; the drop ends it.
        let _ = timeout(WRITE_WITHIN, conversation.sink.send(frame)).await;
    }
}

impl Conversation {
    async fn run(&mut self, mut stream: SplitStream<WebSocket>, mut inbox: Inbox, outbox: &Outbox) -> End {
        let app = self.app.clone();
        let start = Instant::now();
        let session_ms = (self.me.session_ends_ms - app.clock.now_ms()).max(0).unsigned_abs();
        let session_end = start + Duration::from_millis(session_ms);
        let mut next_ping = start + app.timing.ping_every;
        let mut pong_due: Option<Instant> = None;
        let mut frames = Vec::with_capacity(FLUSH_EVENTS);
        loop {
            let alive_until = pong_due.unwrap_or(next_ping + app.timing.pong_within);
            let done = tokio::select! {
                code = outbox.closed() => Err(End::Close(code)),
                () = app.stopped() => Err(End::Close(close::RESTART)),
                () = sleep_until(session_end) => Err(End::Close(close::SIGNED_OUT)),
                () = sleep_until(start + app.timing.hello_within), if !self.resumed => Err(End::Close(close::SILENT)),
                () = sleep_until(alive_until), if pong_due.is_some() => Err(End::Gone),
                () = sleep_until(next_ping) => {
                    next_ping = Instant::now() + app.timing.ping_every;
                    pong_due = Some(Instant::now() + app.timing.pong_within);
                    self.send(vec![Frame::Ping(bytes::Bytes::new())]).await
                }
                // Events wait until the replay is out, so that nobody hears the new before the missed.
                _ = inbox.take(&mut frames, FLUSH_EVENTS), if self.resumed => {
                    self.send(frames.drain(..).map(Frame::Text).collect()).await
                }
                Some((cid, answer)) = self.answers.next(), if !self.answers.is_empty() => {
                    self.reply(&[answer_event(cid, answer)]).await
                }
                frame = stream.next(), if self.answers.len() < UNANSWERED_MAX => match frame {
                    Some(Ok(Frame::Pong(_))) => {
                        pong_due = None;
                        Ok(())
                    }
                    Some(Ok(frame)) => self.hear(frame).await,
                    Some(Err(error)) => Err(self.broken(&error).await),
                    None => Err(End::Gone),
                },
            };
            if let Err(end) = done {
                return end;
            }
            // While nothing is read, no pong can be heard either.
            if self.answers.len() >= UNANSWERED_MAX {
                pong_due = None;
            }
        }
    }

    /// One frame from the client; a wrong one is answered and harms nobody.
    async fn hear(&mut self, frame: Frame) -> Result<(), End> {
        let bytes: &[u8] = match &frame {
            Frame::Text(text) => text.as_bytes(),
            Frame::Binary(bytes) => bytes,
            Frame::Ping(_) | Frame::Pong(_) => return Ok(()),
            Frame::Close(_) => return Err(End::Gone),
        };
        if bytes.len() > FRAME_MAX_BYTES {
            let error = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
            self.reply(&[Event::Refused { cid: None, error }]).await?;
            return Err(End::Close(close::TOO_BIG));
        }
        match parse(bytes) {
            Ok(command) => self.obey(command).await,
            Err((cid, error)) => self.reply(&[Event::Refused { cid, error }]).await,
        }
    }

    async fn obey(&mut self, command: Command) -> Result<(), End> {
        match command {
            Command::Resume { epoch, rooms } => self.resume(epoch, &rooms).await,
            Command::Follow { room, seq } => {
                let events = self.replay(Cursor { room, seq }).await;
                self.reply(&events).await
            }
            Command::Post { cid, room, body } => {
                match message::submit(&self.app, &self.me, Draft { cid, room, body }).await {
                    Ok(answered) => {
                        self.answers.push_back(Box::pin(async move { (cid, answered.await.ok()) }));
                        Ok(())
                    }
                    Err(error) => self.reply(&[Event::Refused { cid: Some(cid), error }]).await,
                }
            }
        }
    }

    async fn resume(&mut self, epoch: Option<String>, cursors: &[Cursor]) -> Result<(), End> {
        let people = match presence::peers(&self.app, self.me.account).await {
            Ok(people) => people,
            Err(error) => return self.reply(&[Event::Refused { cid: None, error }]).await,
        };
        let presence = presence::online(&self.app, &people);
        let epoch_now = self.app.epoch.clone();
        self.reply(&[Event::Welcome { epoch: epoch_now, account: self.me.account, presence }]).await?;
        if epoch.is_some_and(|epoch| epoch != self.app.epoch) {
            self.reply(&[Event::Resync {}]).await?;
        } else {
            // A room at a time and each once: what one client asks for must not fill the memory.
            let rooms: BTreeMap<RoomId, i64> =
                cursors.iter().map(|cursor| (cursor.room, cursor.seq)).collect();
            for (room, seq) in rooms {
                let events = self.replay(Cursor { room, seq }).await;
                self.reply(&events).await?;
            }
        }
        self.resumed = true;
        self.reply(&[Event::Ready {}]).await
    }

    /// What a room's reader missed, or the plain statement that it cannot be replayed.
    async fn replay(&mut self, cursor: Cursor) -> Vec<Event> {
        let Cursor { room, seq } = cursor;
        match room::require_member(&self.app, &self.me, room).await {
            Ok(()) => {}
            Err(Error::NotFound) => return vec![Event::Removed { room }],
            Err(error) => return vec![Event::Refused { cid: None, error }],
        }
        if !self.rooms.contains(&room) {
            self.rooms.push(room);
            self.app.hub.subscribe(self.id, [room]);
        }
        match message::missed(&self.app, room, seq).await {
            Ok(Missed::All(messages)) => messages.into_iter().map(Event::Posted).collect(),
            Ok(Missed::TooMany { from, to }) => vec![Event::Gap { room, from, to }],
            Ok(Missed::Ahead) => vec![Event::Resync {}],
            Err(error) => vec![Event::Refused { cid: None, error }],
        }
    }

    /// A stream that cannot be read any further: said with the code that fits, then closed.
    async fn broken(&mut self, error: &axum::Error) -> End {
        let text = error.to_string();
        tracing::debug!(socket.error = %text, "a socket broke");
        if text.contains("UTF-8") || text.contains("utf-8") {
            let event = Event::Refused { cid: None, error: Error::invalid("frame", Why::Malformed) };
            let _ = self.reply(&[event]).await;
            return End::Close(1007);
        }
        if text.contains("too long") || text.contains("too big") || text.contains("too large") {
            let error = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
            let _ = self.reply(&[Event::Refused { cid: None, error }]).await;
            return End::Close(close::TOO_BIG);
        }
        End::Gone
    }

    async fn reply(&mut self, events: &[Event]) -> Result<(), End> {
        let frames = events.iter().map(|event| Frame::Text(encode(event))).collect();
        self.send(frames).await
    }

    /// Feeds all frames, then flushes once: eight frames in one write cost what one costs.
    async fn send(&mut self, frames: Vec<Frame>) -> Result<(), End> {
        // Each step has its own time: a slow reader of much is not a reader who is gone.
        for frame in frames {
            written(timeout(WRITE_WITHIN, self.sink.feed(frame)).await)?;
        }
        written(timeout(WRITE_WITHIN, self.sink.flush()).await)
    }
}

fn written(outcome: Result<Result<(), axum::Error>, tokio::time::error::Elapsed>) -> Result<(), End> {
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}

fn answer_event(cid: Cid, answer: Option<Result<Receipt>>) -> Event {
    match answer {
        Some(Ok(Receipt { message, .. })) => Event::Acked {
            cid,
            room: message.room,
            id: message.id,
            seq: message.seq,
            sent_ms: message.sent_ms,
        },
        Some(Err(error)) => Event::Refused { cid: Some(cid), error },
        None => Event::Refused { cid: Some(cid), error: Error::Unavailable { retry_ms: 1_000 } },
    }
}

/// Reads a command; what cannot be read is named, with its cid where one can be made out.
fn parse(bytes: &[u8]) -> Result<Command, (Option<Cid>, Error)> {
    let malformed = |_| (None, Error::invalid("frame", Why::Malformed));
    let text = std::str::from_utf8(bytes).map_err(|_| (None, Error::invalid("frame", Why::Malformed)))?;
    let value: serde_json::Value = serde_json::from_str(text).map_err(malformed)?;
    let named = value.as_object().filter(|object| object.len() == 1).and_then(|object| object.iter().next());
    let cid = named.and_then(|(_, content)| content.get("cid")?.as_str()?.parse().ok());
    if !matches!(named, Some((name, _)) if matches!(name.as_str(), "resume" | "follow" | "post")) {
        return Err((cid, Error::invalid("frame", Why::Unknown)));
    }
    serde_json::from_value(value).map_err(|_| (cid, Error::invalid("frame", Why::Malformed)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_named() {
        let cases: [(&[u8], &str, Why); 7] = [
            (b"", "frame", Why::Malformed),
            (b"{", "frame", Why::Malformed),
            (b"\xff\xfe", "frame", Why::Malformed),
            (b"null", "frame", Why::Unknown),
            (b"[null]", "frame", Why::Unknown),
            (br#"{"fly":{}}"#, "frame", Why::Unknown),
            (br#"{"post":{"cid":"zz","room":1,"body":"x"}}"#, "frame", Why::Malformed),
        ];
        for (bytes, field, why) in cases {
            assert_eq!(parse(bytes).unwrap_err().1, Error::invalid(field, why), "{bytes:?}");
        }
    }

    #[test]
    fn a_refused_post_still_names_its_cid() {
        let cid = "000102030405060708090a0b0c0d0e0f";
        let frame = format!(r#"{{"post":{{"cid":"{cid}","room":"one"}}}}"#);
        assert_eq!(parse(frame.as_bytes()).unwrap_err().0, cid.parse().ok());
    }
}
