//! Looking for somebody in a list: at once with a script, with Enter without.
//!
//! Which part of the list is wanted goes by number; the first is all of it.

use super::icon::Icon;
use crate::ui::{address::query, text::text};
use leptos::prelude::*;

/// The field, and which part of the list is wanted.
#[component]
pub fn Find(
    /// The page itself, for those without a script.
    action: &'static str,
    label: &'static str,
    example: &'static str,
    /// What was typed, in small letters.
    words: RwSignal<String>,
    /// Which part is wanted.
    part: RwSignal<usize>,
    /// What the parts are called: in the address, and on the page.
    parts: Vec<(&'static str, &'static str)>,
    /// In a narrow place.
    #[prop(optional)]
    slim: bool,
) -> impl IntoView {
    let t = text();
    let (typed, chosen) = (words.get_untracked(), part.get_untracked());
    let find = move |event| words.set(event_target_value(&event).trim().to_lowercase());
    let way = |(at, (value, name))| {
        view! {
            <label>
                <input
                    type="radio"
                    name="show"
                    value=value
                    checked=at == chosen
                    on:change=move |_| part.set(at)
                />
                {name}
            </label>
        }
    };
    let ways = parts.into_iter().enumerate().map(way).collect_view();
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
                {ways}
            </fieldset>
        </form>
    }
}

/// The part an address asks for, by its name.
pub fn asked(address: &str, parts: &[(&str, &str)]) -> usize {
    let name = query(address, "show");
    parts.iter().position(|(value, _)| Some(*value) == name).unwrap_or_default()
}
