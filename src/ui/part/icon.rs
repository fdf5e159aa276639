//! An icon from the sprite at the end of the page.

use leptos::prelude::*;

/// A drawing that repeats what words beside it say.
#[component]
pub fn Icon(
    /// The address of its symbol: "#i-chat".
    #[prop(into)]
    name: Signal<&'static str>,
    #[prop(default = "icon")] class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=class aria-hidden="true">
            <use href=name></use>
        </svg>
    }
}
