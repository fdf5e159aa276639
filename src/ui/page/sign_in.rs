//! Signing in: a plain form, complete without any script.

use crate::{
    model::{Error, account::Attempt},
    ui::part::icon::Icon,
};
use leptos::prelude::*;

/// The sign-in page, with what went wrong the last time.
#[component]
pub fn SignIn(
    /// The address it posts to: its own, query included. Where to go afterwards is checked by the server.
    action: String,
    attempt: Option<Attempt>,
) -> impl IntoView {
    view! {
        <div class="signin">
            <Welcome/>
            <main class="signin__main" id="main">
                <form class="signin__form" aria-labelledby="signin-title" method="post" action=action>
                    <p class="wordmark signin__brand">
                        <Logo/>
                        "Confer"
                    </p>
                    <div class="stack stack--xs">
                        <h1 id="signin-title">"Sign in"</h1>
                        <p class="muted">"With the address your practice has invited"</p>
                    </div>
                    <Fields attempt/>
                    <button class="btn btn--primary btn--lg full">"Sign in"</button>
                    <p class="muted signin__help">"No account? Your practice sends you an invitation."</p>
                </form>
            </main>
        </div>
    }
}

#[component]
fn Fields(attempt: Option<Attempt>) -> impl IntoView {
    let email = attempt.as_ref().map(|attempt| attempt.email.clone());
    let wrong = attempt.map(|attempt| match attempt.error {
        Error::SignIn => "That password does not match this email. Check both, then try again.".to_owned(),
        Error::Slow { retry_ms } => {
            format!("Too many tries. Wait {} seconds, then try again.", retry_ms.div_ceil(1_000))
        }
        error => error.to_string(),
    });
    let is_wrong = wrong.is_some();
    let invalid = is_wrong.then_some("true");
    let describes = is_wrong.then_some("password-error");
    view! {
        <div class="field">
            <label class="field__label" for="email">"Email address"</label>
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
            <label class="field__label" for="password">"Password"</label>
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
fn Welcome() -> impl IntoView {
    view! {
        <aside class="signin__art" aria-label="About Confer">
            <p class="wordmark">
                <Logo/>
                "Confer"
            </p>
            <div class="art" aria-hidden="true">
                <div class="art__b" data-dir="in">
                    <span>"The wound looks dry today. Should I still keep it covered?"</span>
                    <small>"08:14"</small>
                </div>
                <div class="art__b" data-dir="out">
                    <span>"Yes please, until Thursday. I will look at it when I visit."</span>
                    <small>"08:21"</small>
                </div>
                <div class="art__b" data-dir="in">
                    <span>"Thank you Ingrid. See you then."</span>
                    <small>"08:22"</small>
                </div>
            </div>
            <div class="stack stack--md">
                <h2>"Talk with the people who look after you."</h2>
                <ul class="trust">
                    <li>
                        <Icon name="#i-lock"/>
                        "Private between you and your team"
                    </li>
                    <li>
                        <Icon name="#i-eye"/>
                        "You always see who can read"
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
