//! A failure shown as a failure, with the way to try again.

use super::icon::Icon;
use crate::{
    model::Error,
    ui::{
        live::{Link, Live},
        text::text,
    },
};
use leptos::prelude::*;

/// What went wrong, in a sentence; never an empty list.
#[component]
pub fn Trouble(error: Error, #[prop(optional)] retry: Option<Callback<()>>) -> impl IntoView {
    let t = text();
    let title = match error {
        Error::NotFound => t.trouble_absent,
        Error::SignIn => t.trouble_sign_in,
        _ => t.trouble_load,
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
            <p>{t.error(&error)}</p>
            {retry
                .filter(|_| error.may_retry())
                .map(|retry| view! { <button class="btn" on:click=move |_| retry.run(())>{t.try_again}</button> })}
            {is_signed_out.then(|| view! { <a class="btn btn--primary" href="/login" rel="external">{t.sign_in}</a> })}
        </div>
    }
}
