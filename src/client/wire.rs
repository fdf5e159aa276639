//! The wire: which carrier is used now, whether it still works, and what comes after it.

use super::{
    carrier::{Carrier, Way},
    post::{Listener, Mail, Post, What},
    retry::Retry,
};
use crate::{
    api,
    model::{
        AccountId, Error, Result,
        frames::frames,
        wire::{Command, Event, close},
    },
    ui::live::{Link, Live, browser_now_ms},
};
use futures::{StreamExt, channel::mpsc::unbounded};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

const TICK_EVERY: Duration = Duration::from_secs(1);
/// Timers that stood still for this long: the device slept, and what was open may be dead.
const SLEPT_MS: i64 = 10_000;
const PING_EVERY_MS: i64 = 25_000;
const PONG_WITHIN_MS: i64 = 8_000;
/// A send that has no answer for this long is sent again over a new carrier.
const ANSWER_WITHIN_MS: i64 = 10_000;
const OPEN_WITHIN_MS: i64 = 10_000;
/// A socket that opens and then carries nothing is no socket.
const FIRST_WITHIN_MS: i64 = 5_000;
/// A stream that something on the way holds back is no stream.
const STREAM_WITHIN_MS: i64 = 6_000;
/// The server says something every 15 seconds on a stream, and answers a poll within 20.
const SILENCE_MS: i64 = 28_000;
/// How often a better way is looked for.
const RIVAL_EVERY_MS: i64 = 60_000;
const RIVAL_SOON_MS: i64 = 5_000;
const ASK_WITHIN_MS: i64 = 10_000;
const CROWDED_MS: i64 = 5_000;
/// An answer that comes quicker than this is followed by the next question a little later.
const POLL_PAUSE_MS: i64 = 300;

/// What the wire is doing.
enum State {
    /// Nothing, until a moment, or a reason to hope.
    Waits {
        until_ms: i64,
        may_hope: bool,
    },
    /// Asking over HTTP who is signed in, and so whether anybody is there.
    Asks {
        since_ms: i64,
        blames: bool,
    },
    Talks(Talk),
    /// Another person's page is on the way.
    Ended,
}

/// A carrier in use.
struct Talk {
    carrier: Carrier,
    since_ms: i64,
    is_open: bool,
    /// Whether it is known that the server speaks to this person.
    is_welcome: bool,
    heard_ms: i64,
    /// When the last poll was sent, and whether the next one waits a little.
    asked_ms: i64,
    is_paused: bool,
    pinged_ms: i64,
    pong_due_ms: Option<i64>,
}

struct Wire {
    live: Live,
    post: Post,
    /// The number of the carrier in use: the last words of earlier ones are not heard.
    number: u32,
    numbers: u32,
    way: Way,
    /// Sockets refused in a row while HTTP worked.
    refusals: u32,
    retry: Retry,
    state: State,
    /// A socket tried beside HTTP.
    rival: Option<(u32, Carrier, i64)>,
    rival_ms: i64,
    ticked_ms: i64,
    told_wait_ms: i64,
}

/// Opens the wire and keeps it.
pub fn keep(live: Live) {
    let (mails, mut mailbox) = unbounded();
    let post = Post { from: 0, mails };
    let hope = |_| Some(What::Hope);
    let look = |_| (!document().hidden()).then_some(What::Hope);
    let listeners = [
        Listener::new(&window(), "online", &post, hope),
        Listener::new(&window(), "focus", &post, hope),
        Listener::new(&document(), "visibilitychange", &post, look),
    ];
    // For as long as the page lives.
    std::mem::forget(listeners);
    let ticks = post.clone();
    set_interval(move || ticks.put(What::Tick), TICK_EVERY);
    let mut wire = Wire::new(live, post);
    wire.open();
    spawn_local(async move {
        while let Some(mail) = mailbox.next().await {
            wire.take(mail);
        }
    });
}

impl Wire {
    fn new(live: Live, post: Post) -> Wire {
        let now_ms = browser_now_ms();
        Wire {
            live,
            post,
            number: 0,
            numbers: 0,
            way: Way::Socket,
            refusals: 0,
            retry: Retry::default(),
            state: State::Ended,
            rival: None,
            rival_ms: now_ms,
            ticked_ms: now_ms,
            told_wait_ms: 0,
        }
    }

    fn take(&mut self, Mail { from, what }: Mail) {
        match what {
            What::Tick => self.tick(),
            What::Hope => self.hope(),
            What::Say(command) => self.say(&command),
            what if self.rival.as_ref().is_some_and(|(number, ..)| *number == from) => self.consider(what),
            _ if from != self.number => {}
            What::Opened => {
                if let State::Talks(talk) = &mut self.state {
                    talk.is_open = true;
                    talk.since_ms = browser_now_ms();
                }
                let resume = self.resume();
                self.say(&resume);
            }
            What::Frame(frame) => self.hear(&frame),
            What::Polled(list) => {
                frames(&list).into_iter().for_each(|frame| self.hear(frame));
                self.poll_again();
            }
            What::Answered(list) => {
                frames(&list).into_iter().for_each(|frame| self.hear(frame));
                if let State::Talks(talk) = &mut self.state {
                    talk.carrier.answered(self.live);
                }
            }
            What::Closed(code) => self.closed(code),
            What::Asked(outcome) => self.asked(outcome),
        }
    }

    fn open(&mut self) {
        let post = self.next_post();
        self.number = post.from;
        let now_ms = browser_now_ms();
        let Some(carrier) = Carrier::open(self.way, self.live, &post) else { return self.wait() };
        self.state = State::Talks(Talk::new(carrier, now_ms));
    }

    fn next_post(&mut self) -> Post {
        self.numbers += 1;
        Post { from: self.numbers, ..self.post.clone() }
    }

    fn resume(&self) -> Command {
        let (epoch, rooms) = self.live.place(false);
        Command::Resume { epoch, rooms }
    }

    fn say(&mut self, command: &Command) {
        if let State::Talks(talk) = &mut self.state {
            talk.carrier.say(self.live, command);
        }
    }

    fn hear(&mut self, frame: &str) {
        let State::Talks(talk) = &mut self.state else { return };
        talk.heard_ms = browser_now_ms();
        talk.pong_due_ms = None;
        // An event from a newer server is passed over.
        let Ok(event) = serde_json::from_slice::<Event>(frame.as_bytes()) else { return };
        let is_welcome = matches!(event, Event::Welcome { .. });
        match &event {
            Event::Refused { cid: None, error: Error::Slow { retry_ms } } => {
                self.told_wait_ms = i64::from(*retry_ms);
            }
            // Until the server has said whom it speaks to, nothing else it says is for this page.
            _ if !talk.is_welcome && !is_welcome => return,
            _ => {}
        }
        let is_first = is_welcome && !std::mem::replace(&mut talk.is_welcome, true);
        if !self.live.apply(event) {
            return self.meet_stranger();
        }
        if is_first {
            self.welcomed();
        }
    }

    fn welcomed(&mut self) {
        let link = match self.way {
            Way::Socket => {
                self.refusals = 0;
                Link::Connected
            }
            Way::Stream | Way::Poll => Link::Http,
        };
        let post = self.post.clone();
        self.live.attach(link, Box::new(move |command| post.put(What::Say(command))));
    }

    fn poll_again(&mut self) {
        let State::Talks(talk) = &mut self.state else { return };
        let now_ms = browser_now_ms();
        talk.is_paused = now_ms - talk.asked_ms < POLL_PAUSE_MS;
        if talk.is_paused {
            return self.post.tick_after(POLL_PAUSE_MS);
        }
        talk.asked_ms = now_ms;
        talk.carrier.poll(self.live);
    }

    fn tick(&mut self) {
        let now_ms = browser_now_ms();
        let has_slept = now_ms - std::mem::replace(&mut self.ticked_ms, now_ms) > SLEPT_MS;
        match &mut self.state {
            State::Waits { until_ms, .. } if now_ms >= *until_ms => self.open(),
            State::Asks { since_ms, .. } if now_ms - *since_ms > ASK_WITHIN_MS => self.wait(),
            State::Talks(talk) => {
                if talk.is_paused {
                    self.poll_again();
                }
                self.examine(now_ms, has_slept);
            }
            State::Waits { .. } | State::Asks { .. } | State::Ended => {}
        }
    }

    /// Whether the carrier in use still deserves it.
    fn examine(&mut self, now_ms: i64, has_slept: bool) {
        let State::Talks(talk) = &self.state else { return };
        if !talk.is_welcome {
            let within_ms = match self.way {
                Way::Socket if talk.is_open => FIRST_WITHIN_MS,
                Way::Socket => OPEN_WITHIN_MS,
                Way::Stream => STREAM_WITHIN_MS,
                Way::Poll => SILENCE_MS,
            };
            if now_ms - talk.since_ms > within_ms {
                self.held_back();
            }
            return;
        }
        let is_silent = talk.pong_due_ms.is_some_and(|due_ms| now_ms > due_ms)
            || (self.way != Way::Socket && now_ms - talk.heard_ms > SILENCE_MS);
        let waiting_ms =
            self.live.waiting_since_ms().map_or(0, |since_ms| now_ms - since_ms.max(talk.since_ms));
        if is_silent || waiting_ms > ANSWER_WITHIN_MS {
            return self.lost();
        }
        if has_slept || now_ms - talk.pinged_ms >= PING_EVERY_MS {
            self.probe(now_ms);
        }
        if self.rival.as_ref().is_some_and(|(_, _, since_ms)| now_ms - since_ms > FIRST_WITHIN_MS) {
            self.rival = None;
        }
        if now_ms - self.rival_ms >= RIVAL_EVERY_MS {
            self.challenge(now_ms);
        }
    }

    /// Asks whether anybody is there; silence is told otherwise without a socket.
    fn probe(&mut self, now_ms: i64) {
        if self.way != Way::Socket {
            return;
        }
        if let State::Talks(talk) = &mut self.state {
            talk.pinged_ms = now_ms;
            talk.pong_due_ms.get_or_insert(now_ms + PONG_WITHIN_MS);
        }
        self.say(&Command::Ping {});
    }

    fn hope(&mut self) {
        let now_ms = browser_now_ms();
        match &self.state {
            // Signed in again elsewhere, perhaps.
            State::Waits { may_hope: true, .. } if self.live.link.get_untracked() == Link::SignedOut => {
                self.ask(false);
            }
            State::Waits { may_hope: true, .. } => self.open(),
            State::Talks(talk) if talk.is_welcome => {
                self.probe(now_ms);
                if now_ms - self.rival_ms >= RIVAL_SOON_MS {
                    self.challenge(now_ms);
                }
            }
            State::Talks(_) | State::Waits { .. } | State::Asks { .. } | State::Ended => {}
        }
    }

    /// Tries a socket while HTTP goes on.
    fn challenge(&mut self, now_ms: i64) {
        if self.way != Way::Socket {
            self.rival_ms = now_ms;
            let post = self.next_post();
            let socket = Carrier::open(Way::Socket, self.live, &post);
            self.rival = socket.map(|socket| (post.from, socket, now_ms));
        }
    }

    /// What the socket that is tried has to say: with its first frame it takes over.
    fn consider(&mut self, what: What) {
        match what {
            What::Opened => {
                let resume = self.resume();
                if let Some((_, socket, _)) = &mut self.rival {
                    socket.say(self.live, &resume);
                }
            }
            What::Frame(frame) => {
                if let Some((number, carrier, _)) = self.rival.take() {
                    self.live.detach(Link::Http);
                    (self.number, self.way) = (number, Way::Socket);
                    self.state = State::Talks(Talk::new(carrier, browser_now_ms()));
                    self.hear(&frame);
                }
            }
            _ => self.rival = None,
        }
    }

    fn closed(&mut self, code: u16) {
        let State::Talks(talk) = &self.state else { return };
        let (is_welcome, lasted_ms) = (talk.is_welcome, browser_now_ms() - talk.since_ms);
        match code {
            close::SIGNED_OUT => {
                self.leave(link_lost());
                self.ask(false);
            }
            close::CROWDED => {
                self.leave(Link::Crowded);
                let wait_ms = self.told_wait_ms.max(CROWDED_MS);
                self.wait_for(wait_ms, false);
            }
            close::RESTART => {
                self.leave(link_lost());
                let wait_ms = self.retry.restart_ms();
                self.wait_for(wait_ms, true);
            }
            // Too slow for a moment; what was missed is replayed.
            close::OVERFLOW if lasted_ms > FIRST_WITHIN_MS => {
                self.leave(link_lost());
                self.open();
            }
            _ if is_welcome => self.lost(),
            _ => self.failed(),
        }
    }

    /// A carrier that worked has ceased to.
    fn lost(&mut self) {
        self.retry.start_over();
        self.leave(link_lost());
        self.wait();
    }

    /// Nothing came through: something on the way swallows it.
    fn held_back(&mut self) {
        if self.way == Way::Stream {
            self.way = Way::Poll;
            return self.open();
        }
        // One such silence is proof enough.
        self.refusals += 1;
        self.failed();
    }

    /// A carrier never worked: is it the way, or is nobody there?
    fn failed(&mut self) {
        self.leave(link_lost());
        self.ask(true);
    }

    /// A browser does not say why a handshake failed: a refused one and a dead network look alike.
    fn ask(&mut self, blames: bool) {
        // Whatever is said meanwhile comes from a carrier that is gone.
        let post = self.next_post();
        self.number = post.from;
        self.state = State::Asks { since_ms: browser_now_ms(), blames };
        spawn_local(async move {
            post.put(What::Asked(api::account::me().await.map(|me| me.person.id)));
        });
    }

    fn asked(&mut self, outcome: Result<AccountId>) {
        let State::Asks { blames, .. } = self.state else { return };
        match outcome {
            Ok(account) if self.live.account_id() != Some(account) => self.meet_stranger(),
            Err(Error::SignIn) => self.sign_out(),
            Ok(_) if blames => match self.way {
                Way::Socket => {
                    self.refusals += 1;
                    if self.refusals >= 2 {
                        self.way = Way::Stream;
                        self.rival_ms = browser_now_ms();
                        self.open();
                    } else {
                        self.wait();
                    }
                }
                Way::Stream => {
                    self.way = Way::Poll;
                    self.open();
                }
                Way::Poll => {
                    self.way = Way::Socket;
                    self.refusals = 0;
                    self.wait();
                }
            },
            Ok(_) | Err(_) => {
                self.leave(link_lost());
                self.wait();
            }
        }
    }

    fn leave(&mut self, link: Link) {
        self.live.detach(link);
        self.rival = None;
    }

    fn wait(&mut self) {
        let wait_ms = self.retry.wait_ms();
        self.wait_for(wait_ms, true);
    }

    fn wait_for(&mut self, wait_ms: i64, may_hope: bool) {
        self.state = State::Waits { until_ms: browser_now_ms() + wait_ms, may_hope };
        self.post.tick_after(wait_ms + 1);
    }

    /// Nobody is signed in here any more. What is not sent yet stays until they are again.
    fn sign_out(&mut self) {
        self.state = State::Ended;
        if self.live.is_unsent() {
            self.leave(Link::SignedOut);
            self.way = Way::Socket;
            self.refusals = 0;
            self.state = State::Waits { until_ms: i64::MAX, may_hope: true };
        } else {
            let location = window().location();
            let path = location.pathname().unwrap_or_default();
            let _ = location.assign(&format!("/login?next={path}"));
        }
    }

    /// Somebody else has signed in here: not a word of this page goes out under their name.
    fn meet_stranger(&mut self) {
        self.state = State::Ended;
        self.leave(Link::Stranger);
        if !self.live.is_unsent() {
            let _ = window().location().reload();
        }
    }
}

impl Talk {
    fn new(carrier: Carrier, now_ms: i64) -> Talk {
        Talk {
            carrier,
            since_ms: now_ms,
            is_open: false,
            is_welcome: false,
            heard_ms: now_ms,
            asked_ms: now_ms,
            is_paused: false,
            pinged_ms: now_ms,
            pong_due_ms: None,
        }
    }
}

fn link_lost() -> Link {
    if window().navigator().on_line() { Link::Reconnecting } else { Link::Offline }
}
