//! A carrier: one WebSocket.

use super::post::{Listener, Post, What};
use crate::model::wire::SUBPROTOCOL;
use leptos::prelude::window;
use wasm_bindgen::JsCast;
use web_sys::{CloseEvent, Event, MessageEvent, WebSocket};

/// An open socket, or one about to be; dropped, it closes.
pub struct Socket {
    socket: WebSocket,
    _listeners: [Listener; 3],
}

impl Socket {
    /// Begins to open one.
    pub fn open(post: &Post) -> Option<Socket> {
        let location = window().location();
        let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
        let url = format!("{scheme}://{}/ws", location.host().ok()?);
        let socket = WebSocket::new_with_str(&url, SUBPROTOCOL).ok()?;
        let listeners = [
            Listener::new(&socket, "open", post, |_| Some(What::Opened)),
            Listener::new(&socket, "message", post, |event| words(event).map(What::Frame)),
            Listener::new(&socket, "close", post, |event| {
                Some(What::Closed(event.unchecked_into::<CloseEvent>().code()))
            }),
        ];
        Some(Socket { socket, _listeners: listeners })
    }

    /// Sends a frame.
    pub fn send(&self, frame: &str) {
        // Writing to a socket that is not open would only be a complaint in the console.
        if self.socket.ready_state() == WebSocket::OPEN {
            let _ = self.socket.send_with_str(frame);
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = self.socket.close();
    }
}

/// The text of a message event.
pub fn words(event: Event) -> Option<String> {
    event.unchecked_into::<MessageEvent>().data().as_string()
}
