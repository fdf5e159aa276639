//! What a plain form answers when it could not do what was asked.

use crate::model::{Cid, Error};
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
pub fn SorryPage(sorry: Sorry) -> impl IntoView {
    let Sorry { error, unsent } = sorry;
    let is_signed_out = error == Error::SignIn && unsent.is_some();
    let kept = unsent.map(|Unsent { action, cid, body }| {
        view! {
            <form class="stack stack--md" method="post" action=action>
                <input type="hidden" name="cid" value=cid.to_string()/>
                <div class="field">
                    <label class="field__label" for="body">"Your message is still here"</label>
                    <textarea class="input" id="body" name="body" rows="6">{body}</textarea>
                </div>
                <button class="btn btn--primary">"Send again"</button>
            </form>
        }
    });
    view! {
        <main class="page page--narrow" id="main">
            <div class="stack">
                <h1>"That did not work"</h1>
                <p>{error.to_string()}</p>
                {kept}
                {is_signed_out
                    .then(|| {
                        view! {
                            <p>
                                "Sign in in "
                                <a href="/login" target="_blank">"another tab"</a>
                                ", then come back here and send it."
                            </p>
                        }
                    })}
                <p><a href="/">"Go to your home page"</a></p>
            </div>
        </main>
    }
}
