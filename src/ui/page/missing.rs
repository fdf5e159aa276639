//! A path nothing stands at.

use crate::ui::app::PageStatus;
use leptos::prelude::*;
use leptos_meta::Title;

/// Says so, and leads home.
#[component]
pub fn Missing() -> impl IntoView {
    if let Some(status) = use_context::<PageStatus>() {
        status.set(404);
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
