//! Pages whose content the server draws whole: nothing of them is in the browser's half but this frame, which has them
//! drawn again when something happens, and keeps up who is there.

use super::redraw::Redraw;
use crate::{
    api,
    model::{
        account::{Me, Role},
        presence::Presence,
    },
    ui::{
        address::Route,
        fetch::{Await, Fetch, Fetched, fetch, unexpected},
        keys::focus_in_place,
        live::{Link, Live, browser_now_ms},
        morph::morph,
        part::{
            connection::ConnectionPill,
            frame::{Inside, Place},
            icon::Icon,
            title::Title,
        },
        text::text,
    },
};
use leptos::{ev, html::Div, prelude::*, task::spawn_local};
use std::time::Duration;
use web_sys::{
    Element, FormData, HtmlDialogElement, HtmlElement, HtmlFormElement, UrlSearchParams, wasm_bindgen::JsCast,
};

/// A sheet tells how long ago things were, to the minute.
const MINUTE_MS: i64 = 60_000;

/// A sheet in the frame of every page.
#[component]
pub fn Drawn(title: &'static str, place: Place) -> impl IntoView {
    let t = text();
    let page = move |me: Me| {
        let is_visits = place == Place::Jobs && me.person.role == Role::Patient;
        let title = if is_visits { t.visits_way } else { title };
        // How the connection is, where everything else begins.
        let corner = (place == Place::Home).then(|| {
            view! {
                <div class="page__corner">
                    <ConnectionPill/>
                    <a class="icon-btn only-phone" href="/notifications" aria-label=t.notifications>
                        <Icon name="#i-bell"/>
                    </a>
                </div>
            }
        });
        let sheet = ask_for_sheet();
        view! {
            <Title text=title/>
            <main class="page" id="main">
                {corner}
                <Sheet sheet/>
            </main>
        }
        .into_any()
    };
    view! { <Inside place page/> }
}

/// A sheet on its way, and the address it was asked for at.
#[derive(Clone, Copy)]
pub struct Asked {
    drawn: Fetch,
    asked: StoredValue<String>,
}

/// Asks for the sheet of the page at this address: once, as the page is drawn; from then on it is changed in its place.
pub fn ask_for_sheet() -> Asked {
    let live = expect_context::<Live>();
    let asked = StoredValue::new(live.address.get_untracked());
    let ask = move || {
        let address = live.address.get_untracked();
        asked.set_value(address.clone());
        async move { api::sheet::sheet(address).await.map(Fetched::Sheet) }
    };
    Asked { drawn: fetch(RwSignal::new(0), ask), asked }
}

/// What the server draws of the page at this address.
#[component]
pub fn Sheet(sheet: Asked) -> impl IntoView {
    let Asked { drawn, asked } = sheet;
    let draw = move |fetched| match fetched {
        Fetched::Sheet(html) => view! { <Living html asked=asked.get_value()/> }.into_any(),
        _ => unexpected(),
    };
    view! { <Await fetch=drawn draw/> }
}

#[component]
fn Living(
    html: String,
    /// The address it was drawn for.
    asked: String,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let place = NodeRef::<Div>::new();
    let redraw = StoredValue::new(Redraw::default());
    let mine = page_of(&live.address.get_untracked());
    // What was new on these is not, once it is drawn again, and what was chosen would be lost.
    let is_still = matches!(mine, Route::Settings | Route::Notices);
    let wrong = RwSignal::new(String::new());
    let draw = move |is_asked_for: bool| {
        let address = live.address.try_get_untracked().filter(|address| page_of(address) == mine);
        // The reader is elsewhere by now, or is somebody else.
        let is_theirs = !matches!(live.link.get_untracked(), Link::SignedOut | Link::Stranger);
        let turn = redraw.try_update_value(|redraw| redraw.ask(browser_now_ms())).filter(|_| is_theirs);
        let (Some(address), Some(turn)) = (address, turn) else { return };
        spawn_local(async move {
            let drawn = api::sheet::sheet(address.clone()).await;
            // Whoever types on asks for another one meanwhile, and so may what happens.
            let is_wanted = live.address.try_get_untracked().as_ref() == Some(&address);
            let (Some(place), true) = (place.try_get_untracked().flatten(), is_wanted) else { return };
            match drawn {
                Ok(fresh) if redraw.try_update_value(|redraw| redraw.show(turn)) == Some(true) => {
                    wrong.set(String::new());
                    put(live, &place, &fresh);
                }
                // What could not be drawn now is drawn with the next reason to.
                Err(error) if is_asked_for => wrong.set(live.texts.error(&error)),
                _ => {}
            }
        });
    };
    let renew = move |at_once: bool| {
        if at_once {
            draw(true);
        } else if let Some(wait) = redraw.try_update_value(|redraw| redraw.wait(browser_now_ms())).flatten() {
            set_timeout(move || draw(false), wait);
        }
    };
    Effect::new(move |was: Option<String>| {
        let address = live.address.get();
        live.stir.track();
        // On leaving for another page it stays as it was.
        if page_of(&address) == mine && !is_still {
            match was {
                Some(was) => renew(was != address),
                // One went on while it was on its way.
                None if asked != address => renew(true),
                None => {}
            }
        }
        address
    });
    Effect::new(move |_| {
        let tick = move || {
            if !is_still && !document().hidden() {
                renew(false);
            }
        };
        let minute = set_interval_with_handle(tick, Duration::from_millis(MINUTE_MS.unsigned_abs()));
        on_cleanup(move || minute.into_iter().for_each(|minute| minute.clear()));
    });
    Effect::new(move |_| {
        live.track_presence();
        if let Some(place) = place.get() {
            let follows = place.query_selector("[data-follows]").ok().flatten().is_some();
            let is_other = mark(live, &place);
            // What is not yet in its page cannot stand in front of it.
            request_animation_frame(move || front(&place));
            // More than a mark of it may be drawn.
            if is_other && follows {
                renew(false);
            }
        }
    });
    // Told to a dialog alone, on its way there it can be heard.
    let leave = |event: ev::Event| {
        let dialog = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let close = dialog.and_then(|dialog| dialog.query_selector("[data-close]").ok().flatten());
        if let Some(close) = close.and_then(|close| close.dyn_into::<HtmlElement>().ok()) {
            event.prevent_default();
            close.click();
        }
    };
    // It is gone at once, whatever the network does; the page behind it is drawn anew.
    let close = |event: ev::MouseEvent| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let dialog = target
            .and_then(|target| target.closest("[data-close]").ok().flatten())
            .and_then(|close| close.closest("dialog").ok().flatten());
        if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok()) {
            dialog.close();
        }
    };
    let find = move |event: ev::Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let form = target.and_then(|target| target.closest("form[data-find]").ok().flatten());
        if let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
            look_for(live, &form);
        }
    };
    let stay = |event: ev::SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if form.is_some_and(|form| form.has_attribute("data-find")) {
            event.prevent_default();
        }
    };
    let said = move || {
        let words = wrong.get();
        (!words.is_empty()).then(|| view! { <p class="field__error" role="alert">{words}</p> })
    };
    view! {
        {said}
        <div
            class="stack sheet"
            node_ref=place
            inner_html=html
            on:input=find
            on:submit=stay
            on:click=close
            on:cancel:capture=leave
        ></div>
    }
}

/// Which page an address is of, whatever of it is open.
fn page_of(address: &str) -> Route {
    match Route::of(address) {
        Route::Jobs(_) => Route::Jobs(None),
        other => other,
    }
}

/// The sheet as it is now.
fn put(live: Live, place: &Element, html: &str) {
    let active = document().active_element();
    let dialog = place.query_selector("dialog").ok().flatten();
    morph(place, html);
    mark(live, place);
    front(place);
    // What was moved has lost its focus; where a dialog was, the focus goes back to what had opened it.
    let opener = || {
        let dialog = dialog.filter(|dialog| !dialog.is_connected())?;
        document().get_element_by_id(&dialog.get_attribute("data-from")?)
    };
    let active = active.filter(|active| active.is_connected() && place.contains(Some(active)));
    if let Some(to) = active.or_else(opener)
        && document().active_element().as_ref() != Some(&to)
        && let Ok(to) = to.dyn_into::<HtmlElement>()
    {
        focus_in_place(&to);
    }
}

/// Who is there: each place that says so has the number of whom it is about. Answers whether any has changed.
fn mark(live: Live, place: &Element) -> bool {
    let mut is_other = false;
    let Ok(marks) = place.query_selector_all("[data-of]") else { return false };
    for at in 0..marks.length() {
        let Some(one) = marks.item(at).and_then(|one| one.dyn_into::<Element>().ok()) else { continue };
        let Some(account) = one.get_attribute("data-of").and_then(|of| of.parse().ok()) else { continue };
        let drawn = one.get_attribute("data-presence").as_deref() == Some("available");
        let is_online = live.is_online(Presence { account, online: drawn, last_seen_ms: None });
        if is_online != drawn {
            let _ = one.set_attribute("data-presence", if is_online { "available" } else { "offline" });
            is_other = true;
        }
    }
    is_other
}

/// A dialog the server has opened stands in front of its page.
fn front(place: &Element) {
    let dialog = place.query_selector("dialog[open]:not(:modal)").ok().flatten();
    if let Some(dialog) = dialog.and_then(|dialog| dialog.dyn_into::<HtmlDialogElement>().ok())
        && dialog.is_connected()
    {
        dialog.close();
        let _ = dialog.show_modal();
        let title = dialog.query_selector("[autofocus]").ok().flatten();
        if let Some(title) = title.and_then(|title| title.dyn_into::<HtmlElement>().ok()) {
            let _ = title.focus();
        }
    }
}

/// Looks for what stands in a form: its page's address says so, and is drawn.
fn look_for(live: Live, form: &HtmlFormElement) {
    let Ok(typed) = FormData::new_with_form(form) else { return };
    let Ok(query) = UrlSearchParams::new_with_str_sequence_sequence(&typed) else { return };
    let path = form.get_attribute("action").unwrap_or_default();
    let address = path + "?" + &String::from(query.to_string());
    let null = web_sys::wasm_bindgen::JsValue::NULL;
    let is_done = window()
        .history()
        .and_then(|history| history.replace_state_with_url(&null, "", Some(&address)))
        .is_ok();
    if is_done {
        live.address.set(address);
    }
}
