//! Visits and jobs where they are not the page's only matter: the next ones, and the day's.

use super::{
    Reader, jobs,
    part::{Unread, utc},
    steps::StatusTag,
};
use crate::{
    model::job::{JobCard, JobStatus},
    ui::part::icon::Icon,
};
use leptos::prelude::*;

/// How many are shown; the rest is one link away.
const VISITS: usize = 3;
const AHEAD: usize = 8;

/// What somebody comes for, or where one goes: the next in full, those after it in a line each.
#[component]
pub fn Visits(jobs: Vec<JobCard>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let mut jobs = jobs.into_iter().filter(|card| is_ahead(card, reader)).take(VISITS);
    let next = match jobs.next() {
        None => view! { <p class="card__lead">{t.visits_none}</p> }.into_any(),
        Some(card) => view! { <NextVisit card reader/> }.into_any(),
    };
    let others = jobs.map(|card| view! { <LaterVisit card reader/> }).collect_view();
    let others =
        (!others.is_empty()).then(|| view! { <ul role="list" class="rows rows--line">{others}</ul> });
    view! {
        <section class="card home__visits" aria-labelledby="visits-title">
            <div class="card__head">
                <h2 id="visits-title">{t.visits}</h2>
                <a href="/jobs">{reader.text().see_all}</a>
            </div>
            {next}
            {others}
        </section>
    }
}

/// Whether it is still to come, or is being done: from today on.
fn is_ahead(card: &JobCard, reader: Reader) -> bool {
    card.job.status == JobStatus::Started || reader.moment(card.job.at_ms).date() >= reader.now().date()
}

#[component]
fn DateTile(ms: i64, reader: Reader) -> impl IntoView {
    let (t, at) = (reader.text(), reader.moment(ms));
    view! {
        <time class="datetile" datetime=utc(ms) title=t.full(&at)>
            <span>{t.days_short[at.weekday]}</span>
            <b>{at.day}</b>
            <span>{t.months_short[at.month - 1]}</span>
        </time>
    }
}

#[component]
fn NextVisit(card: JobCard, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let ms = card.job.at_ms;
    let when = reader.text().day_and_time(&reader.moment(ms), &reader.now());
    let who = card.worker.as_ref().map(|worker| {
        view! {
            <li>
                <Icon name="#i-user"/>
                <span>{format!("{}, {}", worker.name, reader.text().caption(worker))}</span>
            </li>
        }
    });
    view! {
        <div class="visit" id=format!("visit-{}", card.job.id)>
            <div class="visit__top">
                <DateTile ms reader/>
                <div>
                    <p class="visit__what">{card.job.title.clone()}</p>
                    <p>{when}</p>
                </div>
                <StatusTag status=card.job.status reader/>
            </div>
            <ul role="list" class="visit__facts">
                {who}
            </ul>
            <div class="fill">
                <a class="btn" href=format!("/jobs/{}/chat", card.job.id)>
                    <Icon name="#i-chat" class="icon icon--sm"/>
                    {t.visit_chat}
                    " "
                    <Unread count=card.unread reader/>
                </a>
                <a class="btn" href=format!("/jobs/{}", card.job.id)>
                    {t.visit_details}
                </a>
            </div>
        </div>
    }
}

#[component]
fn LaterVisit(card: JobCard, reader: Reader) -> impl IntoView {
    let ms = card.job.at_ms;
    let time = reader.text().time(&reader.moment(ms));
    let sub = match card.opposite() {
        Some(person) => format!("{time}, {}", person.name),
        None => time,
    };
    view! {
        <li id=format!("visit-{}", card.job.id)>
            <a class="row row--tagged" href=format!("/jobs/{}", card.job.id)>
                <DateTile ms reader/>
                <span class="row__main">
                    <span class="row__title">{card.job.title.clone()} " " <Unread count=card.unread reader/></span>
                    <span class="row__sub">{sub}</span>
                </span>
                <StatusTag status=card.job.status reader/>
            </a>
        </li>
    }
}

/// Jobs that are to come, as rows.
#[component]
pub fn Ahead(jobs: Vec<JobCard>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    // What nobody has finished is not lost, and does not stand before what is to come.
    let (ahead, behind): (Vec<_>, Vec<_>) = jobs.into_iter().partition(|card| is_ahead(card, reader));
    let rows = ahead
        .into_iter()
        .chain(behind)
        .take(AHEAD)
        .map(|card| view! { <LaterVisit card reader/> })
        .collect_view();
    let rows = match rows.is_empty() {
        true => view! { <p class="card__lead">{t.jobs_none_ahead}</p> }.into_any(),
        false => view! { <ul role="list" class="rows">{rows}</ul> }.into_any(),
    };
    view! {
        {rows}
        <div class="card__foot">
            <a class="link" href="/jobs">
                {t.jobs_see_all}
            </a>
        </div>
    }
}

/// Those of some jobs that are the day's, along its hours.
#[component]
pub fn Today(jobs: Vec<JobCard>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let today = reader.now().date();
    let rows = jobs
        .into_iter()
        .filter(|card| reader.moment(card.job.at_ms).date() == today)
        .map(|card| {
            let ms = card.job.at_ms;
            let at = reader.moment(ms);
            let chat = card.has_chat().then(|| {
                view! {
                    <p>
                        <a class="btn btn--sm" href=format!("/jobs/{}/chat", card.job.id)>
                            <Icon name="#i-chat" class="icon icon--sm"/>
                            {t.chat}
                            <span class="vh">{format!(": {}", card.job.title)}</span>
                            " "
                            <Unread count=card.unread reader/>
                        </a>
                    </p>
                }
            });
            view! {
                <li
                    data-state=(card.job.status == JobStatus::Started).then_some("now")
                    id=format!("today-{}", card.job.id)
                >
                    <time datetime=utc(ms) title=t.full(&at)>
                        {t.time(&at)}
                    </time>
                    <div>
                        <p class="row__title">
                            <a href=format!("/jobs/{}", card.job.id)>{card.job.title.clone()}</a>
                        </p>
                        <p class="quiet">{jobs::people(t, &card)}</p>
                        <p>
                            <StatusTag status=card.job.status reader/>
                        </p>
                        {chat}
                    </div>
                </li>
            }
        })
        .collect_view();
    let rows = match rows.is_empty() {
        true => view! { <p class="card__lead">{t.today_none}</p> }.into_any(),
        false => view! { <ol role="list" class="agenda">{rows}</ol> }.into_any(),
    };
    view! {
        <section class="card desk__today" id="today" aria-labelledby="today-title">
            <div class="card__head">
                <h2 id="today-title">{t.today}</h2>
                <a href="/jobs">{t.jobs_see_all}</a>
            </div>
            {rows}
        </section>
    }
}
