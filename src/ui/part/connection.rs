//! The state of the connection, said out loud.

use super::icon::Icon;
use crate::ui::live::{Link, Live};
use leptos::prelude::*;

/// The pill: connected, reconnecting, offline. Empty while the page is only what the server drew.
#[component]
pub fn ConnectionPill() -> impl IntoView {
    let live = expect_context::<Live>();
    let told = move || match live.link.get() {
        Link::Idle => ("idle", "#i-check-circle", ""),
        Link::Connected => ("online", "#i-check-circle", "Connected"),
        Link::Http => ("http", "#i-check-circle", "Connected by HTTP"),
        Link::Reconnecting => ("connecting", "#i-refresh", "Reconnecting…"),
        Link::Offline => ("offline", "#i-offline", "Offline"),
        Link::Crowded => ("offline", "#i-alert-circle", "Too many tabs"),
        Link::SignedOut | Link::Stranger => ("offline", "#i-lock", "Signed out"),
    };
    let state = Signal::derive(move || told().0);
    let icon = Signal::derive(move || told().1);
    let words = Signal::derive(move || told().2);
    view! {
        <p class="conn" role="status" data-state=state>
            <Icon name=icon/>
            <span>{words}</span>
        </p>
    }
}

/// What has to be done before anything is sent again, where it does not happen by itself.
#[component]
pub fn ConnectionNotice() -> impl IntoView {
    let live = expect_context::<Live>();
    let notice = move || {
        let (title, text, link) = match live.link.get() {
            Link::Crowded => (
                "Confer is open in too many tabs.",
                "Close some of them; this one then connects by itself.",
                None,
            ),
            Link::SignedOut => (
                "You are signed out.",
                "What you wrote is kept here, and sent once you have signed in again.",
                Some(("/login", "_blank", "Sign in")),
            ),
            Link::Stranger => (
                "Somebody else has signed in on this device.",
                "What you wrote was not sent. Copy it if you need it, then load the page again.",
                Some(("", "_self", "Load again")),
            ),
            _ => return None,
        };
        let link = link.map(|(href, target, words)| {
            view! { <a class="btn btn--sm" href=href target=target rel="external">{words}</a> }
        });
        Some(view! {
            <div class="banner banner--strip" data-tone="danger" role="alert">
                <Icon name="#i-lock"/>
                <p>
                    <strong>{title}</strong>
                    " "
                    {text}
                </p>
                {link}
            </div>
        })
    };
    view! { <div class="notice">{notice}</div> }
}
