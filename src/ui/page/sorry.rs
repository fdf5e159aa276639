//! What a plain form answers when it could not do what was asked.

use crate::{
    model::{Cid, Error, language::Language},
    ui::text::{Text, still::StillText},
};
use leptos::prelude::*;

/// A message that a plain form could not send, given back whole.
#[derive(Clone, Debug)]
pub struct Unsent {
    pub action: String,
    pub cid: Cid,
    pub body: String,
}

/// What went wrong, and what must not be lost over it.
#[derive(Clone, Debug)]
pub struct Sorry {
    pub error: Error,
    pub unsent: Option<Unsent>,
}

/// The page that says so.
#[component]
pub fn SorryPage(language: Language, sorry: Sorry) -> impl IntoView {
    let t = StillText::of(language);
    let Sorry { error, unsent } = sorry;
    let is_signed_out = error == Error::SignIn && unsent.is_some();
    let kept = unsent.map(|Unsent { action, cid, body }| {
        view! {
            <form class="stack stack--md" method="post" action=action>
                <input type="hidden" name="cid" value=cid.to_string()/>
                <div class="field">
                    <label class="field__label" for="body">{t.kept}</label>
                    <textarea class="input" id="body" name="body" rows="6">{body}</textarea>
                </div>
                <button class="btn btn--primary">{t.send_again}</button>
            </form>
        }
    });
    view! {
        <main class="page page--narrow" id="main">
            <div class="empty">
                <h1>{t.sorry}</h1>
                <p>{Text::of(language).error(&error)}</p>
                {kept}
                {is_signed_out
                    .then(|| {
                        view! {
                            <p>
                                {t.sign_in_begin}
                                <a href="/login" target="_blank">{t.another_tab}</a>
                                {t.sign_in_end}
                            </p>
                        }
                    })}
                <a class="btn" href="/">{t.go_home}</a>
            </div>
        </main>
    }
}
