//! A dialog: part of the page as long as there is no script, in front of it as soon as there is.

use leptos::{ev, html, prelude::*};
use web_sys::{HtmlElement, wasm_bindgen::JsCast};

/// A dialog with an address of its own: closing it is following the link in it that is marked `data-close`.
#[component]
pub fn Modal(
    class: &'static str,
    /// The id of its title.
    titled: &'static str,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if dialog.matches(":modal") == Ok(true) {
            return;
        }
        // Open from the server already, but with the page behind it within reach.
        dialog.close();
        let _ = dialog.show_modal();
    });
    let leave = move |event: ev::Event| {
        event.prevent_default();
        let close =
            dialog.get_untracked().and_then(|dialog| dialog.query_selector("[data-close]").ok().flatten());
        if let Some(close) = close.and_then(|close| close.dyn_into::<HtmlElement>().ok()) {
            close.click();
        }
    };
    view! {
        <dialog class=class open aria-labelledby=titled node_ref=dialog on:cancel=leave>
            {children()}
        </dialog>
    }
}
