//! What the browser's tab is called.

use crate::ui::{app::PageHead, live::Live};
use leptos::prelude::*;

/// Names the page: on the server in its head, in the browser at the tab, with what is unread.
#[component]
pub fn Title(#[prop(into)] text: Signal<String>) -> impl IntoView {
    let live = expect_context::<Live>();
    let title = move || match live.total_unread() {
        0 => format!("{} · Confer", text.get()),
        unread => format!("({unread}) {} · Confer", text.get()),
    };
    if let Some(head) = use_context::<PageHead>() {
        head.name(&untrack(title));
    }
    Effect::new(move |_| document().set_title(&title()));
}
