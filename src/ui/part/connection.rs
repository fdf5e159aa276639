//! The state of the connection, said out loud.

use super::icon::Icon;
use crate::ui::live::{Link, Live};
use leptos::prelude::*;

/// The pill: connected, reconnecting, offline. Empty while the page is only what the server drew.
#[component]
pub fn ConnectionPill() -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let told = move || match live.link.get() {
        Link::Idle => ("idle", "#i-check-circle", ""),
        Link::Connected => ("online", "#i-check-circle", t.connected),
        Link::Http => ("http", "#i-check-circle", t.connected_http),
        Link::Reconnecting => ("connecting", "#i-refresh", t.reconnecting),
        Link::Offline => ("offline", "#i-offline", t.offline),
        Link::Crowded => ("offline", "#i-alert-circle", t.crowded),
        Link::SignedOut | Link::Stranger => ("offline", "#i-lock", t.signed_out),
    };
    let state = Signal::derive(move || told().0);
    let icon = Signal::derive(move || told().1);
    let words = Signal::derive(move || told().2);
    view! {
        <p class="conn" role="status" data-state=state>
            <Icon name=icon/>
            <span data-idle=t.connected>{words}</span>
        </p>
    }
}

/// What has to be done before anything is sent again, where it does not happen by itself.
#[component]
pub fn ConnectionNotice() -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let notice = move || {
        let (title, text, link) = match live.link.get() {
            Link::Crowded => (t.crowded_title, t.crowded_text, None),
            Link::SignedOut => (t.signed_out_title, t.signed_out_text, Some(("/login", "_blank", t.sign_in))),
            Link::Stranger => (t.stranger_title, t.stranger_text, Some(("", "_self", t.load_again))),
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
