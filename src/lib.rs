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
