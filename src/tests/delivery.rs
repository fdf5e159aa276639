//! Delivery as a whole: whatever is lost, repeated, cut off or restarted on the way, every reader ends with the
//! same line, and every send with one row. The real timeline and its queue of drafts against a model of the server.

use crate::model::{
    AccountId, Cid, MessageId, RoomId,
    message::{Draft, Kind, Message, Page},
    room::{Room, RoomKind, Visit},
    timeline::Timeline,
    wire::REPLAY_MAX,
};
use proptest::prelude::*;
use std::collections::VecDeque;

const ROOM: RoomId = RoomId(1);

/// What may happen next.
#[derive(Clone, Debug)]
enum Step {
    /// A reader writes something new.
    Write(usize),
    /// A reader sends again what has no answer.
    SendAgain(usize),
    /// The next frame on the way to the server arrives, or is lost with its connection.
    Up(usize),
    /// The next frame on the way to a reader arrives.
    Down(usize),
    /// A reader's connection breaks, and what was under way with it.
    Break(usize),
    /// A reader comes back and resumes from its cursor.
    Resume(usize),
}

/// The server, as small as it can be said.
#[derive(Default)]
struct Model {
    line: Vec<Message>,
}

impl Model {
    fn post(&mut self, sender: AccountId, draft: &Draft) -> (Message, bool) {
        let known = self.line.iter().find(|held| held.sender == sender && held.cid == draft.cid);
        if let Some(known) = known {
            return (known.clone(), false);
        }
        let seq = self.line.len() as i64 + 1;
        let message = Message {
            id: MessageId(seq),
            room: ROOM,
            seq,
            change: seq,
            sender,
            cid: draft.cid,
            kind: Kind::Text,
            body: draft.body.clone(),
            note: None,
            sent_ms: seq,
        };
        self.line.push(message.clone());
        (message, true)
    }

    fn newest(&self, limit: usize) -> Page {
        let from = self.line.len().saturating_sub(limit);
        Page { messages: self.line[from..].to_vec(), more: from > 0 }
    }
}

/// What entering the room answers.
fn visit(page: Page) -> Visit {
    let kind = RoomKind::Group;
    let room =
        Room { id: ROOM, kind, title: None, owner: None, opposite: None, members: vec![], is_closed: false };
    let head = page.messages.last().map_or(0, |last| last.seq);
    let (presence, receipts, form_cid) = (vec![], vec![], Cid([0; 16]));
    Visit { room, page, presence, receipts, head, unread: 0, form_cid }
}

enum Told {
    Posted(Message),
    Acked(Message),
    Restart(Page),
}

/// A reader: the real timeline, and what is on the way in both directions.
struct Reader {
    me: AccountId,
    timeline: Timeline,
    up: VecDeque<Draft>,
    down: VecDeque<Told>,
    is_connected: bool,
    written: u8,
}

impl Reader {
    fn new(number: usize) -> Reader {
        let me = AccountId(number as i64 + 1);
        let timeline = Timeline::enter(me, &visit(Page { messages: vec![], more: false }));
        Reader { me, timeline, up: VecDeque::new(), down: VecDeque::new(), is_connected: false, written: 0 }
    }

    fn write(&mut self) {
        self.written = self.written.wrapping_add(1);
        let mut cid = [0; 16];
        (cid[0], cid[1]) = (self.me.0 as u8, self.written);
        let draft = Draft::text(Cid(cid), ROOM, format!("{} says {}", self.me, self.written));
        self.timeline.queue.push(draft, 0);
        self.put();
    }

    fn put(&mut self) {
        while self.is_connected
            && let Some(draft) = self.timeline.queue.next(0)
        {
            self.up.push_back(draft);
        }
    }

    fn send_again(&mut self) {
        self.timeline.queue.land();
        self.put();
    }

    fn hear(&mut self, told: Told) {
        match told {
            Told::Posted(message) => drop(self.timeline.apply(message)),
            Told::Acked(message) => {
                self.timeline.ack(message.cid, message.id, message.seq, message.sent_ms);
            }
            Told::Restart(page) => self.timeline.restart(&visit(page)),
        }
    }

    fn cut(&mut self) {
        self.up.clear();
        self.down.clear();
        self.is_connected = false;
    }

    /// As the server answers a resume: what was missed, or a fresh start where that is too much.
    fn resume(&mut self, model: &Model, replay_max: usize) {
        self.cut();
        self.is_connected = true;
        let missed = &model.line[(self.timeline.cursor() as usize).min(model.line.len())..];
        if missed.len() > replay_max {
            self.down.push_back(Told::Restart(model.newest(replay_max)));
        } else {
            self.down.extend(missed.iter().cloned().map(Told::Posted));
        }
        self.send_again();
    }
}

/// Lets one frame reach the server; answers and publishes as the writer does.
fn arrive(readers: &mut [Reader], at: usize, model: &mut Model, capacity: usize) {
    let Some(draft) = readers[at].up.pop_front() else { return };
    let (message, fresh) = model.post(readers[at].me, &draft);
    readers[at].down.push_back(Told::Acked(message.clone()));
    for reader in readers.iter_mut().filter(|reader| fresh && reader.is_connected) {
        reader.down.push_back(Told::Posted(message.clone()));
        // A reader too far behind is cut off, as the outbox does it.
        if reader.down.len() > capacity {
            reader.cut();
        }
    }
}

fn step(readers: usize) -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..readers).prop_map(Step::Write),
        1 => (0..readers).prop_map(Step::SendAgain),
        5 => (0..readers).prop_map(Step::Up),
        6 => (0..readers).prop_map(Step::Down),
        1 => (0..readers).prop_map(Step::Break),
        2 => (0..readers).prop_map(Step::Resume),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_on_the_way_all_end_with_the_same_line(
        steps in proptest::collection::vec(step(3), 1..80),
        capacity in 2usize..9,
        replay_max in 2usize..9,
    ) {
        let mut model = Model::default();
        let mut readers: Vec<Reader> = (0..3).map(Reader::new).collect();
        for step in steps {
            match step {
                Step::Write(at) => readers[at].write(),
                Step::SendAgain(at) => readers[at].send_again(),
                Step::Up(at) => arrive(&mut readers, at, &mut model, capacity),
                Step::Down(at) => if let Some(told) = readers[at].down.pop_front() {
                    readers[at].hear(told);
                },
                Step::Break(at) => readers[at].cut(),
                Step::Resume(at) => readers[at].resume(&model, replay_max),
            }
        }
        // In the end everybody comes back once more, and everything under way arrives.
        for round in [replay_max, REPLAY_MAX as usize] {
            readers.iter_mut().for_each(|reader| reader.resume(&model, round));
            while readers.iter().any(|reader| !reader.up.is_empty() || !reader.down.is_empty()) {
                for at in 0..readers.len() {
                    arrive(&mut readers, at, &mut model, usize::MAX);
                    while let Some(told) = readers[at].down.pop_front() {
                        readers[at].hear(told);
                    }
                    readers[at].put();
                }
            }
        }
        let written: usize = readers.iter().map(|reader| usize::from(reader.written)).sum();
        prop_assert_eq!(model.line.len(), written, "every send is one row");
        for reader in &readers {
            prop_assert_eq!(reader.timeline.queue.iter().count(), 0);
            prop_assert_eq!(reader.timeline.cursor(), model.line.len() as i64);
            let shown: Vec<Option<MessageId>> = reader.timeline.rows().iter().map(|row| row.id).collect();
            // A reader who started afresh holds the newest of the line; whoever did not holds all of it.
            let held = &model.line[model.line.len() - shown.len()..];
            prop_assert_eq!(shown, held.iter().map(|message| Some(message.id)).collect::<Vec<_>>());
        }
    }
}
