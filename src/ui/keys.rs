//! Keys that lead from one place of the page to another, and where the focus goes when a place opens or closes.

use leptos::{ev, prelude::*};
use web_sys::{Element, FocusOptions, HtmlElement, wasm_bindgen::JsCast};

/// From now on they do. One listener for all of them: each place having its own would weigh more.
pub fn listen() {
    let keys = window_event_listener(ev::keydown, |event| {
        let key = event.key();
        let done = match (event.alt_key(), key.as_str()) {
            (true, up_or_down @ ("ArrowUp" | "ArrowDown")) => go_beside(up_or_down == "ArrowUp"),
            (false, up_or_down @ ("ArrowUp" | "ArrowDown")) => step(up_or_down == "ArrowUp"),
            (false, "Escape") => within("#details").and_then(|details| press(&details, "[data-close]")),
            (false, "End") => within(".log").and_then(|log| press(&log, ".jump:not([hidden])")),
            _ => None,
        };
        if done.is_some() {
            event.prevent_default();
        }
    });
    // For as long as the page lives.
    std::mem::forget(keys);
}

/// Whether nothing has the focus: what had it is gone.
pub fn is_focus_lost() -> bool {
    document().active_element().is_none_or(|active| active.tag_name() == "BODY")
}

/// Gives something the focus without moving what is looked at.
pub fn focus_in_place(to: &HtmlElement) {
    let still = FocusOptions::new();
    still.set_prevent_scroll(true);
    let _ = to.focus_with_options(&still);
}

/// To the details that a link has opened; back to their button from those that have closed around the focus.
pub fn move_focus() {
    let details = document().get_element_by_id("details-title");
    let active = document().active_element();
    let is_link = active.is_some_and(|active| active.has_attribute("data-stay"));
    let to = match details {
        Some(details) if is_link => Some(details),
        None if is_focus_lost() => document().get_element_by_id("details-button"),
        _ => None,
    };
    if let Some(to) = to {
        let _ = to.unchecked_into::<HtmlElement>().focus();
    }
}

/// Back to what has opened a dialog that is gone, if it is still there.
pub fn return_focus() -> bool {
    let Ok(Some(opener)) = document().query_selector("[data-opener]") else { return false };
    let _ = opener.remove_attribute("data-opener");
    opener.unchecked_into::<HtmlElement>().focus().is_ok()
}

// The place of that kind the focus is in.
fn within(place: &str) -> Option<Element> {
    document().active_element()?.closest(place).ok()?
}

// Presses what is found there.
fn press(place: &Element, what: &str) -> Option<()> {
    place.query_selector(what).ok()??.unchecked_into::<HtmlElement>().click();
    Some(())
}

// Opens the conversation before or after the open one, as the list shows them.
fn go_beside(is_up: bool) -> Option<()> {
    let open = document().query_selector(".pane--list .convo[aria-current]").ok()??.closest("li").ok()??;
    press(&if is_up { open.previous_element_sibling() } else { open.next_element_sibling() }?, "a")
}

// From the ticks of one own message to those of another.
fn step(is_up: bool) -> Option<()> {
    let (from, log) = (within(".msg")?, within(".log")?);
    let ticks = log.query_selector_all("a.ticks[href]").ok()?;
    let at = (0..ticks.length()).find(|at| ticks.item(*at).is_some_and(|one| from.contains(Some(&one))))?;
    let next = ticks.item(if is_up { at.checked_sub(1)? } else { at + 1 })?;
    next.unchecked_into::<HtmlElement>().focus().ok()
}
