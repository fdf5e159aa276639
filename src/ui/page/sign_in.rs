//! Signing in: a plain form, complete without any script.

use crate::{
    model::{Error, account::Attempt, language::Language},
    ui::{
        part::icon::Icon,
        text::{Text, fill, still::StillText},
    },
};
use leptos::prelude::*;

/// The sign-in page, with what went wrong the last time.
#[component]
pub fn SignIn(
    language: Language,
    /// The address it posts to: its own, query included. Where to go afterwards is checked by the server.
    action: String,
    attempt: Option<Attempt>,
) -> impl IntoView {
    let t = StillText::of(language);
    view! {
        <div class="signin">
            <Welcome t/>
            <main class="signin__main" id="main">
                <form class="signin__form" aria-labelledby="signin-title" method="post" action=action>
                    <p class="wordmark signin__brand">
                        <Logo/>
                        "Confer"
                    </p>
                    <div class="stack stack--xs">
                        <h1 id="signin-title">{t.sign_in}</h1>
                        <p class="muted">{t.invited}</p>
                    </div>
                    <Fields language attempt/>
                    <button class="btn btn--primary btn--lg full">{t.sign_in}</button>
                    <p class="muted signin__help">{t.no_account}</p>
                </form>
            </main>
        </div>
    }
}

#[component]
fn Fields(language: Language, attempt: Option<Attempt>) -> impl IntoView {
    let t = StillText::of(language);
    let email = attempt.as_ref().map(|attempt| attempt.email.clone());
    let wrong = attempt.map(|attempt| match attempt.error {
        Error::SignIn => t.wrong.to_owned(),
        Error::Slow { retry_ms } => fill(t.too_often, &[&retry_ms.div_ceil(1_000).to_string()]),
        error => Text::of(language).error(&error),
    });
    let is_wrong = wrong.is_some();
    let invalid = is_wrong.then_some("true");
    let describes = is_wrong.then_some("password-error");
    view! {
        <div class="field">
            <label class="field__label" for="email">{t.email}</label>
            <input
                class="input input--lg"
                id="email"
                name="email"
                type="email"
                autocomplete="username"
                inputmode="email"
                required
                value=email
                aria-invalid=invalid
                aria-describedby=describes
            />
        </div>
        <div class="field">
            <label class="field__label" for="password">{t.password}</label>
            <input
                class="input input--lg"
                id="password"
                name="password"
                type="password"
                autocomplete="current-password"
                required
                aria-invalid=invalid
                aria-describedby=describes
            />
            {wrong
                .map(|wrong| {
                    view! {
                        <p class="field__error" id="password-error" role="alert">
                            <Icon name="#i-alert-circle"/>
                            <span>{wrong}</span>
                        </p>
                    }
                })}
        </div>
    }
}

#[component]
fn Welcome(t: &'static StillText) -> impl IntoView {
    view! {
        <aside class="signin__art" aria-label=t.about>
            <p class="wordmark">
                <Logo/>
                "Confer"
            </p>
            <div class="art" aria-hidden="true">
                <div class="art__b" data-dir="in">
                    <span>{t.art_question}</span>
                    <small>"08:14"</small>
                </div>
                <div class="art__b" data-dir="out">
                    <span>{t.art_answer}</span>
                    <small>"08:21"</small>
                </div>
                <div class="art__b" data-dir="in">
                    <span>{t.art_thanks}</span>
                    <small>"08:22"</small>
                </div>
            </div>
            <div class="stack stack--md">
                <h2>{t.talk}</h2>
                <ul class="trust">
                    <li>
                        <Icon name="#i-lock"/>
                        {t.private}
                    </li>
                    <li>
                        <Icon name="#i-eye"/>
                        {t.readers}
                    </li>
                </ul>
            </div>
        </aside>
    }
}

#[component]
fn Logo() -> impl IntoView {
    view! {
        <svg aria-hidden="true">
            <use href="#i-logo"></use>
        </svg>
    }
}
