//! How long to wait before the next try: growing, jittered, cut short when there is a reason to hope.

use futures::{
    FutureExt, StreamExt,
    channel::mpsc::{UnboundedReceiver, unbounded},
    select_biased,
};
use leptos::{ev, prelude::*};
use wasm_bindgen_futures::JsFuture;

const FIRST_MS: f64 = 500.0;
const LONGEST_MS: f64 = 30_000.0;
/// A restarting server is come back to within this, each client at a moment of its own.
const RESTART_MS: f64 = 10_000.0;

/// The waiting of one page.
pub struct Retry {
    tries: i32,
    hopes: UnboundedReceiver<()>,
}

impl Retry {
    /// Nothing tried yet; listens for the network coming back and the page being looked at.
    pub fn new() -> Self {
        let (hope, hopes) = unbounded();
        let again = hope.clone();
        window_event_listener(ev::online, move |_| {
            let _ = hope.unbounded_send(());
        });
        let _ = leptos::leptos_dom::helpers::window_event_listener_untyped("focus", move |_| {
            let _ = again.unbounded_send(());
        });
        Retry { tries: 0, hopes }
    }

    /// The last connection worked.
    pub fn start_over(&mut self) {
        self.tries = 0;
    }

    /// Waits before the next try.
    pub async fn wait(&mut self, is_restart: bool) {
        let longest_ms =
            if is_restart { RESTART_MS } else { (FIRST_MS * 2f64.powi(self.tries)).min(LONGEST_MS) };
        self.tries = (self.tries + 1).min(10);
        // Full jitter: a thousand clients that lost one server must not come back together.
        let wait_ms = FIRST_MS.max(js_sys::Math::random() * longest_ms);
        // A hope from before this wait is no reason to hurry.
        while self.hopes.next().now_or_never().is_some_and(|hope| hope.is_some()) {}
        let mut timer = Box::pin(sleep(wait_ms as i32).fuse());
        select_biased! {
            _ = self.hopes.next() => {}
            () = timer => {}
        }
    }
}

/// Resolves after so many milliseconds.
pub async fn sleep(ms: i32) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, ms);
    });
    let _ = JsFuture::from(promise).await;
}
