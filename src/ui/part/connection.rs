//! The state of the connection, said out loud.

use super::icon::Icon;
use crate::ui::live::{Link, Live};
use leptos::prelude::*;

/// The pill: connected, reconnecting, offline. Empty while the page is only what the server drew.
#[component]
pub fn ConnectionPill() -> impl IntoView {
    let live = expect_context::<Live>();
    let state = Signal::derive(move || match live.link.get() {
        Link::Idle => "idle",
        Link::Connected => "online",
        Link::Reconnecting => "connecting",
        Link::Offline => "offline",
    });
    let icon = Signal::derive(move || match live.link.get() {
        Link::Idle | Link::Connected => "#i-check-circle",
        Link::Reconnecting => "#i-refresh",
        Link::Offline => "#i-offline",
    });
    let words = Signal::derive(move || match live.link.get() {
        Link::Idle => "",
        Link::Connected => "Connected",
        Link::Reconnecting => "Reconnecting…",
        Link::Offline => "Offline",
    });
    view! {
        <p class="conn" role="status" data-state=state>
            <Icon name=icon/>
            <span>{words}</span>
        </p>
    }
}
