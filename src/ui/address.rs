//! Where in the app the reader is, and how following a link changes it without a new page.
//!
//! A router of our own: its few routes need no library's, which would be a tenth of the first load.

use super::{
    keys::{move_focus, return_focus},
    live::Live,
};
use crate::model::{JobId, RoomId, language::Language};
use leptos::{ev, prelude::*};
use std::time::Duration;
use web_sys::{HtmlAnchorElement, HtmlElement, wasm_bindgen::JsCast};

/// What a page is drawn for; on the server as the request says, in the browser as the window does.
#[derive(Clone, Debug)]
pub struct PageAddress {
    /// Path and query.
    pub address: String,
    pub language: Language,
}

impl PageAddress {
    /// The window's own, in the language the server has drawn it in.
    pub fn of_window() -> PageAddress {
        let tag = document().document_element().and_then(|root| root.get_attribute("lang"));
        let language = tag.and_then(|tag| Language::from_tag(&tag)).unwrap_or_default();
        PageAddress { address: of_window(), language }
    }
}

/// Which page stands at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Home,
    Patients,
    Messages(Option<RoomId>),
    /// The directory, with a conversation open in front of it.
    Team(Option<RoomId>),
    /// The board, with one of its jobs open.
    Jobs(Option<JobId>),
    JobChat(JobId),
    Settings,
    Notices,
    Missing,
}

impl Route {
    /// The page at a path; a query does not matter.
    pub fn of(address: &str) -> Route {
        let path = address.split(['?', '#']).next().unwrap_or_default();
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [] => Route::Home,
            ["patients"] => Route::Patients,
            ["chat"] => Route::Messages(None),
            ["chat", "room", id] => id.parse().map_or(Route::Missing, |id| Route::Messages(Some(id))),
            ["team"] => Route::Team(None),
            ["team", "chat", id] => id.parse().map_or(Route::Missing, |id| Route::Team(Some(id))),
            ["jobs"] => Route::Jobs(None),
            ["jobs", id] => id.parse().map_or(Route::Missing, |id| Route::Jobs(Some(id))),
            ["jobs", id, "chat"] => id.parse().map_or(Route::Missing, Route::JobChat),
            ["settings"] => Route::Settings,
            ["notifications"] => Route::Notices,
            _ => Route::Missing,
        }
    }
}

/// A value of an address's query, as it stands there.
pub fn query<'a>(address: &'a str, name: &str) -> Option<&'a str> {
    let (_, query) = address.split_once('?')?;
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// A value of an address's query, as somebody typed it into a form.
pub fn typed(address: &str, name: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = query(address, name).unwrap_or_default().as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let escaped = others.get(..2).filter(|_| *first == b'%');
        let escaped =
            escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(match escaped {
            Some(byte) => byte,
            None if *first == b'+' => b' ',
            None => *first,
        });
        rest = if escaped.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The window's own address.
pub fn of_window() -> String {
    let location = window().location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// From now on links to pages of the app change the address instead of loading a page.
pub fn listen(live: Live) {
    let follow = window_event_listener(ev::click, move |click| {
        let is_plain = click.button() == 0 && !click.meta_key() && !click.ctrl_key() && !click.shift_key();
        if !is_plain || click.default_prevented() {
            return;
        }
        let target = click.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
        let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) else { return };
        let is_elsewhere =
            Some(link.origin()) != window().location().origin().ok() || !link.hash().is_empty();
        let address = link.pathname() + &link.search();
        let stays = Route::of(&address) != Route::Missing;
        if is_elsewhere || !stays || link.has_attribute("download") || !link.target().is_empty() {
            return;
        }
        click.prevent_default();
        let is_away = !link.has_attribute("data-stay");
        let follow = move || {
            if is_away {
                go(live, address);
            } else if turn(live, address) {
                request_animation_frame(move_focus);
            }
        };
        // That it was pressed is seen first; a page nobody sees has no frames.
        if document().hidden() {
            follow();
        } else {
            request_animation_frame(move || set_timeout(follow, Duration::ZERO));
        }
    });
    let back = window_event_listener(ev::popstate, move |_| {
        let (was, is) = (live.address.get_untracked(), of_window());
        // Another page is not what the reader had opened here.
        let is_same = was.split('?').next() == is.split('?').next();
        request_animation_frame(move || {
            if is_same {
                move_focus();
            } else {
                return_focus();
            }
        });
        live.address.set(is);
    });
    // For as long as the page lives.
    std::mem::forget((follow, back));
}

/// Goes to another page of the app.
pub fn go(live: Live, address: String) {
    let opener = if has_dialog() { None } else { document().active_element() };
    if turn(live, address) {
        request_animation_frame(move || match opener {
            // A dialog comes and goes in front of a page that stays as it is.
            Some(opener) if has_dialog() => {
                let _ = opener.set_attribute("data-opener", "");
            }
            None if has_dialog() || return_focus() => {}
            _ => arrive(),
        });
    }
}

fn has_dialog() -> bool {
    matches!(document().query_selector("dialog"), Ok(Some(_)))
}

/// Changes what the page shows; the reader stays where they are.
fn turn(live: Live, address: String) -> bool {
    let Ok(history) = window().history() else { return false };
    let null = web_sys::wasm_bindgen::JsValue::NULL;
    let is_done = history.push_state_with_url(&null, "", Some(&address)).is_ok();
    if is_done {
        live.address.set(address);
    }
    is_done
}

/// What a fresh page does by itself: it starts at the top, and reading starts at its content.
fn arrive() {
    window().scroll_to_with_x_and_y(0.0, 0.0);
    let main = document().get_element_by_id("main").and_then(|main| main.dyn_into::<HtmlElement>().ok());
    if let Some(main) = main {
        main.set_tab_index(-1);
        let _ = main.focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_its_page_and_others_have_none() {
        assert_eq!(Route::of("/"), Route::Home);
        assert_eq!(Route::of("/?tab=team"), Route::Home);
        assert_eq!(Route::of("/patients?q=a"), Route::Patients);
        assert_eq!(Route::of("/chat"), Route::Messages(None));
        assert_eq!(Route::of("/chat/"), Route::Messages(None));
        assert_eq!(Route::of("/chat/room/7?before=3"), Route::Messages(Some(RoomId(7))));
        for missing in
            ["/chat/room", "/chat/room/x", "/chat/room/7/8", "/chats", "/chat/7", "/login", "/index.html"]
        {
            assert_eq!(Route::of(missing), Route::Missing, "{missing}");
        }
    }

    #[test]
    fn a_query_is_read_by_name() {
        assert_eq!(query("/chat/room/7?a=1&before=3", "before"), Some("3"));
        assert_eq!(query("/chat/room/7?xbefore=3", "before"), None);
        assert_eq!(query("/chat/room/7", "before"), None);
    }

    #[test]
    fn what_was_typed_is_read_as_it_was_meant() {
        assert_eq!(typed("/chat?q=Ana+M%C3%BCller&show=unread", "q"), "Ana Müller");
        assert_eq!(typed("/chat?q=100%&x=%zz%4", "q"), "100%");
        assert_eq!(typed("/chat", "q"), "");
    }

    #[test]
    fn jobs_have_their_pages() {
        assert_eq!(Route::of("/team/chat/7"), Route::Team(Some(RoomId(7))));
        assert_eq!(Route::of("/jobs/"), Route::Jobs(None));
        assert_eq!(Route::of("/jobs/7?show=all"), Route::Jobs(Some(JobId(7))));
        assert_eq!(Route::of("/jobs/7/chat"), Route::JobChat(JobId(7)));
        assert_eq!(Route::of("/jobs/x"), Route::Missing);
        assert_eq!(Route::of("/settings?done=saved"), Route::Settings);
        assert_eq!(Route::of("/notifications"), Route::Notices);
    }
}
