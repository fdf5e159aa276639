//! The home page of one's role.

use super::{patient::PatientHome, practitioner::PractitionerHome};
use crate::{
    api,
    model::{
        account::{Me, Role},
        room::RoomPage,
    },
    ui::{
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            connection::ConnectionPill,
            conversation::Conversation,
            frame::{Inside, Place},
            icon::Icon,
            title::Title,
            when::Moment,
        },
        text::{fill, text},
    },
};
use leptos::prelude::*;

/// How many conversations home shows; the rest is one link away.
const SHOWN: usize = 8;

/// `/`: what this person wants to see first.
#[component]
pub fn Home() -> impl IntoView {
    let t = text();
    view! {
        <Title text=t.home/>
        <Inside
            place=Place::Home
            page=|me: Me| {
                view! {
                    <main class="page" id="main">
                        <Greeting me=me.clone()/>
                        {match me.person.role {
                            Role::Patient => view! { <PatientHome me/> }.into_any(),
                            Role::Practitioner => view! { <PractitionerHome me/> }.into_any(),
                            Role::Staff | Role::Client | Role::Worker | Role::Admin => {
                                view! { <Recent me/> }.into_any()
                            }
                        }}
                    </main>
                }
                .into_any()
            }
        />
    }
}

#[component]
fn Greeting(me: Me) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let now = move || Moment::at(live.now_ms.get(), live.zone.get());
    let name = me.person.short_name();
    let greeting = Signal::derive(move || {
        let greeting = match now().hour {
            5..=11 => t.good_morning,
            12..=17 => t.good_afternoon,
            _ => t.good_evening,
        };
        fill(greeting, &[&name])
    });
    let date = Signal::derive(move || now().date());
    let full = Signal::derive(move || t.full(&now()));
    let long = Signal::derive(move || t.long_date(&now(), &now()));
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{greeting}</h1>
                <p class="page-head__sub">
                    <time datetime=date title=full>
                        {long}
                    </time>
                </p>
            </div>
            <div class="page-head__actions">
                <ConnectionPill/>
                <a class="icon-btn only-phone" href="/notifications" aria-label=t.notifications>
                    <Icon name="#i-bell"/>
                </a>
            </div>
        </header>
    }
}

/// One's conversations, newest first.
#[component]
pub fn Recent(
    me: Me,
    /// Two lines of preview each.
    #[prop(optional)]
    long: bool,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let rooms = fetch(live.stale, async || api::room::list(None).await.map(Fetched::Rooms));
    let account = me.person.id;
    let draw = move |fetched| match fetched {
        Fetched::Rooms(RoomPage { rooms: cards, .. }) if cards.is_empty() => {
            view! { <p class="card__lead">{t.recent_empty}</p> }.into_any()
        }
        Fetched::Rooms(RoomPage { rooms: cards, .. }) => {
            live.name(cards.iter().filter_map(|card| card.opposite.as_ref()));
            let rows = cards
                .into_iter()
                .take(SHOWN)
                .map(|card| {
                    view! {
                        <li>
                            <Conversation card me=account is_open=false long/>
                        </li>
                    }
                })
                .collect_view();
            view! {
                <ul role="list" class="rows">
                    {rows}
                </ul>
            }
            .into_any()
        }
        _ => unexpected(),
    };
    view! {
        <section class="card home__msgs" aria-labelledby="messages-title">
            <div class="card__head">
                <h2 id="messages-title">{t.messages}</h2>
                <a href="/chat">{t.see_all}</a>
            </div>
            <Await fetch=rooms draw/>
        </section>
    }
}
