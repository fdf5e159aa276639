//! The wire, browser side: connect, resume, back off, and never give up.

mod retry;
mod socket;

use crate::{
    api,
    model::Error,
    ui::live::{Link, Live},
};
use leptos::{prelude::*, task::spawn_local};
use retry::Retry;
use socket::End;

/// Keeps a connection to the server for as long as the page lives.
pub fn connect(live: Live) {
    spawn_local(run(live));
}

async fn run(live: Live) {
    let mut retry = Retry::new();
    loop {
        let end = socket::converse(live).await;
        if end == End::SignedOut || (end == End::NeverOpened && is_signed_out().await) {
            sign_in_again();
            return;
        }
        live.detach(if is_offline() { Link::Offline } else { Link::Reconnecting });
        if end != End::NeverOpened {
            retry.start_over();
        }
        retry.wait(end == End::Restart).await;
    }
}

// A browser does not say why a handshake failed; a refused one and a dead network look alike.
async fn is_signed_out() -> bool {
    matches!(api::account::me().await, Err(Error::SignIn))
}

fn is_offline() -> bool {
    !window().navigator().on_line()
}

fn sign_in_again() {
    let location = window().location();
    let path = location.pathname().unwrap_or_default();
    let _ = location.assign(&format!("/login?next={path}"));
}
