//! The place to write: a plain form that a script makes quicker.

use super::icon::Icon;
use crate::{
    model::{Cid, Error, RoomId, Why},
    ui::live::Live,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html::{Form, Textarea},
    prelude::*,
};

/// Writes to a room; says who can read it.
#[component]
pub fn Composer(
    room: RoomId,
    name: Signal<String>,
    readers: Signal<String>,
    form_cid: Cid,
    /// Sends; answers at once, because the message is shown as sending from then on.
    on_send: Callback<String, Result<(), Error>>,
) -> impl IntoView {
    let field = NodeRef::<Textarea>::new();
    let form = NodeRef::<Form>::new();
    let wrong = RwSignal::new(None::<Error>);
    let live = expect_context::<Live>();
    let t = live.texts;
    let keep = move || {
        if let Some(textarea) = field.get_untracked() {
            live.write(room, textarea.value());
        }
    };
    Effect::new(move |_| {
        let Some(textarea) = field.get() else { return };
        // Written before the script came, or before another conversation was looked into.
        if textarea.value().is_empty() {
            textarea.set_value(&live.text(room));
        } else {
            keep();
        }
        // A dialog is opened to write in it.
        if matches!(textarea.closest("dialog"), Ok(Some(_))) {
            let _ = textarea.focus();
        }
    });
    on_cleanup(move || live.cease());
    let send = move |submit: SubmitEvent| {
        submit.prevent_default();
        let Some(textarea) = field.get() else { return };
        match on_send.run(textarea.value()) {
            Ok(()) => {
                textarea.set_value("");
                live.write(room, String::new());
                wrong.set(None);
            }
            // Nothing written, nothing to say.
            Err(Error::Invalid { why: Why::Empty, .. }) => wrong.set(None),
            Err(error) => wrong.set(Some(error)),
        }
        let _ = textarea.focus();
    };
    let key = move |key: KeyboardEvent| {
        // While an input method composes, Enter chooses a word.
        if key.key() == "Enter" && !key.shift_key() && !key.is_composing() && !writes_by_touch() {
            key.prevent_default();
            if let Some(form) = form.get() {
                let _ = form.request_submit();
            }
        }
    };
    // Without a script one comes back to the page one wrote on.
    let back = live.address.with_untracked(|address| address.starts_with("/jobs/").then(|| address.clone()));
    let invalid = Signal::derive(move || wrong.with(|wrong| wrong.is_some().then_some("true")));
    view! {
        <form
            class="composer"
            aria-label=t.write
            method="post"
            action=format!("/chat/room/{room}")
            node_ref=form
            on:submit=send
        >
            <div class="composer__inner">
                <div class="composer__row">
                    <input type="hidden" name="cid" value=form_cid.to_string()/>
                    {back.map(|back| view! { <input type="hidden" name="back" value=back/> })}
                    <div class="composer__box">
                        <label class="vh" for="compose">{t.message_to} {name}</label>
                        <textarea
                            id="compose"
                            name="body"
                            rows="1"
                            dir="auto"
                            placeholder=t.write
                            aria-describedby="compose-hint"
                            aria-invalid=invalid
                            node_ref=field
                            on:keydown=key
                            on:input=move |_| keep()
                            on:blur=move |_| live.cease()
                        ></textarea>
                    </div>
                    <button class="btn btn--primary composer__send">
                        <Icon name="#i-send"/>
                        <span>{t.send}</span>
                    </button>
                </div>
                {move || {
                    wrong
                        .get()
                        .map(|error| {
                            view! {
                                <p class="field__error" role="alert">
                                    <Icon name="#i-alert-circle"/>
                                    <span>{t.error(&error)}</span>
                                </p>
                            }
                        })
                }}
                <p class="field__error" id="no-files" role="alert" hidden=true>
                    <Icon name="#i-alert-circle"/>
                    <span>{t.no_files}</span>
                </p>
                <div class="composer__hint" id="compose-hint">
                    <span>
                        <Icon name="#i-users"/>
                        {readers}
                    </span>
                    <span class="composer__keys">
                        <kbd>{t.key_enter}</kbd>
                        {t.key_sends}
                        <kbd>{t.key_shift}</kbd>
                        " + "
                        <kbd>{t.key_enter}</kbd>
                        {t.key_breaks}
                    </span>
                </div>
            </div>
        </form>
    }
}

// On a touch keyboard Enter is for new lines; the button is under the thumb.
fn writes_by_touch() -> bool {
    window()
        .match_media("(hover: none) and (pointer: coarse)")
        .ok()
        .flatten()
        .is_some_and(|touch| touch.matches())
}
