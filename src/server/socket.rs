//! `/ws`: a link carried by a WebSocket. One task for each reads commands, answers them and passes events on.

use super::{
    App,
    gate::Scope,
    http::origin,
    hub::encode,
    link::{Halt, Link, Sink, parse},
};
use crate::model::{
    Error, Why,
    wire::{Command, Event, FRAME_MAX_BYTES, SUBPROTOCOL, close},
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
    stream::{SplitSink, SplitStream},
};
use std::time::Duration;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// The library allocates this for each connection; its default of 128 KiB would cost 1.3 GB for 10,000 of them.
const READ_BUFFER_BYTES: usize = 1024;
const WRITE_BUFFER_BYTES: usize = 1536;
/// What is told at the beginning leaves in pieces of this size: a buffer keeps the largest size it ever had, and most
/// connections never need more again.
const REPLAY_FLUSH_BYTES: usize = WRITE_BUFFER_BYTES;
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
#[derive(Clone, Copy, Debug)]
enum End {
    Close(u16),
    Gone,
}

/// The writing half of a socket.
struct Carrier(SplitSink<WebSocket, Frame>);

async fn converse(app: App, me: Scope, socket: WebSocket) {
    let (sink, mut stream) = socket.split();
    let mut carrier = Carrier(sink);
    let session_ms = (me.session_ends_ms - app.clock.now_ms()).max(0).unsigned_abs();
    // In boxes of their own: what is needed for a moment must not make every waiting connection larger.
    let end = match Box::pin(Link::open(&app, me)).await {
        Ok(link) => {
            let outbox = link.outbox.clone();
            // Whatever the conversation is busy with, these end it at once.
            tokio::select! {
                end = run(&link, &mut stream, &mut carrier) => end,
                code = outbox.closed() => End::Close(code),
                () = app.stopped() => End::Close(close::RESTART),
                () = sleep(Duration::from_millis(session_ms)) => End::Close(close::SIGNED_OUT),
            }
        }
        Err(error) => {
            tracing::warn!(error.code = error.code(), "a socket could not be opened");
            let code = if matches!(error, Error::Slow { .. }) { close::CROWDED } else { close::RESTART };
            let _ = carrier.reply(Event::Refused { cid: None, error }).await;
            End::Close(code)
        }
    };
    if let End::Close(code) = end {
        let frame = Frame::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static("") }));
        // Waiting for the other side's close would keep a dead socket; the drop ends it.
        let _ = timeout(WRITE_WITHIN, carrier.0.send(frame)).await;
    }
}

async fn run(link: &Link, stream: &mut SplitStream<WebSocket>, carrier: &mut Carrier) -> End {
    let timing = link.app.timing;
    let start = Instant::now();
    let mut resumed = false;
    let mut next_ping = start + timing.ping_every;
    let mut pong_due: Option<Instant> = None;
    loop {
        let is_full = link.outbox.unanswered() >= UNANSWERED_MAX;
        if is_full {
            // While nothing is read, no pong can be heard either.
            pong_due = None;
        }
        let alive_until = pong_due.unwrap_or(next_ping + timing.pong_within);
        let done = tokio::select! {
            () = sleep_until(start + timing.hello_within), if !resumed => Err(End::Close(close::SILENT)),
            () = sleep_until(alive_until), if pong_due.is_some() => Err(End::Gone),
            () = sleep_until(next_ping) => {
                next_ping = Instant::now() + timing.ping_every;
                pong_due.get_or_insert(Instant::now() + timing.pong_within);
                carrier.write(vec![Frame::Ping(bytes::Bytes::new())]).await
            }
            // Events wait until the replay is out, so that nobody hears the new before the missed.
            frames = link.outbox.take(FLUSH_EVENTS), if resumed => {
                carrier.write(frames.into_iter().map(Frame::Text).collect()).await
            }
            frame = stream.next(), if !is_full => match frame {
                Some(Ok(Frame::Pong(_))) => {
                    pong_due = None;
                    Ok(())
                }
                Some(Ok(frame)) => Box::pin(hear(link, carrier, frame, &mut resumed)).await,
                Some(Err(error)) => Err(Box::pin(carrier.broken(&error)).await),
                None => Err(End::Gone),
            },
        };
        if let Err(end) = done {
            return end;
        }
    }
}

/// One frame from the client; a wrong one is answered and harms nobody.
async fn hear(link: &Link, carrier: &mut Carrier, frame: Frame, resumed: &mut bool) -> Result<(), End> {
    let bytes: &[u8] = match &frame {
        Frame::Text(text) => text.as_bytes(),
        Frame::Binary(bytes) => bytes,
        Frame::Ping(_) | Frame::Pong(_) => return Ok(()),
        Frame::Close(_) => return Err(End::Gone),
    };
    if bytes.len() > FRAME_MAX_BYTES {
        let error = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
        carrier.reply(Event::Refused { cid: None, error }).await?;
        return Err(End::Close(close::TOO_BIG));
    }
    match parse(bytes) {
        Ok(Command::Resume { epoch, rooms }) => {
            link.resume(epoch, &rooms, carrier).await?;
            *resumed = true;
            carrier.reply(Event::Ready {}).await
        }
        Ok(Command::Follow { room, seq }) => Ok(link.follow(room, seq, carrier).await?),
        Ok(command) => match link.obey(command).await {
            Some(answer) => carrier.reply(answer).await,
            None => Ok(()),
        },
        Err((cid, error)) => carrier.reply(Event::Refused { cid, error }).await,
    }
}

impl From<Halt<End>> for End {
    fn from(halt: Halt<End>) -> End {
        match halt {
            Halt::Carrier(end) => end,
            Halt::Close(code) => End::Close(code),
        }
    }
}

impl Sink for Carrier {
    type End = End;

    async fn send(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), End> {
        let mut fed_bytes = 0;
        for frame in frames {
            fed_bytes += frame.len();
            written(timeout(WRITE_WITHIN, self.0.feed(Frame::Text(frame))).await)?;
            if fed_bytes > REPLAY_FLUSH_BYTES {
                fed_bytes = 0;
                written(timeout(WRITE_WITHIN, self.0.flush()).await)?;
            }
        }
        written(timeout(WRITE_WITHIN, self.0.flush()).await)
    }
}

impl Carrier {
    async fn reply(&mut self, event: Event) -> Result<(), End> {
        self.write(vec![Frame::Text(encode(&event))]).await
    }

    /// Feeds all frames, then flushes once: eight frames in one write cost what one costs. In a box, because a
    /// connection that waits must not be as large as one that writes.
    fn write(&mut self, frames: Vec<Frame>) -> BoxFuture<'_, Result<(), End>> {
        Box::pin(async move {
            // Each step has its own time: a slow reader of much is not a reader who is gone.
            for frame in frames {
                written(timeout(WRITE_WITHIN, self.0.feed(frame)).await)?;
            }
            written(timeout(WRITE_WITHIN, self.0.flush()).await)
        })
    }

    /// A stream that cannot be read any further: said with the code that fits, then closed.
    async fn broken(&mut self, error: &axum::Error) -> End {
        let text = error.to_string();
        tracing::debug!(socket.error = %text, "a socket broke");
        if text.contains("UTF-8") || text.contains("utf-8") {
            let error = Error::invalid("frame", Why::Malformed);
            let _ = self.reply(Event::Refused { cid: None, error }).await;
            return End::Close(1007);
        }
        if text.contains("too long") || text.contains("too big") || text.contains("too large") {
            let error = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
            let _ = self.reply(Event::Refused { cid: None, error }).await;
            return End::Close(close::TOO_BIG);
        }
        End::Gone
    }
}

fn written(outcome: Result<Result<(), axum::Error>, tokio::time::error::Elapsed>) -> Result<(), End> {
    match outcome {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(End::Gone),
    }
}
