//! A carrier for networks that let no socket through: events as a stream or in answers to polls, commands in
//! requests, one at a time and in order.

use super::{
    post::{Listener, Post, What},
    socket::words,
};
use crate::{
    api,
    model::{
        Error, RoomId,
        message::Stretch,
        wire::{Command, Cursor, Event, close},
    },
    ui::live::Live,
};
use gloo_net::http::{Request, Response};
use leptos::task::spawn_local;
use web_sys::EventSource;

/// The most commands the server takes at once.
const COMMANDS_MAX: usize = 64;

/// A stream, if there is one, and what waits to be sent; dropped, the stream ends.
pub struct Http {
    post: Post,
    stream: Option<(EventSource, [Listener; 2])>,
    waiting: Vec<String>,
    is_sending: bool,
}

impl Http {
    /// Begins a stream of events.
    pub fn stream(live: Live, post: &Post) -> Option<Http> {
        let stream = EventSource::new(&format!("/events?{}", query(live))).ok()?;
        let listeners = [
            Listener::new(&stream, "message", post, |event| words(event).map(What::Frame)),
            // By itself it would go on from where this one began.
            Listener::new(&stream, "error", post, |_| Some(What::Closed(0))),
        ];
        let mut http = Http::polls(post);
        http.stream = Some((stream, listeners));
        Some(http)
    }

    /// Begins without one.
    pub fn polls(post: &Post) -> Http {
        Http { post: post.clone(), stream: None, waiting: Vec::new(), is_sending: false }
    }

    /// Asks once for what has happened; the answer takes a while when nothing has, except to the first question,
    /// which is whether anybody answers at all.
    pub fn poll(&self, live: Live, is_first: bool) {
        let post = self.post.clone();
        // What is told between two polls and not replayed (how far others have read) is looked up after each: while
        // that is awaited they are short.
        let wait = match (is_first, live.awaits()) {
            (true, _) => "&wait=0",
            (false, true) => "&wait=3",
            (false, false) => "",
        };
        let asked = Request::get(&format!("/events/poll?{}{wait}", query(live))).send();
        spawn_local(async move { post.put(text(asked.await).await.map_or_else(What::Closed, What::Polled)) });
    }

    /// Sends a command, after those that wait.
    pub fn say(&mut self, live: Live, command: &Command) {
        if let Command::Follow { room, seq } = command {
            return follow(&self.post, *room, *seq);
        }
        if let Ok(json) = serde_json::to_string(command) {
            self.waiting.push(json);
        }
        self.send(live);
    }

    /// The commands sent last are answered.
    pub fn answered(&mut self, live: Live) {
        self.is_sending = false;
        self.send(live);
    }

    fn send(&mut self, live: Live) {
        if self.is_sending || self.waiting.is_empty() {
            return;
        }
        self.is_sending = true;
        let batch: Vec<String> = self.waiting.drain(..self.waiting.len().min(COMMANDS_MAX)).collect();
        let body = format!("[{}]", batch.join(","));
        // The cookie may by now be somebody else's; the server compares.
        let account = live.account_id().map_or_else(String::new, |id| id.to_string());
        let request = Request::post(&format!("/commands?account={account}"));
        let post = self.post.clone();
        spawn_local(async move {
            let outcome = match request.header("content-type", "application/json").body(body) {
                Ok(request) => text(request.send().await).await,
                Err(_) => Err(0),
            };
            post.put(outcome.map_or_else(What::Closed, What::Answered));
        });
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        if let Some((stream, _)) = &self.stream {
            stream.close();
        }
    }
}

/// The body of an answer, or the close code that means the same.
async fn text(outcome: Result<Response, gloo_net::Error>) -> Result<String, u16> {
    let response = outcome.map_err(|_| 0u16)?;
    match response.status() {
        200 => response.text().await.map_err(|_| 0),
        401 | 403 => Err(close::SIGNED_OUT),
        429 => Err(close::CROWDED),
        _ => Err(0),
    }
}

/// Where the page stands, as a query.
fn query(live: Live) -> String {
    let (epoch, rooms) = live.place(true);
    let rooms: Vec<String> = rooms.iter().map(|Cursor { room, seq }| format!("{room}:{seq}")).collect();
    let epoch = epoch.map_or_else(String::new, |epoch| format!("epoch={epoch}&"));
    format!("{epoch}rooms={}", rooms.join(","))
}

/// A stream hears every room, but replays none once it runs: what was missed is fetched as a page.
fn follow(post: &Post, room: RoomId, seq: i64) {
    let post = post.clone();
    spawn_local(async move {
        let events = match api::message::page(room, Stretch::After(seq), None).await {
            Ok(page) if page.more => vec![Event::Gap { room, from: seq + 1, to: seq + 1 }],
            Ok(page) => page.messages.into_iter().map(Event::Posted).collect(),
            Err(Error::NotFound) => vec![Event::Removed { room }],
            // A hole is asked about again.
            Err(_) => Vec::new(),
        };
        for event in events {
            if let Ok(json) = serde_json::to_string(&event) {
                post.put(What::Frame(json));
            }
        }
    });
}
