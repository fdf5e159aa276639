//! A dialog: part of the page as long as there is no script, in front of it as soon as there is.

use super::{icon::Icon, steps::StatusTag};
use crate::{model::job::JobStatus, ui::text::text};
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

/// A dialog with a title, and a button that leads back.
#[component]
pub fn Dialog(
    #[prop(into)] title: String,
    back: &'static str,
    #[prop(optional, into)] sub: Option<String>,
    #[prop(optional)] status: Option<JobStatus>,
    children: Children,
) -> impl IntoView {
    let t = text();
    view! {
        <Modal class="dialog" titled="dialog-title">
            <header class="dialog__head">
                <div class="grow">
                    <h2 id="dialog-title" tabindex="-1" autofocus>
                        {title}
                    </h2>
                    {sub.map(|sub| view! { <p class="muted">{sub}</p> })}
                </div>
                {status.map(|status| view! { <StatusTag status/> })}
                <a class="icon-btn" href=back aria-label=t.close data-close="">
                    <Icon name="#i-close"/>
                </a>
            </header>
            {children()}
        </Modal>
    }
}
