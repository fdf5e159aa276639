//! What carries the frames: a socket where the network lets one through, HTTP where it does not.

use super::{http::Http, post::Post, socket::Socket};
use crate::{model::wire::Command, ui::live::Live};

/// The ways to the server, from the best to the one that always works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Socket,
    Stream,
    Poll,
}

/// A way taken.
pub enum Carrier {
    Socket(Socket),
    Http(Http),
}

impl Carrier {
    /// Takes a way.
    pub fn open(way: Way, live: Live, post: &Post) -> Option<Carrier> {
        match way {
            Way::Socket => Socket::open(post).map(Carrier::Socket),
            Way::Stream => Http::stream(live, post).map(Carrier::Http),
            Way::Poll => {
                let polls = Http::polls(post);
                polls.poll(live, true);
                Some(Carrier::Http(polls))
            }
        }
    }

    /// Says something.
    pub fn say(&mut self, live: Live, command: &Command) {
        match self {
            Carrier::Socket(socket) => {
                if let Ok(json) = serde_json::to_string(command) {
                    socket.send(&json);
                }
            }
            Carrier::Http(http) => http.say(live, command),
        }
    }

    /// The commands said last are answered.
    pub fn answered(&mut self, live: Live) {
        if let Carrier::Http(http) = self {
            http.answered(live);
        }
    }

    /// Asks for more, where more has to be asked for.
    pub fn poll(&self, live: Live) {
        if let Carrier::Http(http) = self {
            http.poll(live, false);
        }
    }
}
