//! A path nothing stands at.

use crate::ui::{app::PageHead, part::title::Title};
use leptos::prelude::*;

/// Says so, and leads home.
#[component]
pub fn Missing() -> impl IntoView {
    if let Some(head) = use_context::<PageHead>() {
        head.answer(404);
    }
    view! {
        <Title text="Not here"/>
        <main class="page page--narrow" id="main">
            <div class="empty">
                <h1>"There is nothing here"</h1>
                <p>"The address may be old, or mistyped."</p>
                <a class="btn btn--primary" href="/">"Go to your home page"</a>
            </div>
        </main>
    }
}
