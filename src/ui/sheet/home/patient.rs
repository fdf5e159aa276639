//! A patient's home: whether the doctor is there, what was said, who comes, who looks after them.

use super::{Messages, People};
use crate::{
    model::{account::Person, home::Home, room::Contact},
    ui::{
        part::icon::Icon,
        sheet::{
            Reader,
            part::{ChatWith, Circle},
            visit::Visits,
        },
        text::fill,
    },
};
use leptos::prelude::*;

/// What a patient sees first.
#[component]
pub fn OfPatient(home: Home, person: Person, emergency: String, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let Home { doctors, rooms, unread, jobs, .. } = home;
    let emergency = fill(t.emergency, &[&emergency]);
    view! {
        <Available doctors=doctors.clone() reader/>
        <div class="home">
            <Messages rooms unread person reader/>
            <Visits jobs reader/>
            <CareTeam people=doctors reader/>
        </div>
        <section class="card card--note" aria-labelledby="emergency-title">
            <Icon name="#i-call" class="icon icon--lg"/>
            <div>
                <h2 id="emergency-title" class="as-h4">
                    {emergency}
                </h2>
                <p class="muted">{t.emergency_wait}</p>
            </div>
        </section>
    }
}

/// Whether the doctor is there, and the way to them: the first who is, or else the first. Drawn again as they come
/// and go.
#[component]
fn Available(doctors: Vec<Contact>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let there = doctors.iter().find(|doctor| doctor.presence.online).or(doctors.first()).cloned();
    let banner = there.map(|Contact { person, presence, .. }| {
        let (title, sub, words) = match presence.online {
            true => (t.doctor_available.to_owned(), t.doctor_here, t.start_chat),
            false => (fill(t.doctor_away, &[&person.name]), t.doctor_away_text, t.doctor_write),
        };
        let sub = fill(sub, &[&person.name]);
        let id = person.id;
        view! {
            <section
                class="banner banner--hero"
                data-tone=presence.online.then_some("ok")
                aria-labelledby="available-title"
                id=format!("banner-{id}")
                data-of=id.to_string()
                data-presence=if presence.online { "available" } else { "offline" }
            >
                <Circle person=person.clone() presence=Some(presence) size="lg"/>
                <div class="banner__text">
                    <h2 id="available-title">{title}</h2>
                    <p>{sub}</p>
                </div>
                <ChatWith person words class="btn btn--primary btn--lg" reader/>
            </section>
        }
    });
    view! {
        <div class="banner-wrap first-there" aria-live="polite" data-follows="">
            {banner}
        </div>
    }
}

#[component]
fn CareTeam(people: Vec<Contact>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let rows = match people.is_empty() {
        true => view! { <p class="card__lead">{t.care_team_empty}</p> }.into_any(),
        false => view! { <People people reader/> }.into_any(),
    };
    view! {
        <section class="card home__team" aria-labelledby="team-title">
            <div class="card__head">
                <h2 id="team-title">{t.care_team}</h2>
            </div>
            {rows}
        </section>
    }
}
