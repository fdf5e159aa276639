//! What reaches the wire, from whichever side, one thing after the other.

use crate::model::{AccountId, Result, wire::Command};
use futures::channel::mpsc::UnboundedSender;
use leptos::leptos_dom::helpers::set_timeout;
use std::time::Duration;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, EventTarget};

/// One thing, and the number of the carrier it came from; zero where no carrier has to do with it.
pub struct Mail {
    pub from: u32,
    pub what: What,
}

/// The things there are.
pub enum What {
    /// Time has passed.
    Tick,
    /// There is a reason to try at once: the network is back, or somebody looks.
    Hope,
    /// The page says something.
    Say(Command),
    /// A socket is open.
    Opened,
    /// One event.
    Frame(String),
    /// The list of events a poll was answered with.
    Polled(String),
    /// The list of events some commands were answered with.
    Answered(String),
    /// A carrier ended, with the code it gave.
    Closed(u16),
    /// Who is signed in, asked over HTTP.
    Asked(Result<AccountId>),
}

/// Where mail is put in.
#[derive(Clone)]
pub struct Post {
    pub from: u32,
    pub mails: UnboundedSender<Mail>,
}

impl Post {
    /// Puts something in.
    pub fn put(&self, what: What) {
        let _ = self.mails.unbounded_send(Mail { from: self.from, what });
    }

    /// Puts in that time has passed, when it has.
    pub fn tick_after(&self, wait_ms: i64) {
        let post = self.clone();
        set_timeout(move || post.put(What::Tick), Duration::from_millis(wait_ms.unsigned_abs()));
    }
}

/// Somebody who listens, until dropped.
pub struct Listener {
    target: EventTarget,
    name: &'static str,
    heard: Closure<dyn FnMut(Event)>,
}

impl Listener {
    /// Puts in what an event of this name means.
    pub fn new(
        target: &EventTarget,
        name: &'static str,
        post: &Post,
        mean: fn(Event) -> Option<What>,
    ) -> Listener {
        let post = post.clone();
        let heard: Closure<dyn FnMut(Event)> = Closure::new(move |event| {
            if let Some(what) = mean(event) {
                post.put(what);
            }
        });
        let _ = target.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref());
        Listener { target: target.clone(), name, heard }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ =
            self.target.remove_event_listener_with_callback(self.name, self.heard.as_ref().unchecked_ref());
    }
}
