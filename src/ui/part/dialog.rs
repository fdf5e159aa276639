//! A dialog: part of the page as long as there is no script, in front of it as soon as there is.

use super::{icon::Icon, steps::StatusTag};
use crate::model::job::JobStatus;
use leptos::{ev, html, prelude::*};

/// A dialog with an address of its own: closing it is going back there.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    /// Where closing leads.
    back: &'static str,
    #[prop(optional, into)] sub: Option<String>,
    #[prop(optional)] status: Option<JobStatus>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let close = NodeRef::<html::A>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        // Open from the server already, but with the page behind it within reach.
        dialog.close();
        let _ = dialog.show_modal();
    });
    let leave = move |event: ev::Event| {
        event.prevent_default();
        if let Some(close) = close.get_untracked() {
            close.click();
        }
    };
    let titled = format!("{id}-title");
    let labelled = titled.clone();
    view! {
        <dialog class="dialog" open aria-labelledby=labelled node_ref=dialog on:cancel=leave>
            <header class="dialog__head">
                <div class="grow">
                    <h2 id=titled tabindex="-1" autofocus>
                        {title}
                    </h2>
                    {sub.map(|sub| view! { <p class="muted">{sub}</p> })}
                </div>
                {status.map(|status| view! { <StatusTag status/> })}
                <a class="icon-btn" href=back aria-label="Close" node_ref=close>
                    <Icon name="#i-close"/>
                </a>
            </header>
            {children()}
        </dialog>
    }
}
