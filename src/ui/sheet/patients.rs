//! A practitioner's patients: the table one searches, and those who have waited longest.

use super::{
    Reader,
    birthday::{born, written},
    find::Find,
    part::{ChatWith, Circle, Newest, Since, There, When},
};
use crate::{
    model::{AccountId, home::Patient, message::Kind},
    ui::{
        address::{query, typed},
        part::icon::Icon,
        text::fill,
    },
};
use leptos::prelude::*;

/// How many of those who wait stand beside the table.
const QUEUE: usize = 3;

/// What of a page is wanted, as its address says.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// What was typed, in small letters.
    words: String,
    typed: String,
    only: bool,
    /// Which of the ways at the top.
    pub tab: usize,
}

impl Wanted {
    /// What an address says.
    pub fn at(address: &str) -> Wanted {
        let typed = typed(address, "q");
        let tab = match query(address, "tab") {
            Some("team") => 1,
            Some("jobs") => 2,
            _ => 0,
        };
        let words = typed.trim().to_lowercase();
        Wanted { words, typed, only: query(address, "show") == Some("waiting"), tab }
    }

    fn is_all(&self) -> bool {
        self.words.is_empty() && !self.only
    }

    fn has(&self, patient: &Patient, reader: Reader) -> bool {
        let person = &patient.contact.person;
        let is_born = |born: &str| written(born, reader).iter().any(|way| way.starts_with(&self.words));
        let is_named = || {
            person.name.to_lowercase().contains(&self.words) || person.born.as_deref().is_some_and(is_born)
        };
        (!self.only || patient.waits_since_ms.is_some()) && (self.words.is_empty() || is_named())
    }
}

/// All of them, on a page of their own.
#[component]
pub fn PatientsSheet(patients: Vec<Patient>, me: AccountId, wanted: Wanted, reader: Reader) -> impl IntoView {
    let t = reader.text();
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{t.my_patients}</h1>
                <p class="page-head__sub">{reader.text().patients_sub}</p>
            </div>
        </header>
        <section class="card" aria-label=t.my_patients>
            <Table patients me most=None action="/patients" wanted reader/>
        </section>
    }
}

/// The table, and what to look for in it.
#[component]
pub fn Table(
    patients: Vec<Patient>,
    me: AccountId,
    /// Not more than so many, unless something is looked for.
    most: Option<usize>,
    /// The page it stands on.
    action: &'static str,
    wanted: Wanted,
    reader: Reader,
) -> impl IntoView {
    let t = reader.text();
    if patients.is_empty() {
        return view! { <p class="card__lead">{t.patients_empty}</p> }.into_any();
    }
    let all = patients.len();
    let most = most.filter(|_| wanted.is_all()).unwrap_or(all);
    let found = patients.into_iter().filter(|patient| wanted.has(patient, reader));
    let rows = found.take(most).map(|patient| view! { <Row patient me reader/> }).collect_view();
    let table = match rows.is_empty() {
        true => view! { <p class="card__lead" role="status">{t.patients_no_match}</p> }.into_any(),
        false => view! {
            <div class="table-wrap">
                <table class="table table--stack ptable" role="table">
                    <caption class="vh">{t.patients_caption}</caption>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th scope="col" role="columnheader">{t.patient}</th>
                            <th scope="col" role="columnheader">{t.last_message}</th>
                            <th scope="col" role="columnheader">{t.waiting}</th>
                            <th scope="col" role="columnheader">
                                <span class="vh">{t.chat}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{rows}</tbody>
                </table>
            </div>
        }
        .into_any(),
    };
    let foot = (all > most).then(|| {
        view! {
            <div class="card__foot">
                <a class="link" href="/patients">
                    {fill(t.patients_all, &[&all.to_string()])}
                </a>
            </div>
        }
    });
    view! {
        <Find
            action
            label=t.patients_find
            example=t.patients_example
            typed=wanted.typed
            shown=if wanted.only { "waiting" } else { "all" }
            ways=vec![("all", t.list_all), ("waiting", t.waiting)]
            reader
        />
        {table}
        {foot}
    }
    .into_any()
}

#[component]
fn Row(patient: Patient, me: AccountId, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let is_unseen = patient.is_unseen();
    let Patient { contact, waits_since_ms, delivery, .. } = patient;
    let (person, presence) = (contact.person, contact.presence);
    let id = person.id;
    let said_ms = contact.last.as_ref().map(|last| last.sent_ms);
    // A colleague may have answered, whose words are not to be taken for the patient's.
    let is_theirs = contact.last.as_ref().is_some_and(|last| last.sender == id);
    let is_answer = contact.last.as_ref().is_some_and(|last| last.kind != Kind::System) && !is_theirs;
    let wait = match (waits_since_ms, said_ms) {
        (Some(ms), _) => view! { <Since ms reader/> }.into_any(),
        (None, Some(ms)) if is_answer => view! { {t.answered} " " <When ms reader/> }.into_any(),
        (None, Some(ms)) => view! { <When ms reader/> }.into_any(),
        (None, None) => ().into_any(),
    };
    view! {
        <tr role="row" data-unread=(contact.unread > 0).then_some("") id=format!("patient-{id}")>
            <th scope="row" role="rowheader">
                <span class="who">
                    <Circle person=person.clone() presence=Some(presence)/>
                    <span>
                        <b>{person.name.clone()}</b>
                        <span class="sub">{born(&person, reader)}</span>
                        <There presence reader unseen=true/>
                    </span>
                </span>
            </th>
            <td role="cell">
                <span class="preview">
                    <Newest last=contact.last me delivery opposite=Some(id) reader/>
                </span>
            </td>
            <td class="cell-top" role="cell">
                <span class="wait" data-waits=is_unseen.then_some("")>
                    {wait}
                </span>
                {(waits_since_ms.is_some() && !is_unseen).then(|| view! { <span class="sub">{t.wait_open}</span> })}
            </td>
            <td class="cell-act" role="cell">
                <ChatWith person unread=contact.unread reader/>
            </td>
        </tr>
    }
}

/// Who has waited longest, those nobody has read first, with their own words. Reading them is no answer: they stand
/// here until somebody writes, or says that nobody needs to.
#[component]
pub fn Queue(patients: Vec<Patient>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let waiting: Vec<Patient> =
        patients.into_iter().filter(|patient| patient.waits_since_ms.is_some()).collect();
    let count = waiting.len();
    let rows = waiting
        .into_iter()
        .take(QUEUE)
        .map(|patient| {
            let is_seen = !patient.is_unseen();
            let Patient { contact, read, waits_since_ms, .. } = patient;
            let person = contact.person;
            let id = person.id;
            let last = contact.last.filter(|last| last.sender == id && last.kind != Kind::System);
            // Nobody can say so of words they have not read.
            let settle = is_seen.then(|| {
                view! {
                    <form method="post" action=format!("/patients/{id}/settle")>
                        // What is read after the page was drawn is not meant.
                        <input type="hidden" name="seq" value=read.to_string()/>
                        <button class="btn btn--quiet btn--sm">
                            {t.settle} <span class="vh">{person.name.clone()}</span>
                        </button>
                    </form>
                }
            });
            let words = last.map(|last| fill(t.quoted, &[&last.body]));
            view! {
                <li id=format!("queue-{id}")>
                    <div class="queue__top">
                        <Circle person=person.clone() presence=Some(contact.presence)/>
                        <div>
                            <p class="row__title">{person.name.clone()}</p>
                            <p class="quiet">{born(&person, reader)}</p>
                        </div>
                        <p class="wait">
                            <Icon name="#i-clock"/>
                            {waits_since_ms.map(|ms| view! { <Since ms reader/> })}
                        </p>
                    </div>
                    <p class="queue__why" dir="auto">{words}</p>
                    {is_seen.then(|| view! { <p class="quiet">{t.wait_seen}</p> })}
                    <div class="queue__foot">
                        <ChatWith
                            person
                            words=t.open_chat
                            class="btn btn--primary btn--sm"
                            reader
                        />
                        {settle}
                    </div>
                </li>
            }
        })
        .collect_view();
    (count > 0).then(|| {
        view! {
            <section class="card desk__urgent" id="queue" aria-labelledby="queue-title">
                <div class="card__head">
                    <h2 id="queue-title">{t.queue}</h2>
                    <span class="badge">
                        {count} <span class="vh">{t.queue_count}</span>
                    </span>
                </div>
                <ul role="list" class="queue">
                    {rows}
                </ul>
            </section>
        }
    })
}
