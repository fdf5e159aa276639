//! The load of a scenario: people who talk at their own pace, some waiting for each answer and some not.

use super::client::Client;
use confer::model::RoomId;
use std::{cell::Cell, rc::Rc, time::Duration};
use tokio::{
    task::{JoinHandle, spawn_local},
    time::sleep,
};

/// As many sends as may wait on one connection leave room for others to be noticed.
const OPEN_MAX: usize = 40;
/// Words of every kind that must come out as they went in.
const WORDS: [&str; 6] = [
    "plain words",
    "quotes \" and \\ backslashes\nand a second line\ttabbed",
    "Grüße, 你好, 👩‍⚕️, e\u{301}, \u{202e}backwards",
    "<b>not bold</b> & 'quoted'; drop table message; --",
    "{\"acked\":{\"seq\":1}} \"seq\":9",
    "\u{1}\u{7f}\u{feff} odd ones",
];

/// People who talk until they are told to stop.
#[derive(Debug)]
pub struct Talk {
    going: Rc<Cell<bool>>,
    tasks: Vec<JoinHandle<()>>,
}

/// How they talk.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Between two things one person says, in the mean.
    pub pause_ms: u64,
    /// The length of the longest messages.
    pub body_bytes: usize,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { pause_ms: 60, body_bytes: 600 }
    }
}

impl Talk {
    /// Lets them begin: every second waits for each answer, the others say several things at once.
    pub fn start(clients: &[Rc<Client>], pace: Pace) -> Talk {
        let going = Rc::new(Cell::new(true));
        let tasks =
            clients.iter().map(|client| spawn_local(chat(client.clone(), pace, going.clone()))).collect();
        Talk { going, tasks }
    }

    /// Lets them finish their sentence, whatever they wait for.
    pub fn stop(self) {
        self.going.set(false);
        self.tasks.iter().for_each(JoinHandle::abort);
    }

    /// Lets them talk for a while.
    pub async fn for_ms(clients: &[Rc<Client>], pace: Pace, ms: u64) {
        let talk = Talk::start(clients, pace);
        sleep(Duration::from_millis(ms)).await;
        talk.stop();
    }
}

async fn chat(client: Rc<Client>, pace: Pace, going: Rc<Cell<bool>>) {
    let mut number = 0;
    while going.get() {
        sleep(Duration::from_millis(rand::random_range(0..=2 * pace.pause_ms))).await;
        let rooms: Vec<RoomId> = client.places.borrow().keys().copied().collect();
        if rooms.is_empty() || client.open_count() >= OPEN_MAX {
            continue;
        }
        let room = rooms[rand::random_range(0..rooms.len())];
        if client.number.is_multiple_of(2) {
            number += 1;
            let send = client.post(room, body(&client, number, pace));
            client.settled(send).await;
        } else {
            for _ in 0..rand::random_range(1..=3) {
                number += 1;
                client.post(room, body(&client, number, pace));
            }
        }
        if number % 5 == 0 {
            client.see(room, client.held(room));
        }
    }
}

fn body(client: &Client, number: usize, pace: Pace) -> String {
    let start = format!("{number} of {}: {} ", client.number, WORDS[number % WORDS.len()]);
    let length = rand::random_range(0..=pace.body_bytes).saturating_sub(start.len());
    start + &"and so on ".repeat(length.div_ceil(10)) + "."
}
