//! Looking for somebody in a list: at once with a script, with Enter without.

use super::icon::Icon;
use crate::ui::text::text;
use leptos::prelude::*;

/// The field, and whether only some of the list are wanted.
#[component]
pub fn Find(
    /// The page itself, for those without a script.
    action: &'static str,
    label: &'static str,
    example: &'static str,
    /// What was typed, in small letters.
    words: RwSignal<String>,
    /// Whether only some are wanted.
    only: RwSignal<bool>,
    /// What these are called: in the address, and on the page.
    only_word: (&'static str, &'static str),
    all_word: &'static str,
    /// In a narrow place.
    #[prop(optional)]
    slim: bool,
) -> impl IntoView {
    let t = text();
    let (typed, is_only) = (words.get_untracked(), only.get_untracked());
    let find = move |event| words.set(event_target_value(&event).trim().to_lowercase());
    let (form, seg) = if slim { ("find", "seg seg--sm seg--fill") } else { ("toolbar toolbar--bare", "seg") };
    view! {
        <form action=action class=form on:submit=|event| event.prevent_default()>
            <div class="search" role="search">
                <label class="vh" for="find">
                    {label}
                </label>
                <Icon name="#i-search"/>
                <input
                    class="input"
                    id="find"
                    name="q"
                    type="search"
                    placeholder=example
                    value=typed
                    on:input=find
                />
            </div>
            <fieldset class=seg>
                <legend class="vh">{t.find_show}</legend>
                <label>
                    <input type="radio" name="show" value="all" checked=!is_only on:change=move |_| only.set(false)/>
                    {all_word}
                </label>
                <label>
                    <input
                        type="radio"
                        name="show"
                        value=only_word.0
                        checked=is_only
                        on:change=move |_| only.set(true)
                    />
                    {only_word.1}
                </label>
            </fieldset>
        </form>
    }
}
