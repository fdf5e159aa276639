//! What is dragged over the page, dropped or pasted: words go to where one writes, and a file never takes the page,
//! and what is written on it, away.

use super::live::Live;
use leptos::{leptos_dom::helpers::window_event_listener_untyped, prelude::*};
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Element, Event, HtmlDocument, HtmlElement, wasm_bindgen::JsCast,
};

const CONVERSATION: &str = ".pane--thread, .dialog--chat";
/// Carried by the conversation something is dragged over.
const DRAG: &str = "data-drag";

/// From now on. One listener for all of them, as for keys.
pub fn listen(live: Live) {
    for name in ["dragover", "dragleave", "drop", "paste"] {
        let listener = window_event_listener_untyped(name, move |event| {
            let _ = bring(live, &event);
        });
        // For as long as the page lives.
        std::mem::forget(listener);
    }
}

fn bring(live: Live, event: &Event) -> Option<()> {
    let name = event.type_();
    let (is_over, is_paste) = (name == "dragover", name == "paste");
    let marked = || document().query_selector("[data-drag]").ok().flatten();
    if let Some(marked) = (!is_over).then(marked).flatten() {
        let _ = marked.remove_attribute(DRAG);
    }
    if name == "dragleave" {
        return None;
    }
    let data = match is_paste {
        true => event.unchecked_ref::<ClipboardEvent>().clipboard_data(),
        false => event.unchecked_ref::<DragEvent>().data_transfer(),
    }?;
    let target = event.target()?.unchecked_into::<Element>();
    let within = |place| target.closest(place).ok().flatten();
    let has_files = data.types().includes(&"Files".into(), 0);
    // Hidden from this page until it is dropped.
    let words = data.get_data("text/plain").unwrap_or_default();
    let is_field = within("input, textarea").is_some();
    let conversation = within(CONVERSATION);
    let is_here = conversation.is_some() || (is_paste && !is_field);
    // The browser does it better, or it is nobody's business.
    if (is_field && (!has_files || !words.is_empty())) || !(is_here || has_files) {
        return None;
    }
    event.prevent_default();
    if is_over {
        return conversation?.set_attribute(DRAG, "").ok();
    }
    let field = document().get_element_by_id("compose").filter(|_| is_here)?;
    if words.is_empty() {
        return has_files.then(|| take(live, &data));
    }
    field.unchecked_into::<HtmlElement>().focus().ok()?;
    // At the caret, as if it was typed: it can be undone, and the field hears of it.
    let page = document().unchecked_into::<HtmlDocument>();
    page.exec_command_with_show_ui_and_value("insertText", false, &words).ok().map(drop)
}

/// Files for the open conversation. They cannot be sent yet, and whoever brought them is told.
fn take(live: Live, _files: &DataTransfer) {
    live.has_files.set(true);
}
