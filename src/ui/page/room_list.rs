//! The list of conversations: loaded in pages, sorted by what happened last.

use crate::{
    api,
    model::{
        AccountId, RoomId,
        account::{Me, Role},
        room::{RoomCard, RoomKind, RoomPage, RoomPlace},
    },
    ui::{
        address::{query, typed},
        fetch::{Await, Fetched, fetch, unexpected},
        keys::{focus_in_place, is_focus_lost},
        live::Live,
        part::{
            conversation::Conversation,
            find::{Find, asked},
            icon::Icon,
        },
        sorted::Sorted,
    },
};
use leptos::{ev, html::Div, prelude::*, task::spawn_local};
use std::time::Duration;
use web_sys::{Element, wasm_bindgen::JsCast};

/// The next page of the list is fetched when less than this is left to scroll.
const REACH_PX: i32 = 800;
/// The list has its new lines by then.
const SETTLED: Duration = Duration::from_millis(50);

/// What one searches and scrolls: every conversation, the last active first.
#[component]
pub fn List(me: Me, room: Memo<Option<RoomId>>) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let behind = live.address.with_untracked(|address| query(address, "behind").and_then(place));
    // Once: what happens to the list later changes the lines it is about.
    let rooms =
        fetch(RwSignal::new(0), move || async move { api::room::list(behind).await.map(Fetched::Rooms) });
    let account = me.person.id;
    let words =
        RwSignal::new(live.address.with_untracked(|address| typed(address, "q").trim().to_lowercase()));
    // As far as there is more than one kind of conversation to choose from.
    let mut parts = vec![("all", t.list_all), ("unread", t.list_unread)];
    let has_patients = me.person.role.may_have_patients();
    if has_patients {
        parts.push(("care", t.list_patients));
    } else {
        parts.push(("job", if me.person.role == Role::Patient { t.visits_way } else { t.jobs }));
    }
    let part = RwSignal::new(live.address.with_untracked(|address| asked(address, &parts)));
    let kind = if has_patients { RoomKind::Care } else { RoomKind::Job };
    let draw = move |fetched| match fetched {
        Fetched::Rooms(page) => view! { <Cards page me=account room words part kind/> }.into_any(),
        _ => unexpected(),
    };
    // What "main content" means: the open conversation, or this list when none is open.
    let id = Signal::derive(move || room.get().is_none().then_some("main"));
    // The page's one h1 is the open conversation's name, or this title when none is open.
    let title = move || match room.get() {
        Some(_) => view! { <h2 id="list-title">{t.messages}</h2> }.into_any(),
        None => view! { <h1 id="list-title">{t.messages}</h1> }.into_any(),
    };
    view! {
        <nav class="pane pane--list" aria-labelledby="list-title" id=id>
            <div class="pane__head">
                <div class="pane__title">{title}</div>
                <Find
                    action="/chat"
                    label=t.list_find
                    example=t.list_find
                    words
                    part
                    parts
                    slim=true
                />
            </div>
            <Await fetch=rooms draw/>
        </nav>
    }
}

// A place in the list as it stands in an address.
fn place(text: &str) -> Option<RoomPlace> {
    let (active_ms, id) = text.split_once('-')?;
    Some(RoomPlace { active_ms: active_ms.parse().ok()?, id: id.parse().ok()? })
}

#[component]
fn Cards(
    page: RoomPage,
    me: AccountId,
    room: Memo<Option<RoomId>>,
    words: RwSignal<String>,
    part: RwSignal<usize>,
    /// Which rooms the part behind the unread ones is of.
    kind: RoomKind,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let known = RwSignal::new(Known::default());
    let take = move |page: RoomPage, is_first: bool| {
        live.name(page.rooms.iter().filter_map(|card| card.opposite.as_ref()));
        let _ = known.try_update(|known| known.take(page, is_first));
    };
    take(page, false);
    let is_busy = StoredValue::new(false);
    // The first page again, or the one behind those known.
    let load = move |is_first: bool| {
        let behind = known.with_untracked(|known| known.end).filter(|_| !is_first);
        if !is_first && (behind.is_none() || is_busy.get_value()) {
            return;
        }
        is_busy.set_value(true);
        spawn_local(async move {
            // What could not be fetched now is asked for with the next reason to.
            if let Ok(page) = api::room::list(behind).await {
                take(page, is_first);
            }
            let _ = is_busy.try_set_value(false);
        });
    };
    let pane = NodeRef::<Div>::new();
    let look = move || {
        if let Some(pane) = pane.try_get_untracked().flatten() {
            let height = pane.client_height();
            // One that is not shown has no height, and no end in reach.
            if height > 0 && pane.scroll_height() - pane.scroll_top() - height < REACH_PX {
                load(false);
            }
        }
    };
    // The newest on top, those heard of since the list was drawn included.
    let sorted = Memo::new(move |_| {
        known.with(|known| {
            let wanted = known.cards.iter().filter(|(id, (card, _))| {
                // The one that is open stays in sight, also once it is read.
                let is_wanted = match part.get() {
                    0 => true,
                    1 => live.unread(Some(*id), card.unread) > 0,
                    _ => card.kind == kind,
                };
                words.with(|words| words.is_empty() || card.name.to_lowercase().contains(words.as_str()))
                    && (is_wanted || room.get() == Some(*id))
                    && !live.is_removed(*id)
            });
            let mut sorted: Vec<(i64, RoomId, u32)> = Vec::new();
            // In its place at once: a library's sorting would weigh more than all of this list.
            for (id, (card, version)) in wanted {
                let line = (live.active_ms(card), *id, *version);
                let at = sorted.partition_point(|other| *other > line);
                sorted.insert(at, line);
            }
            sorted
        })
    });
    let end = move || known.with(|known| known.end);
    let stale = StoredValue::new(live.stale.get_untracked());
    Effect::new(move |_| {
        sorted.track();
        known.track();
        // Few lines may be left of a search: the others are further behind. Not in the next frame, which would have
        // to lay out for it what is drawn only then.
        if end().is_some() {
            set_timeout(look, SETTLED);
        }
        // Something was said where the list does not reach yet.
        let is_beyond = |id: &RoomId| {
            known.with_untracked(|known| known.cards.get(*id).is_none()) && !live.is_removed(*id)
        };
        let is_unheard = live.heard_rooms().iter().any(is_beyond);
        let now = live.stale.get();
        if stale.get_value() != now || (is_unheard && end().is_some() && !is_busy.get_value()) {
            stale.set_value(now);
            load(true);
        }
    });
    let empty = move || {
        let is_none = sorted.with(Vec::is_empty) && end().is_none();
        is_none.then(|| match known.with(|known| known.cards.iter().next().is_none()) {
            true => view! {
                <div class="empty">
                    <Icon name="#i-chat"/>
                    <h3>{t.list_empty}</h3>
                    <p>{t.list_empty_text}</p>
                </div>
            }
            .into_any(),
            false => view! { <p class="card__lead" role="status">{t.list_no_match}</p> }.into_any(),
        })
    };
    // Whoever goes through it with the keyboard keeps their place while lines move, which takes the focus from them.
    let held = StoredValue::new(String::new());
    let hold = move |event: ev::FocusEvent| {
        let line = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        held.set_value(line.and_then(|line| line.get_attribute("href")).unwrap_or_default());
    };
    let let_go = move |event: ev::FocusEvent| {
        if event.related_target().is_some() {
            held.set_value(String::new());
        }
    };
    Effect::new(move |_| {
        sorted.track();
        request_animation_frame(move || {
            let href = held.try_get_value().filter(|href| !href.is_empty() && is_focus_lost());
            let line = href.map(|href| document().query_selector(&format!(".convo[href='{href}']")));
            if let Some(Ok(Some(line))) = line {
                focus_in_place(line.unchecked_ref());
            }
        });
    });
    let line = move |(_, id, _): (i64, RoomId, u32)| {
        let card = known.with_untracked(|known| known.cards.get(id).map(|(card, _)| card.clone()))?;
        let is_open = Signal::derive(move || room.get() == Some(id));
        Some(view! {
            <li>
                <Conversation card me is_open/>
            </li>
        })
    };
    let is_all = Signal::derive(move || end().is_none());
    let href = Signal::derive(move || {
        let end = end().map(|RoomPlace { active_ms, id }| format!("{active_ms}-{id}"));
        format!("/chat?behind={}", end.unwrap_or_default())
    });
    let go = move |click: ev::MouseEvent| {
        click.prevent_default();
        load(false);
    };
    view! {
        <div class="pane__scroll scroll" node_ref=pane on:scroll=move |_| look()>
            {empty}
            <ul role="list" on:focusin=hold on:focusout=let_go>
                <For each=move || sorted.get() key=|(_, id, version)| (*id, *version) children=line/>
            </ul>
            <p class="older" hidden=is_all>
                <a class="btn btn--sm" href=href on:click=go>
                    {t.list_more}
                </a>
            </p>
        </div>
    }
}

/// The rooms the list knows, each with how often its card has changed.
#[derive(Default)]
struct Known {
    cards: Sorted<RoomId, (RoomCard, u32)>,
    /// The last place reached, if there are rooms behind it.
    end: Option<RoomPlace>,
}

impl Known {
    /// Takes in a page; the first one again says nothing of where the list ends.
    fn take(&mut self, page: RoomPage, is_first: bool) {
        if !is_first {
            let last = page.rooms.last().filter(|_| page.more);
            self.end = last.map(|last| RoomPlace { active_ms: last.active_ms, id: last.id });
        }
        if is_first {
            // What would have to be on this page and is not, is no longer one's own.
            let end = page.rooms.last().filter(|_| page.more).map(|last| (last.active_ms, last.id));
            self.cards.retain(|id, (card, _)| {
                let is_behind = end.is_some_and(|end| (card.active_ms, card.id) < end);
                is_behind || page.rooms.iter().any(|fresh| fresh.id == id)
            });
        }
        for card in page.rooms {
            let held = self.cards.get(card.id);
            if held.is_none_or(|(held, _)| *held != card) {
                let version = held.map_or(0, |(_, version)| version + 1);
                self.cards.set(card.id, (card, version));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(ids: impl IntoIterator<Item = i64>, more: bool) -> RoomPage {
        let card = |id: i64| RoomCard {
            id: RoomId(id),
            kind: RoomKind::Group,
            name: String::new(),
            opposite: None,
            presence: None,
            last: None,
            unread: 0,
            head: 0,
            active_ms: id,
        };
        RoomPage { rooms: ids.into_iter().map(card).collect(), more, unread: 0 }
    }

    fn ids(known: &Known) -> Vec<i64> {
        known.cards.iter().map(|(id, _)| id.0).collect()
    }

    #[test]
    fn pages_add_up_and_what_is_gone_goes() {
        let mut known = Known::default();
        known.take(page([9, 8, 7], true), false);
        assert_eq!(known.end, Some(RoomPlace { active_ms: 7, id: RoomId(7) }));
        known.take(page([6, 5], false), false);
        assert_eq!((known.end, ids(&known)), (None, vec![5, 6, 7, 8, 9]));
        known.take(page([10, 9, 7], true), true);
        assert_eq!(ids(&known), [5, 6, 7, 9, 10], "the eighth would have had its place there");
        known.take(page([10, 9], false), true);
        assert_eq!(ids(&known), [9, 10]);
    }

    #[test]
    fn a_place_is_read_from_an_address() {
        assert_eq!(place("12-7"), Some(RoomPlace { active_ms: 12, id: RoomId(7) }));
        assert_eq!((place("12"), place("a-7"), place("-")), (None, None, None));
    }
}
