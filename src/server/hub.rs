//! The hub: who is connected here, which rooms they hear, and who is therefore there.

use super::outbox::{About, Outbox};
use crate::model::{
    AccountId, RoomId,
    presence::Presence,
    wire::{Event, close},
};
use axum::extract::ws::Utf8Bytes;
use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// One person's connections; more would be a mistake, or malice.
pub const CONNECTIONS_MAX: usize = 20;

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
    rooms: HashMap<RoomId, Topic>,
    /// Everybody with a connection, and those whose leaving has not been told yet.
    people: HashMap<AccountId, Attendance>,
}

#[derive(Debug)]
struct Connection {
    account: AccountId,
    session: String,
    outbox: Outbox,
    rooms: Vec<RoomId>,
}

/// A room somebody hears.
#[derive(Debug, Default)]
struct Topic {
    /// The newest number told here; unknown until something was.
    head: Option<i64>,
    listeners: Vec<(ConnId, AccountId, Outbox)>,
}

/// What makes a person visible to others besides shared rooms.
#[derive(Clone, Debug, Default)]
pub struct Ties {
    /// Colleagues are one team: they see each other.
    pub is_colleague: bool,
    /// People joined to this one by a care link.
    pub linked: Vec<AccountId>,
}

#[derive(Debug)]
struct Attendance {
    connections: Vec<ConnId>,
    /// The rooms of their last connection, for telling its end to the right people.
    rooms: Vec<RoomId>,
    ties: Ties,
    active: Instant,
    /// Since when nobody is connected.
    gone: Option<Instant>,
    /// What others were last told.
    told: bool,
    /// Has come, and others are about to be told.
    fresh: bool,
}

/// How long somebody may be away, or do nothing, before others are told.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub grace: Duration,
    pub idle: Duration,
}

/// Somebody who came or went, and how long ago they were last active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub account: AccountId,
    pub online: bool,
    pub since: Duration,
}

impl Hub {
    /// Adds a connection, if the person does not have too many.
    pub fn join(&self, account: AccountId, session: &str, outbox: Outbox, ties: Ties) -> Option<ConnId> {
        let mut state = self.state();
        let attendance = state.people.entry(account).or_insert_with(|| Attendance::new(&ties));
        if attendance.connections.len() >= CONNECTIONS_MAX {
            return None;
        }
        attendance.ties = ties;
        attendance.active = Instant::now();
        attendance.gone = None;
        attendance.fresh = true;
        state.last += 1;
        let id = ConnId(state.last);
        if let Some(attendance) = state.people.get_mut(&account) {
            attendance.connections.push(id);
        }
        state
            .connections
            .insert(id, Connection { account, session: session.to_owned(), outbox, rooms: Vec::new() });
        Some(id)
    }

    /// Removes a connection.
    pub fn leave(&self, id: ConnId) {
        let mut state = self.state();
        let Some(connection) = state.connections.remove(&id) else { return };
        for room in &connection.rooms {
            state.unhear(*room, id);
        }
        if let Some(attendance) = state.people.get_mut(&connection.account) {
            attendance.connections.retain(|other| *other != id);
            if attendance.connections.is_empty() {
                attendance.gone = Some(Instant::now());
                attendance.rooms = connection.rooms;
            }
        }
    }

    /// Somebody is at their device.
    pub fn active(&self, account: AccountId) {
        if let Some(attendance) = self.state().people.get_mut(&account) {
            attendance.active = Instant::now();
        }
    }

    /// Lets a connection hear rooms.
    pub fn subscribe(&self, id: ConnId, rooms: impl IntoIterator<Item = RoomId>) {
        let mut state = self.state();
        for room in rooms {
            state.hear(room, id);
        }
    }

    /// Lets every connection of these people hear a room; answers who of them is connected.
    pub fn subscribe_people(&self, room: RoomId, people: &[AccountId]) {
        let mut state = self.state();
        for id in state.connections_of(people) {
            state.hear(room, id);
        }
    }

    /// Nobody of these people hears a room any more.
    pub fn unsubscribe_people(&self, room: RoomId, people: &[AccountId]) {
        if crate::sabotage::is("keep_listening") {
            return;
        }
        let mut state = self.state();
        for id in state.connections_of(people) {
            state.unhear(room, id);
            if let Some(connection) = state.connections.get_mut(&id) {
                connection.rooms.retain(|other| *other != room);
            }
        }
    }

    /// Whether a connection hears a room.
    pub fn hears(&self, id: ConnId, room: RoomId) -> bool {
        self.state().connections.get(&id).is_some_and(|connection| connection.rooms.contains(&room))
    }

    /// How many connections hear a room.
    pub fn listener_count(&self, room: RoomId) -> usize {
        self.state().rooms.get(&room).map_or(0, |topic| topic.listeners.len())
    }

    /// The newest number told in a room, where somebody hears it and anything was told.
    pub fn head(&self, room: RoomId) -> Option<i64> {
        self.state().rooms.get(&room).and_then(|topic| topic.head)
    }

    /// Whether somebody is connected who does not hear this room.
    pub fn lacks(&self, account: AccountId, room: RoomId) -> bool {
        let state = self.state();
        let connections = state.connections_of(&[account]);
        connections.iter().filter_map(|id| state.connections.get(id)).any(|one| !one.rooms.contains(&room))
    }

    /// What the newest number of rooms was when it was read; what has been told since counts more.
    pub fn know_heads(&self, heads: impl IntoIterator<Item = (RoomId, i64)>) {
        let mut state = self.state();
        for (room, head) in heads {
            if let Some(topic) = state.rooms.get_mut(&room) {
                topic.head.get_or_insert(head);
            }
        }
    }

    /// Publishes an event of a room's line to everybody who hears it: encoded once, the bytes shared.
    pub fn publish(&self, room: RoomId, change: i64, event: &Event) {
        let mut state = self.state();
        let Some(topic) = state.rooms.get_mut(&room) else { return };
        // Whoever finds out by looking and whoever wrote it may both want to tell it.
        if topic.head.is_some_and(|head| change <= head) {
            return;
        }
        topic.head = Some(change);
        if crate::sabotage::strikes("lose_note", change) {
            return;
        }
        let frame = encode(event);
        for (_, _, outbox) in &topic.listeners {
            outbox.push(&frame);
        }
    }

    /// Publishes what passes to everybody who hears a room, but for one person.
    pub fn pass(&self, room: RoomId, except: Option<AccountId>, about: About, event: &Event) {
        let state = self.state();
        let Some(topic) = state.rooms.get(&room) else { return };
        let frame = encode(event);
        for (_, account, outbox) in &topic.listeners {
            if Some(*account) != except {
                outbox.pass(about, &frame);
            }
        }
    }

    /// Publishes what passes to every connection of one person.
    pub fn pass_to(&self, account: AccountId, about: About, event: &Event) {
        let state = self.state();
        let frame = encode(event);
        for outbox in state.outboxes_of(account) {
            outbox.pass(about, &frame);
        }
    }

    /// Publishes an event to every connection of these people.
    pub fn publish_to(&self, people: &[AccountId], event: &Event) {
        let state = self.state();
        let frame = encode(event);
        for outbox in people.iter().flat_map(|account| state.outboxes_of(*account)) {
            outbox.push(&frame);
        }
    }

    /// Whether a person is there: connected, and not idle for long.
    pub fn is_online(&self, account: AccountId) -> bool {
        self.state().people.get(&account).is_some_and(Attendance::is_there)
    }

    /// Whether a person has a connection here.
    pub fn is_connected(&self, account: AccountId) -> bool {
        self.state().people.get(&account).is_some_and(|attendance| !attendance.connections.is_empty())
    }

    /// Who of a person's people is there.
    pub fn online_around(&self, account: AccountId) -> Vec<AccountId> {
        let state = self.state();
        let mut around: Vec<AccountId> =
            state.around(account).into_iter().filter(|other| state.people[other].is_there()).collect();
        around.sort_unstable();
        around
    }

    /// Looks at everybody: who has come, who has been away or idle for too long.
    pub fn turns(&self, patience: Patience) -> Vec<Turn> {
        let mut state = self.state();
        let now = Instant::now();
        let mut turns = Vec::new();
        for (account, attendance) in &mut state.people {
            let since = now.duration_since(attendance.gone.unwrap_or(attendance.active));
            let is_idle = now.duration_since(attendance.active) >= patience.idle;
            let online = match attendance.gone {
                None => !is_idle,
                // Whoever went a moment ago is where they were: a reload is no absence.
                Some(gone) => !is_idle && now.duration_since(gone) < patience.grace,
            };
            attendance.fresh = false;
            if online != attendance.told {
                attendance.told = online;
                turns.push(Turn { account: *account, online, since });
            }
        }
        turns
    }

    /// Tells a person's people that they came or went.
    pub fn tell(&self, presence: Presence) {
        let state = self.state();
        let frame = encode(&Event::Presence(presence));
        for other in state.around(presence.account) {
            for outbox in state.outboxes_of(other) {
                outbox.pass(About::Presence(presence.account), &frame);
            }
        }
    }

    /// Everybody who is connected.
    pub fn everybody(&self) -> Vec<AccountId> {
        let state = self.state();
        state.people.iter().filter(|(_, one)| one.gone.is_none()).map(|(account, _)| *account).collect()
    }

    /// Forgets everybody who has gone and of whom that has been told.
    pub fn forget_gone(&self) {
        self.state().people.retain(|_, attendance| attendance.gone.is_none() || attendance.told);
    }

    /// How many connections there are, and how many people with one.
    pub fn size(&self) -> (usize, usize) {
        let state = self.state();
        let people = state.people.values().filter(|attendance| attendance.gone.is_none()).count();
        (state.connections.len(), people)
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

impl Attendance {
    fn new(ties: &Ties) -> Attendance {
        Attendance {
            connections: Vec::new(),
            rooms: Vec::new(),
            ties: ties.clone(),
            active: Instant::now(),
            gone: None,
            told: false,
            fresh: false,
        }
    }

    fn is_there(&self) -> bool {
        self.told || (self.fresh && self.gone.is_none())
    }
}

impl State {
    fn hear(&mut self, room: RoomId, id: ConnId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        if connection.rooms.contains(&room) {
            return;
        }
        connection.rooms.push(room);
        let listener = (id, connection.account, connection.outbox.clone());
        self.rooms.entry(room).or_default().listeners.push(listener);
    }

    fn unhear(&mut self, room: RoomId, id: ConnId) {
        if let Some(topic) = self.rooms.get_mut(&room) {
            topic.listeners.retain(|(other, _, _)| *other != id);
            if topic.listeners.is_empty() {
                self.rooms.remove(&room);
            }
        }
    }

    fn connections_of(&self, people: &[AccountId]) -> Vec<ConnId> {
        let attendances = people.iter().filter_map(|account| self.people.get(account));
        attendances.flat_map(|attendance| attendance.connections.iter().copied()).collect()
    }

    fn outboxes_of(&self, account: AccountId) -> impl Iterator<Item = &Outbox> {
        let connections = self.people.get(&account).map(|attendance| attendance.connections.as_slice());
        let connections = connections.unwrap_or_default().iter();
        connections.filter_map(|id| self.connections.get(id)).map(|connection| &connection.outbox)
    }

    /// Everybody known here who may see a person, and so be seen: shared rooms, the team, care links.
    fn around(&self, account: AccountId) -> HashSet<AccountId> {
        let mut around = HashSet::new();
        let Some(attendance) = self.people.get(&account) else { return around };
        let newest = attendance.connections.last().and_then(|id| self.connections.get(id));
        let rooms = newest.map_or(attendance.rooms.as_slice(), |connection| connection.rooms.as_slice());
        for room in rooms {
            if let Some(topic) = self.rooms.get(room) {
                around.extend(topic.listeners.iter().map(|(_, other, _)| *other));
            }
        }
        if attendance.ties.is_colleague {
            let team = self.people.iter().filter(|(_, other)| other.ties.is_colleague);
            around.extend(team.map(|(other, _)| *other));
        }
        around.extend(attendance.ties.linked.iter().filter(|other| self.people.contains_key(other)));
        around.remove(&account);
        around
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

    const PATIENCE: Patience = Patience { grace: Duration::from_secs(3600), idle: Duration::from_secs(3600) };
    const AT_ONCE: Patience = Patience { grace: Duration::ZERO, idle: Duration::from_secs(3600) };

    fn join(hub: &Hub, account: i64, rooms: &[i64]) -> (ConnId, Outbox) {
        let outbox = Outbox::default();
        let id = hub.join(AccountId(account), "a", outbox.clone(), Ties::default()).unwrap();
        hub.subscribe(id, rooms.iter().map(|room| RoomId(*room)));
        (id, outbox)
    }

    fn turns(hub: &Hub, patience: Patience) -> Vec<(i64, bool)> {
        hub.turns(patience).iter().map(|turn| (turn.account.0, turn.online)).collect()
    }

    #[test]
    fn whoever_was_there_for_a_moment_only_was_there() {
        let hub = Hub::default();
        let (id, _) = join(&hub, 1, &[]);
        hub.leave(id);
        assert_eq!(turns(&hub, PATIENCE), [(1, true)]);
        assert_eq!(turns(&hub, AT_ONCE), [(1, false)]);
    }

    #[test]
    fn two_tabs_are_one_person() {
        let hub = Hub::default();
        let (first, _) = join(&hub, 1, &[]);
        let (second, _) = join(&hub, 1, &[]);
        assert_eq!(turns(&hub, AT_ONCE), [(1, true)]);
        hub.leave(first);
        assert_eq!(turns(&hub, AT_ONCE), []);
        hub.leave(second);
        assert_eq!(turns(&hub, PATIENCE), []);
        assert_eq!(turns(&hub, AT_ONCE), [(1, false)]);
        hub.forget_gone();
        assert!(hub.state().people.is_empty());
    }

    #[test]
    fn whoever_does_nothing_for_long_is_not_there_until_they_stir() {
        let hub = Hub::default();
        let idle = Patience { idle: Duration::ZERO, ..PATIENCE };
        let (_id, _) = join(&hub, 1, &[]);
        assert_eq!(turns(&hub, PATIENCE), [(1, true)]);
        assert_eq!(turns(&hub, idle), [(1, false)]);
        hub.active(AccountId(1));
        assert_eq!(turns(&hub, PATIENCE), [(1, true)]);
    }

    #[test]
    fn a_person_has_twenty_connections_and_no_more() {
        let hub = Hub::default();
        for _ in 0..CONNECTIONS_MAX {
            assert!(hub.join(AccountId(1), "a", Outbox::default(), Ties::default()).is_some());
        }
        assert!(hub.join(AccountId(1), "a", Outbox::default(), Ties::default()).is_none());
        assert!(hub.join(AccountId(2), "a", Outbox::default(), Ties::default()).is_some());
    }

    #[test]
    fn a_room_nobody_hears_any_more_is_forgotten() {
        let hub = Hub::default();
        let (id, _) = join(&hub, 1, &[1, 1, 2]);
        hub.leave(id);
        assert!(hub.state().rooms.is_empty());
    }

    #[test]
    fn people_see_each_other_by_room_team_or_care_link_and_otherwise_not() {
        let hub = Hub::default();
        let colleague = |linked: &[i64]| Ties {
            is_colleague: true,
            linked: linked.iter().map(|id| AccountId(*id)).collect(),
        };
        join(&hub, 1, &[7]);
        join(&hub, 2, &[7]);
        hub.join(AccountId(3), "a", Outbox::default(), colleague(&[1])).unwrap();
        hub.join(AccountId(4), "a", Outbox::default(), colleague(&[])).unwrap();
        hub.turns(PATIENCE);
        let around =
            |account| hub.online_around(AccountId(account)).iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(around(2), [1]);
        assert_eq!(around(3), [1, 4]);
        assert_eq!(around(4), [3]);
    }

    #[tokio::test]
    async fn whoever_was_taken_out_of_a_room_hears_nothing_more_of_it() {
        let hub = Hub::default();
        let (id, outbox) = join(&hub, 1, &[7]);
        let (_, other) = join(&hub, 2, &[7]);
        hub.unsubscribe_people(RoomId(7), &[AccountId(1)]);
        hub.publish(RoomId(7), 3, &Event::Ready {});
        assert!(!hub.hears(id, RoomId(7)));
        assert_eq!(hub.head(RoomId(7)), Some(3));
        assert_eq!(other.take(8).await.len(), 1);
        let nothing = tokio::time::timeout(Duration::from_millis(20), outbox.take(8)).await;
        assert!(nothing.is_err());
    }
}
