//! A practitioner's home: her patients, who of them waits, and what the day brings.

use super::People;
use crate::{
    model::{AccountId, home::Home, room::Contact},
    ui::sheet::{
        Reader,
        patients::{Queue, Table, Wanted},
        visit::{Ahead, Today},
    },
};
use leptos::prelude::*;

const PATIENTS: usize = 8;
const TEAM: usize = 8;

/// What a practitioner sees first.
#[component]
pub fn OfPractitioner(home: Home, me: AccountId, wanted: Wanted, reader: Reader) -> impl IntoView {
    let Home { patients, team, jobs, .. } = home;
    let t = reader.text();
    let counts = [patients.len(), team.len(), jobs.len()];
    let tab = wanted.tab;
    let ways =
        [("/", reader.text().my_patients), ("/?tab=team", reader.text().team), ("/?tab=jobs", t.jobs_tab)];
    let tabs = ways
        .into_iter()
        .zip(counts)
        .enumerate()
        .map(|(at, ((href, words), count))| {
            view! {
                <a class="tab" href=href data-stay="" aria-current=(at == tab).then_some("page")>
                    {words}
                    " "
                    <span class="badge badge--quiet">{count}</span>
                </a>
            }
        })
        .collect_view();
    let (queue, today) = (patients.clone(), jobs.clone());
    let panel = match tab {
        1 => view! { <Colleagues team reader/> }.into_any(),
        2 => view! { <Ahead jobs reader/> }.into_any(),
        _ => view! { <Table patients me most=Some(PATIENTS) action="/" wanted reader/> }.into_any(),
    };
    view! {
        <div class="desk">
            <Queue patients=queue reader/>
            <section class="card desk__main" id="people" aria-labelledby="tabs-title">
                <h2 class="vh" id="tabs-title">
                    {ways[tab.min(2)].1}
                </h2>
                <nav class="tabs tabs--card" aria-label=t.people_ways>
                    {tabs}
                </nav>
                {panel}
            </section>
            <Today jobs=today reader/>
        </div>
    }
}

#[component]
fn Colleagues(team: Vec<Contact>, reader: Reader) -> impl IntoView {
    let people = team.into_iter().take(TEAM).collect();
    view! {
        <People people reader/>
        <div class="card__foot">
            <a class="link" href="/team">
                {reader.text().team_all}
            </a>
        </div>
    }
}
