//! Confer: secure messaging for people who care for people.
//!
//! The map. A folder says where code runs, a file says what it is about:
//! - [`model`] (both sides): what the words mean; plain data and rules that need no IO.
//! - [`api`] (both sides): the doorways; server functions, one call each.
//! - `server` (the server): the work; database, sockets, disk, clock.
//! - `client` (the browser): the wire; connect, resume, back off.
//! - [`ui`] (both sides): what people see.

// A view's type holds the types of everything in it.
#![recursion_limit = "512"]

pub mod api;
pub mod model;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;

/// Faults put in on purpose, so that the checker can show that it finds them.
#[cfg(feature = "sabotage")]
#[path = "server/sabotage.rs"]
pub mod sabotage;
/// No server is built with faults in it.
#[cfg(all(feature = "ssr", not(feature = "sabotage")))]
pub mod sabotage {
    /// Never.
    pub const fn is(_fault: &str) -> bool {
        false
    }

    /// Never.
    pub const fn strikes(_fault: &str, _number: i64) -> bool {
        false
    }

    /// Never called.
    pub fn commit_later(_tx: crate::server::db::Tx) {}
}
#[cfg(all(feature = "sabotage", not(debug_assertions)))]
compile_error!("a server with faults in it is never built for use");

#[cfg(feature = "hydrate")]
pub mod client;
/// The server draws the same pages as the browser, but has no wire to open.
#[cfg(not(feature = "hydrate"))]
pub mod client {
    /// Nothing to connect to from here.
    pub fn connect(_live: crate::ui::live::Live) {}
}

#[cfg(all(test, feature = "ssr"))]
mod tests;

/// Takes over the page the server has drawn.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(ui::app::App);
}
