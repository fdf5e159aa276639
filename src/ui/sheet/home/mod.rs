//! Home, for everybody in their own way: a greeting, what waits, what is to come.

mod patient;
mod practitioner;

use super::{
    Reader,
    part::{ChatWith, Circle, RoomLine, There, Unread},
    patients::Wanted,
    visit::Today,
};
use crate::{
    model::{
        account::{Person, Role},
        home::Home,
        room::{Contact, RoomCard, RoomKind},
    },
    ui::text::fill,
};
use leptos::prelude::*;
use patient::OfPatient;
use practitioner::OfPractitioner;

/// How many conversations home shows; the rest is one link away.
const ROOMS: usize = 8;

/// The whole page.
#[component]
pub fn HomeSheet(
    home: Home,
    person: Person,
    emergency: String,
    wanted: Wanted,
    reader: Reader,
) -> impl IntoView {
    let body = match person.role {
        Role::Patient => view! { <OfPatient home person=person.clone() emergency reader/> }.into_any(),
        Role::Practitioner => view! { <OfPractitioner home me=person.id wanted reader/> }.into_any(),
        Role::Staff | Role::Client | Role::Worker | Role::Admin => {
            view! { <OfOthers home person=person.clone() reader/> }.into_any()
        }
    };
    view! { <Greeting person reader/> {body} }
}

#[component]
fn Greeting(person: Person, reader: Reader) -> impl IntoView {
    let (t, now) = (reader.text(), reader.now());
    let greeting = match now.hour {
        5..=11 => t.good_morning,
        12..=17 => t.good_afternoon,
        _ => t.good_evening,
    };
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{fill(greeting, &[&person.short_name()])}</h1>
                <p class="page-head__sub">
                    <time datetime=now.date() title=t.full(&now)>
                        {t.long_date(&now, &now)}
                    </time>
                </p>
            </div>
        </header>
    }
}

/// One's conversations, newest first.
#[component]
fn Messages(rooms: Vec<RoomCard>, unread: u32, person: Person, reader: Reader) -> impl IntoView {
    let t = reader.text();
    // Of a visit nobody has written about yet there is nothing to read.
    let rows = rooms
        .into_iter()
        .filter(|card| card.last.is_some() || card.kind != RoomKind::Job)
        .take(ROOMS)
        .map(|card| {
            let id = card.id;
            view! {
                <li id=format!("room-{id}")>
                    <RoomLine card me=person.id reader/>
                </li>
            }
        })
        .collect_view();
    let rows = match rows.is_empty() {
        true => view! { <p class="card__lead">{t.recent_empty}</p> }.into_any(),
        false => view! { <ul role="list" class="rows">{rows}</ul> }.into_any(),
    };
    view! {
        <section class="card home__msgs" aria-labelledby="messages-title">
            <div class="card__head">
                <h2 id="messages-title">{t.messages} " " <Unread count=unread reader/></h2>
                <a href="/chat">{t.see_all}</a>
            </div>
            {rows}
        </section>
    }
}

/// People one below the other, each with who they are, whether they are there, and the way to them.
#[component]
fn People(people: Vec<Contact>, reader: Reader) -> impl IntoView {
    let rows = people
        .into_iter()
        .map(|Contact { person, presence, unread, .. }| {
            let id = person.id;
            view! {
                <li class="row" id=format!("person-{id}")>
                    <Circle person=person.clone() presence=Some(presence)/>
                    <div class="row__main">
                        <p class="row__title">{person.name.clone()}</p>
                        <p class="row__sub row__sub--sm">{reader.text().caption(&person)}</p>
                        <p>
                            <There presence reader/>
                        </p>
                    </div>
                    <ChatWith person unread reader/>
                </li>
            }
        })
        .collect_view();
    view! {
        <ul role="list" class="rows">
            {rows}
        </ul>
    }
}

#[component]
fn OfOthers(home: Home, person: Person, reader: Reader) -> impl IntoView {
    let Home { rooms, unread, jobs, .. } = home;
    view! {
        <div class="desk">
            <div class="desk__main">
                <Messages rooms unread person reader/>
            </div>
            <Today jobs reader/>
        </div>
    }
}
