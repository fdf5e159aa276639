//! What carries a conversation over a WebSocket, whatever is spoken: one task for each reads, answers, writes, and
//! notices when the other side is gone.

use super::{
    App,
    gate::Scope,
    link::{Halt, Link, Sink},
};
use crate::model::{
    Error, Why,
    wire::{FRAME_MAX_BYTES, close},
};
use axum::extract::ws::{CloseFrame, Message as Frame, Utf8Bytes, WebSocket, WebSocketUpgrade};
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

/// A wire format: what a client says in it, and how it is told what happens here.
pub trait Tongue: Send + 'static {
    /// Whether events may be told already.
    fn is_ready(&self) -> bool {
        true
    }

    /// What is said first.
    fn greet<'a>(&'a mut self, _link: &'a Link, _carrier: &'a mut Carrier) -> BoxFuture<'a, Result<(), End>> {
        Box::pin(async { Ok(()) })
    }

    /// One frame from the client; a wrong one is answered and harms nobody.
    fn hear<'a>(
        &'a mut self,
        link: &'a Link,
        carrier: &'a mut Carrier,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<(), End>>;

    /// Passes events on.
    fn tell<'a>(
        &'a mut self,
        link: &'a Link,
        carrier: &'a mut Carrier,
        frames: Vec<Utf8Bytes>,
    ) -> BoxFuture<'a, Result<(), End>>;

    /// How it is said that something was not done, and which frame asked for it, where it is at hand.
    fn refuse(&self, error: Error, frame: Option<&[u8]>) -> Utf8Bytes;
}

/// What ends a conversation: a close code, or nothing when the other side is already gone.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Close(u16),
    Gone,
}

/// The writing half of a socket.
pub struct Carrier(SplitSink<WebSocket, Frame>);

/// Sets the limits every socket has.
pub fn limited(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(WRITE_BUFFER_MAX_BYTES)
        .max_message_size(FRAME_CUT_BYTES)
        .max_frame_size(FRAME_CUT_BYTES)
}

/// Opens a link and talks until one side ends it.
pub async fn converse<T: Tongue>(app: App, me: Scope, socket: WebSocket, tongue: T) {
    // In a box of its own: what is needed for a moment must not make every waiting connection larger.
    match Box::pin(Link::open(&app, me)).await {
        Ok(link) => talk(link, socket, tongue).await,
        Err(error) => {
            tracing::warn!(error.code = error.code(), "a socket could not be opened");
            let code = if matches!(error, Error::Slow { .. }) { close::CROWDED } else { close::RESTART };
            let (sink, _) = socket.split();
            let mut carrier = Carrier(sink);
            let _ = carrier.say(tongue.refuse(error, None)).await;
            carrier.end(End::Close(code)).await;
        }
    }
}

/// Talks over an open link until one side ends it.
pub async fn talk<T: Tongue>(link: Link, socket: WebSocket, mut tongue: T) {
    let (sink, mut stream) = socket.split();
    let mut carrier = Carrier(sink);
    let (app, outbox) = (link.app.clone(), link.outbox.clone());
    let session_ms = (link.me.session_ends_ms - app.clock.now_ms()).max(0).unsigned_abs();
    // Whatever the conversation is busy with, these end it at once.
    let end = tokio::select! {
        end = run(&link, &mut stream, &mut carrier, &mut tongue) => end,
        code = outbox.closed() => End::Close(code),
        () = app.stopped() => End::Close(close::RESTART),
        () = sleep(Duration::from_millis(session_ms)) => End::Close(close::SIGNED_OUT),
    };
    // Nothing is told to a link whose goodbye is on its way.
    drop(link);
    carrier.end(end).await;
}

async fn run<T: Tongue>(
    link: &Link,
    stream: &mut SplitStream<WebSocket>,
    carrier: &mut Carrier,
    tongue: &mut T,
) -> End {
    let timing = link.app.timing;
    let start = Instant::now();
    let mut next_ping = start + timing.ping_every;
    let mut pong_due: Option<Instant> = None;
    if let Err(end) = tongue.greet(link, carrier).await {
        return end;
    }
    loop {
        let is_full = link.outbox.unanswered() >= UNANSWERED_MAX;
        if is_full {
            // While nothing is read, no pong can be heard either.
            pong_due = None;
        }
        let alive_until = pong_due.unwrap_or(next_ping + timing.pong_within);
        let is_ready = tongue.is_ready();
        let done = tokio::select! {
            () = sleep_until(start + timing.hello_within), if !is_ready => Err(End::Close(close::SILENT)),
            () = sleep_until(alive_until), if pong_due.is_some() => Err(End::Gone),
            () = sleep_until(next_ping) => {
                next_ping = Instant::now() + timing.ping_every;
                pong_due.get_or_insert(Instant::now() + timing.pong_within);
                carrier.write(vec![Frame::Ping(bytes::Bytes::new())]).await
            }
            // Events wait until the replay is out, so that nobody hears the new before the missed.
            frames = link.outbox.take(FLUSH_EVENTS), if is_ready => tongue.tell(link, carrier, frames).await,
            frame = stream.next(), if !is_full => match frame {
                Some(Ok(Frame::Pong(_))) => {
                    pong_due = None;
                    Ok(())
                }
                Some(Ok(frame)) => hear(link, carrier, tongue, &frame).await,
                Some(Err(error)) => Err(Box::pin(carrier.broken(tongue, &error)).await),
                None => Err(End::Gone),
            },
        };
        if let Err(end) = done {
            return end;
        }
    }
}

async fn hear<T: Tongue>(
    link: &Link,
    carrier: &mut Carrier,
    tongue: &mut T,
    frame: &Frame,
) -> Result<(), End> {
    let bytes: &[u8] = match frame {
        Frame::Text(text) => text.as_bytes(),
        Frame::Binary(bytes) => bytes,
        Frame::Ping(_) | Frame::Pong(_) => return Ok(()),
        Frame::Close(_) => return Err(End::Gone),
    };
    if bytes.len() > FRAME_MAX_BYTES {
        let error = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
        carrier.say(tongue.refuse(error, Some(bytes))).await?;
        return Err(End::Close(close::TOO_BIG));
    }
    tongue.hear(link, carrier, bytes).await
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
    async fn end(&mut self, end: End) {
        let End::Close(code) = end else { return };
        let frame = Frame::Close(Some(CloseFrame { code, reason: Utf8Bytes::from_static("") }));
        // Waiting for the other side's close would keep a dead socket; the drop ends it.
        let _ = timeout(WRITE_WITHIN, self.0.send(frame)).await;
    }

    /// Says one thing at once.
    pub async fn say(&mut self, frame: Utf8Bytes) -> Result<(), End> {
        self.write(vec![Frame::Text(frame)]).await
    }

    /// Says several things with as few writes as they fit into.
    pub async fn say_all(&mut self, frames: Vec<Utf8Bytes>) -> Result<(), End> {
        self.write(frames.into_iter().map(Frame::Text).collect()).await
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
    async fn broken<T: Tongue>(&mut self, tongue: &T, error: &axum::Error) -> End {
        let text = error.to_string();
        tracing::debug!(socket.error = %text, "a socket broke");
        if text.contains("UTF-8") || text.contains("utf-8") {
            let error = Error::invalid("frame", Why::Malformed);
            let _ = self.say(tongue.refuse(error, None)).await;
            return End::Close(1007);
        }
        if text.contains("too long") || text.contains("too big") || text.contains("too large") {
            let error = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
            let _ = self.say(tongue.refuse(error, None)).await;
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
