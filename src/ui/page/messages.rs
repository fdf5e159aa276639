//! `/chat` and `/chat/room/:id`: the list of conversations beside the one that is open.

use super::room::RoomPane;
use crate::{
    api,
    model::{
        AccountId, RoomId,
        account::Me,
        room::{RoomCard, RoomPage},
    },
    ui::{
        address::{query, typed},
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            conversation::Conversation,
            find::Find,
            frame::{Inside, Place},
            icon::Icon,
            title::Title,
        },
        text::text,
    },
};
use leptos::prelude::*;

/// The two panes; on a phone, one at a time.
#[component]
pub fn Messages(room: Memo<Option<RoomId>>) -> impl IntoView {
    let view_name = Signal::derive(move || Some(if room.get().is_some() { "thread" } else { "list" }));
    let page = move |me: Me| {
        let list = view! { <List me=me.clone() room/> };
        view! {
            <main class="panes">
                {list}
                {move || match room.get() {
                    Some(id) => view! { <RoomPane id me=me.clone()/> }.into_any(),
                    None => view! { <NoRoom/> }.into_any(),
                }}
            </main>
        }
        .into_any()
    };
    view! { <Inside place=Place::Messages fixed=true view_name page/> }
}

#[component]
fn List(me: Me, room: Memo<Option<RoomId>>) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let rooms = fetch(live.stale, async || api::room::list(None).await.map(Fetched::Rooms));
    let account = me.person.id;
    let words =
        RwSignal::new(live.address.with_untracked(|address| typed(address, "q").trim().to_lowercase()));
    let unread =
        RwSignal::new(live.address.with_untracked(|address| query(address, "show") == Some("unread")));
    let draw = move |fetched| match fetched {
        Fetched::Rooms(RoomPage { rooms: cards, .. }) if cards.is_empty() => view! {
            <div class="empty">
                <Icon name="#i-chat"/>
                <h3>{t.list_empty}</h3>
                <p>{t.list_empty_text}</p>
            </div>
        }
        .into_any(),
        Fetched::Rooms(RoomPage { rooms: cards, .. }) => {
            live.name(cards.iter().filter_map(|card| card.opposite.as_ref()));
            view! { <Cards cards me=account room words unread/> }.into_any()
        }
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
                    only=unread
                    only_word=("unread", t.list_unread)
                    all_word=t.list_all
                    slim=true
                />
            </div>
            <div class="pane__scroll scroll">
                <Await fetch=rooms draw/>
            </div>
        </nav>
    }
}

#[component]
fn Cards(
    cards: Vec<RoomCard>,
    me: AccountId,
    room: Memo<Option<RoomId>>,
    words: RwSignal<String>,
    unread: RwSignal<bool>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    // The newest on top, those heard of since the list was drawn included.
    let sorted = Memo::new(move |_| {
        let mut sorted = cards.clone();
        words.with(|words| {
            sorted.retain(|card| {
                // The one that is open stays in sight, also once it is read.
                let is_wanted = !unread.get() || live.unread(Some(card.id), card.unread) > 0;
                card.name.to_lowercase().contains(words.as_str())
                    && (is_wanted || room.get() == Some(card.id))
            });
        });
        sorted.sort_by_cached_key(|card| {
            let last = live.newest(Some(card.id), card.last.clone());
            std::cmp::Reverse(last.map_or(0, |last| last.sent_ms))
        });
        sorted
    });
    let none = move || {
        sorted
            .with(Vec::is_empty)
            .then(|| view! { <p class="card__lead" role="status">{t.list_no_match}</p> })
    };
    view! {
        {none}
        <ul role="list">
            <For
                each=move || sorted.get()
                key=|card| card.id
                children=move |card| {
                    let id = card.id;
                    let is_open = Signal::derive(move || room.get() == Some(id));
                    view! {
                        <li>
                            <Conversation card me is_open/>
                        </li>
                    }
                }
            />
        </ul>
    }
}

#[component]
fn NoRoom() -> impl IntoView {
    let t = text();
    view! {
        <Title text=t.messages/>
        <section class="pane pane--thread" aria-label=t.conversation>
            <div class="empty">
                <Icon name="#i-chat"/>
                <h2>{t.choose}</h2>
                <p>{t.choose_text}</p>
            </div>
        </section>
    }
}
