//! A practitioner's home: her patients, what they last wrote, and one button to each.

use crate::{
    api,
    model::{AccountId, account::Me, room::Contact},
    ui::{
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            avatar::Avatar,
            conversation::{NewestTime, UnreadBadge, words},
            icon::Icon,
            when::Moment,
        },
        text::{fill, text},
    },
};
use leptos::prelude::*;

/// What a practitioner sees first.
#[component]
pub fn PractitionerHome(me: Me) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let contacts = fetch(live.stale, async || api::care::contacts().await.map(Fetched::Contacts));
    let account = me.person.id;
    let draw = move |fetched| match fetched {
        Fetched::Contacts(patients) if patients.is_empty() => {
            view! { <p class="card__lead">{t.patients_empty}</p> }.into_any()
        }
        Fetched::Contacts(patients) => {
            live.name(patients.iter().map(|patient| &patient.person));
            view! { <Patients patients me=account/> }.into_any()
        }
        _ => unexpected(),
    };
    view! {
        <div class="stack">
            <section class="card" aria-labelledby="patients-title">
                <div class="card__head">
                    <h2 id="patients-title">{t.my_patients}</h2>
                </div>
                <Await fetch=contacts draw/>
            </section>
        </div>
    }
}

#[component]
fn Patients(patients: Vec<Contact>, me: AccountId) -> impl IntoView {
    let t = text();
    let rows = patients.into_iter().map(|patient| view! { <Patient patient me/> }).collect_view();
    view! {
        <div class="table-wrap">
            <table class="table table--stack ptable" role="table">
                <caption class="vh">{t.my_patients_by_name}</caption>
                <thead role="rowgroup">
                    <tr role="row">
                        <th scope="col" role="columnheader">{t.patient}</th>
                        <th scope="col" role="columnheader">{t.last_message}</th>
                        <th scope="col" role="columnheader">{t.when}</th>
                        <th scope="col" role="columnheader">
                            <span class="vh">{t.chat}</span>
                        </th>
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Patient(patient: Contact, me: AccountId) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let Contact { person, presence, room, last, unread, head } = patient;
    if let Some(room) = room {
        live.show(room, head);
    }
    let unread = Memo::new(move |_| live.unread(room, unread));
    let newest = Memo::new(move |_| live.newest(room, last.clone()));
    let born = person.born.clone();
    let born = Signal::derive(move || {
        let now = Moment::at(live.now_ms.get(), live.zone.get());
        let born = born.as_deref().and_then(|born| t.birthday(born, &now));
        born.map_or_else(String::new, |born| fill(t.born, &[&born]))
    });
    let there = Signal::derive(move || if live.is_online(presence) { t.available } else { t.not_here });
    let waits = Signal::derive(move || (unread.get() > 0).then_some(""));
    let preview = Signal::derive(move || words(t, newest.get(), me, true));
    view! {
        <tr role="row" data-unread=waits>
            <th scope="row" role="rowheader" class="span-all">
                <span class="who">
                    <Avatar person=person.clone() presence=Some(presence)/>
                    <span>
                        <b>{person.name.clone()}</b>
                        <span class="sub">{born}</span>
                        <span class="vh">{there}</span>
                    </span>
                </span>
            </th>
            <td class="span-all" role="cell">
                <span class="preview">
                    <span>{preview}</span>
                </span>
            </td>
            <td role="cell">
                <span class="wait">
                    <NewestTime newest/>
                </span>
            </td>
            <td class="cell-act" role="cell">
                <form method="post" action="/chat/open">
                    <input type="hidden" name="with" value=person.id.to_string()/>
                    <button class="btn btn--sm">
                        <Icon name="#i-chat" class="icon icon--sm"/>
                        <span>
                            {t.chat}
                            <span class="vh">{fill(t.chat_with_end, &[&person.name])}</span>
                        </span>
                        <UnreadBadge count=unread/>
                    </button>
                </form>
            </td>
        </tr>
    }
}
