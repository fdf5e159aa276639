//! Looking for somebody or something on a sheet.

use super::Reader;
use crate::ui::part::icon::Icon;
use leptos::prelude::*;

/// The field, and which of all are wanted: at once with a script, with Enter without.
#[component]
pub fn Find(
    /// The page itself.
    action: &'static str,
    label: &'static str,
    example: &'static str,
    typed: String,
    /// Which of the ways is chosen.
    shown: &'static str,
    /// In the address, and on the page.
    ways: Vec<(&'static str, &'static str)>,
    /// On the page itself, not in a card.
    #[prop(optional)]
    bare: bool,
    reader: Reader,
) -> impl IntoView {
    let t = reader.text();
    let ways = ways
        .into_iter()
        .map(|(value, words)| {
            view! {
                <label>
                    <input type="radio" name="show" value=value checked=value == shown/>
                    {words}
                </label>
            }
        })
        .collect_view();
    view! {
        <form action=action class=if bare { "toolbar toolbar--bare" } else { "toolbar" } data-find="">
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
                    autocomplete="off"
                />
            </div>
            <fieldset class="seg">
                <legend class="vh">{t.find_show}</legend>
                {ways}
            </fieldset>
            <button class="btn no-script">{t.find_go}</button>
        </form>
    }
}
