//! A failure shown as a failure, with the way to try again.

use super::icon::Icon;
use crate::{
    model::Error,
    ui::live::{Link, Live},
};
use leptos::prelude::*;

/// What went wrong, in a sentence; never an empty list.
#[component]
pub fn Trouble(error: Error, #[prop(optional)] retry: Option<Callback<()>>) -> impl IntoView {
    let title = match error {
        Error::NotFound => "Not here",
        Error::SignIn => "Sign in again",
        _ => "This could not be loaded",
    };
    let is_signed_out = error == Error::SignIn;
    if let Some(retry) = retry.filter(|_| error.may_retry()) {
        let live = expect_context::<Live>();
        // What failed while there was no connection is tried again when there is one.
        Effect::new(move |was_away: Option<bool>| {
            let is_away = matches!(live.link.get(), Link::Reconnecting | Link::Offline);
            if was_away == Some(true) && !is_away {
                retry.run(());
            }
            is_away
        });
    }
    view! {
        <div class="empty" role="alert">
            <Icon name="#i-alert-circle"/>
            <h2>{title}</h2>
            <p>{error.to_string()}</p>
            {retry
                .filter(|_| error.may_retry())
                .map(|retry| view! { <button class="btn" on:click=move |_| retry.run(())>"Try again"</button> })}
            {is_signed_out.then(|| view! { <a class="btn btn--primary" href="/login" rel="external">"Sign in"</a> })}
        </div>
    }
}
