//! The outbox: what waits to leave for one connection. It never grows without end.

use crate::model::{AccountId, RoomId, wire::close};
use axum::extract::ws::Utf8Bytes;
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::Notify;

/// A reader this many events behind is cut off and resumes from its cursor.
pub const QUEUE_EVENTS: usize = 256;
/// The same, counted in bytes.
const QUEUE_BYTES: usize = 1024 * 1024;
/// Passing things that wait at most: far more than a reader who keeps up ever has.
const PASSING_MAX: usize = 1_024;
/// With this many passing things waiting, the least important are not worth their place.
const PASSING_CROWD: usize = 64;

/// What a passing event is about: a newer one takes the place of the older.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Presence(AccountId),
    Receipt(RoomId, AccountId),
    Standing(RoomId),
    Typing(RoomId, AccountId),
}

/// The writing end; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    filled: Notify,
    ended: Notify,
    unanswered: AtomicUsize,
}

#[derive(Debug, Default)]
struct Queue {
    lasting: VecDeque<Utf8Bytes>,
    bytes: usize,
    passing: Vec<(About, Utf8Bytes)>,
    close: Option<u16>,
}

impl Outbox {
    /// Asks the connection to close with a code; the first code counts.
    pub fn close(&self, code: u16) {
        self.queue().close.get_or_insert(code);
        self.0.ended.notify_one();
    }

    /// Queues what must not be missed, without ever waiting: a full queue cuts the reader off instead.
    pub fn push(&self, frame: &Utf8Bytes) {
        let mut queue = self.queue();
        queue.bytes += frame.len();
        if queue.lasting.len() >= QUEUE_EVENTS || queue.bytes > QUEUE_BYTES {
            self.overflow(queue);
        } else if queue.close.is_none() {
            queue.lasting.push_back(frame.clone());
            drop(queue);
            self.0.filled.notify_one();
        }
    }

    /// Queues what passes: only the newest about a thing waits, and writing is dropped before anything else.
    pub fn pass(&self, about: About, frame: &Utf8Bytes) {
        let mut queue = self.queue();
        let waiting = queue.passing.len();
        if let Some(older) = queue.passing.iter_mut().find(|(other, _)| *other == about) {
            older.1 = frame.clone();
        } else if waiting >= PASSING_MAX {
            self.overflow(queue);
        } else if queue.close.is_none() && (waiting < PASSING_CROWD || !matches!(about, About::Typing(..))) {
            queue.passing.push((about, frame.clone()));
            drop(queue);
            self.0.filled.notify_one();
        }
    }

    // What waits is replayed when the reader comes back; until then it is only memory.
    fn overflow(&self, mut queue: MutexGuard<'_, Queue>) {
        let code = queue.close.unwrap_or(close::OVERFLOW);
        *queue = Queue { close: Some(code), ..Queue::default() };
        drop(queue);
        self.0.ended.notify_one();
    }

    /// Waits until there is something, and takes up to `limit` frames of it: the lasting ones first.
    pub async fn take(&self, limit: usize) -> Vec<Utf8Bytes> {
        loop {
            let frames = self.take_now(limit);
            if !frames.is_empty() {
                return frames;
            }
            self.0.filled.notified().await;
        }
    }

    /// Waits until the connection is to close, and with which code.
    pub async fn closed(&self) -> u16 {
        loop {
            if let Some(code) = self.queue().close {
                return code;
            }
            self.0.ended.notified().await;
        }
    }

    fn take_now(&self, limit: usize) -> Vec<Utf8Bytes> {
        let mut queue = self.queue();
        let lasting = queue.lasting.len().min(limit);
        let mut frames: Vec<Utf8Bytes> = queue.lasting.drain(..lasting).collect();
        queue.bytes -= frames.iter().map(|frame| frame.len()).sum::<usize>().min(queue.bytes);
        let passing = queue.passing.len().min(limit - lasting);
        frames.extend(queue.passing.drain(..passing).map(|(_, frame)| frame));
        if queue.lasting.is_empty() && queue.passing.is_empty() {
            // Ten thousand idle connections must not keep what their busiest moment needed.
            queue.lasting = VecDeque::new();
            queue.passing = Vec::new();
        }
        frames
    }

    /// Counts a send whose answer will come through here.
    pub fn expect_answer(&self) {
        self.0.unanswered.fetch_add(1, Ordering::Relaxed);
    }

    /// A send that will not be answered through here after all.
    pub fn expect_no_answer(&self) {
        self.0.unanswered.fetch_sub(1, Ordering::Relaxed);
    }

    /// Queues the answer to a send.
    pub fn answer(&self, frame: &Utf8Bytes) {
        self.0.unanswered.fetch_sub(1, Ordering::Relaxed);
        self.push(frame);
    }

    /// Sends of this connection that wait for their commit.
    pub fn unanswered(&self) -> usize {
        self.0.unanswered.load(Ordering::Relaxed)
    }

    // A panic elsewhere must not take this connection with it: the queue stays usable.
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(text: &str) -> Utf8Bytes {
        text.to_owned().into()
    }

    async fn taken(outbox: &Outbox) -> Vec<String> {
        outbox.take(64).await.iter().map(|frame| frame.as_str().to_owned()).collect()
    }

    #[tokio::test]
    async fn a_reader_too_far_behind_is_cut_off() {
        let outbox = Outbox::default();
        for _ in 0..QUEUE_EVENTS {
            outbox.push(&frame("x"));
        }
        assert_eq!(outbox.queue().close, None);
        outbox.push(&frame("x"));
        assert_eq!(outbox.closed().await, close::OVERFLOW);
        assert!(outbox.queue().lasting.is_empty(), "what is not wanted any more is still held");
    }

    #[tokio::test]
    async fn a_megabyte_is_too_far_behind_however_few_the_events() {
        let outbox = Outbox::default();
        for _ in 0..17 {
            outbox.push(&frame(&"x".repeat(64 * 1024)));
        }
        assert_eq!(outbox.closed().await, close::OVERFLOW);
    }

    #[tokio::test]
    async fn bytes_that_have_left_no_longer_count() {
        let outbox = Outbox::default();
        for _ in 0..100 {
            outbox.push(&frame(&"x".repeat(60 * 1024)));
            outbox.push(&frame("y"));
            assert_eq!(outbox.take(1).await.len(), 1);
            assert_eq!(outbox.take(1).await.len(), 1);
        }
        assert_eq!(outbox.queue().close, None);
    }

    #[tokio::test]
    async fn only_the_newest_of_a_passing_thing_waits_and_lasting_things_go_first() {
        let outbox = Outbox::default();
        let about = About::Typing(RoomId(1), AccountId(1));
        outbox.pass(about, &frame("on"));
        outbox.pass(About::Presence(AccountId(1)), &frame("there"));
        outbox.pass(about, &frame("off"));
        outbox.push(&frame("message"));
        assert_eq!(taken(&outbox).await, ["message", "off", "there"]);
    }

    #[tokio::test]
    async fn in_a_crowd_nobody_is_told_who_writes() {
        let outbox = Outbox::default();
        for account in 0..PASSING_CROWD as i64 + 10 {
            outbox.pass(About::Typing(RoomId(1), AccountId(account)), &frame("on"));
        }
        assert_eq!(taken(&outbox).await.len(), PASSING_CROWD);
    }
}
