//! What the browser's tab is called.

use crate::ui::app::PageHead;
use leptos::prelude::*;

/// Names the page: on the server in its head, in the browser at the tab.
#[component]
pub fn Title(#[prop(into)] text: String) -> impl IntoView {
    let title = format!("{text} · Confer");
    if let Some(head) = use_context::<PageHead>() {
        head.name(&title);
    }
    Effect::new(move |_| document().set_title(&title));
}
