//! A path nothing stands at.

use crate::ui::{app::PageHead, part::title::Title, text::text};
use leptos::prelude::*;

/// Says so, and leads home.
#[component]
pub fn Missing() -> impl IntoView {
    let t = text();
    if let Some(head) = use_context::<PageHead>() {
        head.answer(404);
    }
    view! {
        <Title text=t.trouble_absent/>
        <main class="page page--narrow" id="main">
            <div class="empty">
                <h1>{t.missing}</h1>
                <p>{t.missing_text}</p>
                <a class="btn btn--primary" href="/">{t.go_home}</a>
            </div>
        </main>
    }
}
