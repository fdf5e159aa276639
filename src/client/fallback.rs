//! What comes after a carrier: the same again, another one, a moment's rest, or another person.

use super::{
    carrier::{Carrier, Way},
    post::What,
    wire::{FIRST_WITHIN_MS, State, Talk, Wire, read},
};
use crate::{
    api,
    model::{
        AccountId, Error, Result,
        wire::{Event, close},
    },
    ui::live::{Link, browser_now_ms},
};
use leptos::{prelude::*, task::spawn_local};

/// How long a person with too many tabs waits when nothing else is said.
const CROWDED_MS: i64 = 5_000;

impl Wire {
    /// Tries a socket while HTTP goes on.
    pub(super) fn challenge(&mut self, now_ms: i64) {
        if self.way != Way::Socket {
            self.rival_ms = now_ms;
            let post = self.next_post();
            let socket = Carrier::open(Way::Socket, self.live, &post);
            self.rival = socket.map(|socket| (post.from, socket, now_ms));
        }
    }

    /// What the socket that is tried has to say: with its first frame it takes over.
    pub(super) fn consider(&mut self, what: What) {
        match what {
            What::Opened => {
                let resume = self.resume();
                if let Some((_, socket, _)) = &mut self.rival {
                    socket.say(self.live, &resume);
                }
            }
            What::Frame(frame) => {
                let is_welcome = matches!(read(&frame), Some(Event::Welcome { .. }));
                if let Some((number, carrier, _)) = self.rival.take().filter(|_| is_welcome) {
                    self.live.detach(Link::Http);
                    (self.number, self.way) = (number, Way::Socket);
                    self.state = State::Talks(Talk::new(carrier, browser_now_ms()));
                    self.hear(&frame);
                }
            }
            _ => self.rival = None,
        }
    }

    pub(super) fn closed(&mut self, code: u16) {
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
    pub(super) fn lost(&mut self) {
        self.retry.start_over();
        self.leave(link_lost());
        self.wait();
    }

    /// Nothing came through: something on the way swallows it.
    pub(super) fn held_back(&mut self) {
        if self.way == Way::Stream {
            self.way = Way::Poll;
            return self.open();
        }
        // One such silence is proof enough.
        self.refusals += 1;
        self.failed();
    }

    /// A carrier never worked: is it the way, or is nobody there?
    pub(super) fn failed(&mut self) {
        self.leave(link_lost());
        self.ask(true);
    }

    /// A browser does not say why a handshake failed: a refused one and a dead network look alike.
    pub(super) fn ask(&mut self, blames: bool) {
        // Whatever is said meanwhile comes from a carrier that is gone.
        let post = self.next_post();
        self.number = post.from;
        self.state = State::Asks { since_ms: browser_now_ms(), blames };
        spawn_local(async move {
            post.put(What::Asked(api::account::me().await.map(|me| me.person.id)));
        });
    }

    pub(super) fn asked(&mut self, outcome: Result<AccountId>) {
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

    pub(super) fn leave(&mut self, link: Link) {
        self.live.detach(link);
        self.rival = None;
    }

    pub(super) fn wait(&mut self) {
        let wait_ms = self.retry.wait_ms();
        self.wait_for(wait_ms, true);
    }

    pub(super) fn wait_for(&mut self, wait_ms: i64, may_hope: bool) {
        self.state = State::Waits { until_ms: browser_now_ms() + wait_ms, may_hope };
        self.post.tick_after(wait_ms + 1);
    }

    /// Nobody is signed in here any more. What is not sent yet stays until they are again.
    pub(super) fn sign_out(&mut self) {
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
    pub(super) fn meet_stranger(&mut self) {
        self.state = State::Ended;
        self.leave(Link::Stranger);
        if !self.live.is_unsent() {
            let _ = window().location().reload();
        }
    }
}

fn link_lost() -> Link {
    if window().navigator().on_line() { Link::Reconnecting } else { Link::Offline }
}
