//! The hub: who is connected here, which rooms they hear, and one bounded queue for each.

use crate::model::{
    AccountId, RoomId,
    wire::{Event, close},
};
use axum::extract::ws::Utf8Bytes;
use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// A reader this many events behind is cut off and resumes from its cursor.
const QUEUE_EVENTS: usize = 256;
/// The same, counted in bytes.
const QUEUE_BYTES: usize = 1024 * 1024;

/// A connection's number on this node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(u64);

/// Everybody connected to this node.
#[derive(Debug, Default)]
pub struct Hub(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    last: u64,
    connections: HashMap<ConnId, Connection>,
    rooms: HashMap<RoomId, HashSet<ConnId>>,
    accounts: HashMap<AccountId, HashSet<ConnId>>,
    /// The newest connection each person has had, ended ones included.
    newest: HashMap<AccountId, ConnId>,
}

#[derive(Debug)]
struct Connection {
    account: AccountId,
    session: String,
    outbox: Outbox,
    rooms: Vec<RoomId>,
}

/// Where events for one connection wait; it never grows without end.
#[derive(Clone, Debug)]
pub struct Outbox {
    queue: mpsc::Sender<Utf8Bytes>,
    waiting_bytes: Arc<AtomicUsize>,
    ended: CancellationToken,
    code: Arc<OnceLock<u16>>,
}

/// The reading end of an outbox.
#[derive(Debug)]
pub struct Inbox {
    queue: mpsc::Receiver<Utf8Bytes>,
    waiting_bytes: Arc<AtomicUsize>,
}

impl Outbox {
    /// An empty queue and its reading end.
    pub fn new() -> (Outbox, Inbox) {
        let (sender, receiver) = mpsc::channel(QUEUE_EVENTS);
        let waiting_bytes = Arc::new(AtomicUsize::new(0));
        let inbox = Inbox { queue: receiver, waiting_bytes: waiting_bytes.clone() };
        (
            Outbox { queue: sender, waiting_bytes, ended: CancellationToken::new(), code: Arc::default() },
            inbox,
        )
    }

    /// Asks the connection to close with a code; the first code counts.
    pub fn close(&self, code: u16) {
        self.code.get_or_init(|| code);
        self.ended.cancel();
    }

    /// Resolves with the code the connection is to close with.
    pub async fn closed(&self) -> u16 {
        self.ended.cancelled().await;
        self.code.get().copied().unwrap_or(close::RESTART)
    }

    /// Queues a frame without ever waiting: a full queue cuts the reader off instead.
    fn push(&self, frame: &Utf8Bytes) {
        let waiting = self.waiting_bytes.fetch_add(frame.len(), Ordering::Relaxed);
        if waiting + frame.len() > QUEUE_BYTES || self.queue.try_send(frame.clone()).is_err() {
            self.close(close::OVERFLOW);
        }
    }
}

impl Inbox {
    /// Waits for the next frames and takes all that wait, up to `limit`.
    pub async fn take(&mut self, frames: &mut Vec<Utf8Bytes>, limit: usize) -> usize {
        let taken = self.queue.recv_many(frames, limit).await;
        let bytes: usize = frames.iter().map(|frame| frame.len()).sum();
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        taken
    }
}

impl Hub {
    /// Adds a connection; true when it is the person's first on this node.
    pub fn join(&self, account: AccountId, session: &str, outbox: Outbox) -> (ConnId, bool) {
        let mut state = self.state();
        state.last += 1;
        let id = ConnId(state.last);
        state.newest.insert(account, id);
        let of_account = state.accounts.entry(account).or_default();
        of_account.insert(id);
        let first = of_account.len() == 1;
        state
            .connections
            .insert(id, Connection { account, session: session.to_owned(), outbox, rooms: Vec::new() });
        (id, first)
    }

    /// Removes a connection; true when it was the person's last on this node.
    pub fn leave(&self, id: ConnId) -> bool {
        let mut state = self.state();
        let Some(connection) = state.connections.remove(&id) else { return false };
        for room in connection.rooms {
            if let Some(listeners) = state.rooms.get_mut(&room) {
                listeners.remove(&id);
                if listeners.is_empty() {
                    state.rooms.remove(&room);
                }
            }
        }
        let Some(of_account) = state.accounts.get_mut(&connection.account) else { return false };
        of_account.remove(&id);
        let last = of_account.is_empty();
        if last {
            state.accounts.remove(&connection.account);
        }
        last
    }

    /// Lets a connection hear rooms.
    pub fn subscribe(&self, id: ConnId, rooms: impl IntoIterator<Item = RoomId>) {
        self.state().subscribe(id, rooms);
    }

    /// Lets every connection of these people hear a room.
    pub fn subscribe_people(&self, room: RoomId, people: &[AccountId]) {
        let mut state = self.state();
        let ids: Vec<ConnId> =
            people.iter().filter_map(|account| state.accounts.get(account)).flatten().copied().collect();
        for id in ids {
            state.subscribe(id, [room]);
        }
    }

    /// Publishes an event to everybody who hears a room: encoded once, the bytes shared.
    pub fn publish(&self, room: RoomId, event: &Event) {
        let state = self.state();
        let Some(listeners) = state.rooms.get(&room) else { return };
        let frame = encode(event);
        for id in listeners {
            if let Some(connection) = state.connections.get(id) {
                connection.outbox.push(&frame);
            }
        }
    }

    /// Publishes an event to every connection of these people.
    pub fn publish_to(&self, people: &[AccountId], event: &Event) {
        let state = self.state();
        let frame = encode(event);
        for id in people.iter().filter_map(|account| state.accounts.get(account)).flatten() {
            if let Some(connection) = state.connections.get(id) {
                connection.outbox.push(&frame);
            }
        }
    }

    /// Whether a person has a connection here.
    pub fn is_connected(&self, account: AccountId) -> bool {
        self.state().accounts.contains_key(&account)
    }

    /// Whether a person has connected after a connection of theirs, even if they left again.
    pub fn has_come_since(&self, account: AccountId, connection: ConnId) -> bool {
        self.state().newest.get(&account).is_some_and(|newest| *newest > connection)
    }

    /// How many connections and how many people there are.
    pub fn size(&self) -> (usize, usize) {
        let state = self.state();
        (state.connections.len(), state.accounts.len())
    }

    /// Closes every connection of a session that ended.
    pub fn end_session(&self, session: &str) {
        for connection in self.state().connections.values().filter(|connection| connection.session == session)
        {
            connection.outbox.close(close::SIGNED_OUT);
        }
    }

    // A panic elsewhere must not take every connection with it: the maps stay usable.
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn subscribe(&mut self, id: ConnId, rooms: impl IntoIterator<Item = RoomId>) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        for room in rooms {
            if self.rooms.entry(room).or_default().insert(id) {
                connection.rooms.push(room);
            }
        }
    }
}

/// An event as the text frame every connection shares.
pub fn encode(event: &Event) -> Utf8Bytes {
    match serde_json::to_string(event) {
        Ok(json) => json.into(),
        Err(error) => {
            tracing::error!(fault.cause = %error, "an event cannot be written as JSON");
            Utf8Bytes::from_static("{\"resync\":{}}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_reader_is_cut_off_and_others_are_not() {
        let hub = Hub::default();
        let (slow, _unread) = Outbox::new();
        let (quick, mut read) = Outbox::new();
        let (slow_id, _) = hub.join(AccountId(1), "a", slow.clone());
        let (quick_id, _) = hub.join(AccountId(2), "b", quick.clone());
        hub.subscribe(slow_id, [RoomId(1)]);
        hub.subscribe(quick_id, [RoomId(1)]);
        let mut frames = Vec::new();
        for _ in 0..QUEUE_EVENTS + 1 {
            hub.publish(RoomId(1), &Event::Ready {});
            frames.clear();
            read.take(&mut frames, 64).await;
        }
        assert_eq!(slow.closed().await, close::OVERFLOW);
        assert!(!quick.ended.is_cancelled());
    }

    #[test]
    fn two_tabs_are_one_person() {
        let hub = Hub::default();
        let (first, is_first) = hub.join(AccountId(1), "a", Outbox::new().0);
        let (second, is_second_first) = hub.join(AccountId(1), "a", Outbox::new().0);
        assert!(is_first && !is_second_first);
        assert!(!hub.leave(first));
        assert!(hub.is_connected(AccountId(1)));
        assert!(hub.leave(second));
        assert!(!hub.is_connected(AccountId(1)));
    }

    #[test]
    fn a_room_nobody_hears_any_more_is_forgotten() {
        let hub = Hub::default();
        let (id, _) = hub.join(AccountId(1), "a", Outbox::new().0);
        hub.subscribe(id, [RoomId(1), RoomId(1), RoomId(2)]);
        hub.leave(id);
        assert!(hub.state().rooms.is_empty());
    }
}
