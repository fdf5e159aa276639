//! One socket, from its opening to its end.

use super::retry::sleep;
use crate::{
    model::wire::{Command, Event, SUBPROTOCOL, close},
    ui::live::{Live, browser_now_ms},
};
use futures::{FutureExt, SinkExt, StreamExt, channel::mpsc::unbounded, select_biased};
use gloo_net::websocket::{Message, State, WebSocketError, futures::WebSocket};
use leptos::prelude::*;

/// A send that has no answer for this long is sent again over a new socket.
const ANSWER_WITHIN_MS: i64 = 10_000;
const LOOK_EVERY_MS: i32 = 2_000;
const OPENING_LOOK_MS: i32 = 20;

/// How a socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    NeverOpened,
    Lost,
    Restart,
    SignedOut,
}

/// Talks over one socket until it ends.
pub async fn converse(live: Live) -> End {
    let location = window().location();
    let (Ok(protocol), Ok(host)) = (location.protocol(), location.host()) else { return End::NeverOpened };
    let scheme = if protocol == "https:" { "wss" } else { "ws" };
    let Ok(socket) = WebSocket::open_with_protocol(&format!("{scheme}://{host}/ws"), SUBPROTOCOL) else {
        return End::NeverOpened;
    };
    // Writing to a socket that never opened would only be a complaint in the console.
    loop {
        match socket.state() {
            State::Connecting => sleep(OPENING_LOOK_MS).await,
            State::Open => break,
            State::Closing | State::Closed => return End::NeverOpened,
        }
    }
    let (mut sink, stream) = socket.split();
    let mut stream = stream.fuse();
    let (outgoing, mut commands) = unbounded::<String>();
    let wire = move |command: &Command| {
        if let Ok(json) = serde_json::to_string(command) {
            let _ = outgoing.unbounded_send(json);
        }
    };
    let resume = live.attach(Box::new(wire.clone()));
    wire(&resume);
    let mut welcomed = false;
    let mut opened_ms = browser_now_ms();
    let mut look = Box::pin(sleep(LOOK_EVERY_MS).fuse());
    loop {
        select_biased! {
            heard = stream.next() => match heard {
                Some(Ok(Message::Text(text))) => {
                    if let Ok(event) = serde_json::from_slice::<Event>(text.as_bytes()) {
                        if !welcomed {
                            welcomed = true;
                            opened_ms = browser_now_ms();
                        }
                        live.apply(event);
                    }
                }
                Some(Ok(Message::Bytes(_))) => {}
                Some(Err(WebSocketError::ConnectionClose(closed))) => {
                    return match closed.code {
                        close::SIGNED_OUT => End::SignedOut,
                        close::RESTART => End::Restart,
                        _ if welcomed => End::Lost,
                        _ => End::NeverOpened,
                    };
                }
                Some(Err(_)) | None => return if welcomed { End::Lost } else { End::NeverOpened },
            },
            command = commands.next() => match command {
                Some(json) => if sink.send(Message::Text(json)).await.is_err() {
                    return if welcomed { End::Lost } else { End::NeverOpened };
                },
                None => return End::Lost,
            },
            () = look => {
                look = Box::pin(sleep(LOOK_EVERY_MS).fuse());
                // What was posted before this socket opened has waited for the socket, not for an answer.
                let waiting_ms = live.waiting_since_ms().map(|since| browser_now_ms() - since.max(opened_ms));
                if waiting_ms.is_some_and(|waiting| waiting > ANSWER_WITHIN_MS) {
                    return End::Lost;
                }
            }
        }
    }
}
