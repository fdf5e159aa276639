//! The browser's end of the wire: connect, resume, back off, fall back, and never give up.

mod carrier;
mod http;
mod post;
mod retry;
mod socket;
mod wire;

use crate::ui::live::Live;

/// Keeps a connection to the server for as long as the page lives.
pub fn connect(live: Live) {
    wire::keep(live);
}
