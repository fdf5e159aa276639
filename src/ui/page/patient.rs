//! A patient's home: whether the doctor is there, what was said, who looks after them.

use super::home::Recent;
use crate::{
    api,
    model::{account::Me, room::Contact},
    ui::{
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            avatar::{Avatar, PresenceText},
            icon::Icon,
        },
        text::{fill, text},
    },
};
use leptos::prelude::*;

/// What a patient sees first.
#[component]
pub fn PatientHome(me: Me) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let contacts = fetch(live.stale, async || api::care::contacts().await.map(Fetched::Contacts));
    let emergency = fill(t.emergency, &[&me.emergency]);
    let banner = move |fetched| match fetched {
        Fetched::Contacts(doctors) => view! { <Available doctors/> }.into_any(),
        _ => unexpected(),
    };
    let team = move |fetched| match fetched {
        Fetched::Contacts(people) => view! { <CareTeam people/> }.into_any(),
        _ => unexpected(),
    };
    view! {
        <div class="stack">
            <Await fetch=contacts draw=banner/>
            <div class="home">
                <Recent me long=true/>
                <section class="card home__team" aria-labelledby="team-title">
                    <div class="card__head">
                        <h2 id="team-title">{t.care_team}</h2>
                    </div>
                    <Await fetch=contacts draw=team/>
                </section>
            </div>
            <section class="card card--note" aria-labelledby="emergency-title">
                <Icon name="#i-call" class="icon icon--lg"/>
                <div>
                    <h2 id="emergency-title" class="as-h4">{emergency}</h2>
                    <p class="muted">{t.emergency_wait}</p>
                </div>
            </section>
        </div>
    }
}

/// "Your doctor is available", while one is; it comes and goes with them.
#[component]
fn Available(doctors: Vec<Contact>) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let there = Memo::new(move |_| doctors.iter().find(|doctor| live.is_online(doctor.presence)).cloned());
    let banner = move || {
        there.get().map(|doctor| {
            let Contact { person, presence, .. } = doctor;
            let here = fill(t.doctor_here, &[&person.name]);
            view! {
                <section class="banner banner--hero" data-tone="ok" aria-labelledby="available-title">
                    <Avatar person=person.clone() presence=Some(presence) size="lg"/>
                    <div class="banner__text">
                        <h2 id="available-title">{t.doctor_available}</h2>
                        <p>{here}</p>
                    </div>
                    <form method="post" action="/chat/open">
                        <input type="hidden" name="with" value=person.id.to_string()/>
                        <button class="btn btn--primary btn--lg">
                            <Icon name="#i-chat"/>
                            {t.start_chat}
                        </button>
                    </form>
                </section>
            }
        })
    };
    view! {
        <div class="banner-wrap" aria-live="polite">
            {banner}
        </div>
    }
}

#[component]
fn CareTeam(people: Vec<Contact>) -> impl IntoView {
    let t = text();
    if people.is_empty() {
        return view! { <p class="card__lead">{t.care_team_empty}</p> }.into_any();
    }
    let rows = people
        .into_iter()
        .map(|Contact { person, presence, .. }| {
            view! {
                <li class="row">
                    <Avatar person=person.clone() presence=Some(presence)/>
                    <div class="row__main">
                        <p class="row__title">{person.name.clone()}</p>
                        <p class="row__sub row__sub--sm">{t.caption(&person)}</p>
                        <p>
                            <PresenceText presence/>
                        </p>
                    </div>
                    <form method="post" action="/chat/open">
                        <input type="hidden" name="with" value=person.id.to_string()/>
                        <button class="btn btn--sm" aria-label=fill(t.chat_with, &[&person.name])>
                            <Icon name="#i-chat" class="icon icon--sm"/>
                            {t.chat}
                        </button>
                    </form>
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
