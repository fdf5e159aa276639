//! `/jobs` and `/jobs/:id`: the jobs one has a part in, and one of them with its steps.

use crate::{
    api,
    model::{
        JobId,
        account::{Me, Role},
        job::{Board, JobCard, JobStatus},
    },
    ui::{
        address::{Route, query},
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            conversation::UnreadBadge,
            frame::{Inside, Place},
            icon::Icon,
            job::{AskDialog, JobDialog, NoJob},
            steps::StatusTag,
            title::Title,
            when::Moment,
        },
        text::{Text, fill, text},
    },
};
use leptos::prelude::*;

/// The jobs, and the one that is open.
#[component]
pub fn Jobs() -> impl IntoView {
    let t = text();
    view! {
        <Title text=t.jobs/>
        <Inside
            place=Place::Jobs
            page=|me: Me| {
                view! {
                    <main class="page" id="main">
                        <Page me/>
                    </main>
                }
                .into_any()
            }
        />
    }
}

/// What can be shown of the board: its address, and what it is called.
fn shows(t: &'static Text) -> [(&'static str, &'static str); 3] {
    [("/jobs", t.jobs_upcoming), ("/jobs?show=finished", t.jobs_finished), ("/jobs?show=all", t.jobs_all)]
}

fn shown_at(address: &str) -> u32 {
    match query(address, "show") {
        Some("finished") => 1,
        Some("all") => 2,
        _ => 0,
    }
}

fn has(show: u32, status: JobStatus) -> bool {
    let is_over = matches!(status, JobStatus::Finished | JobStatus::Cancelled);
    show == 2 || is_over == (show == 1)
}

#[component]
fn Page(me: Me) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    // On leaving for another page it stays as it was: what is about to go must not be drawn once more.
    let open = Memo::new(move |last: Option<&Option<JobId>>| {
        live.address.with(|address| match Route::of(address) {
            Route::Jobs(job) => job,
            _ => last.copied().flatten(),
        })
    });
    let at = move |last: Option<&u32>, what: fn(&str) -> u32| {
        live.address.with(|address| match Route::of(address) {
            Route::Jobs(_) => what(address),
            _ => last.copied().unwrap_or_default(),
        })
    };
    let show = Memo::new(move |last| at(last, shown_at));
    let is_new = Memo::new(move |last| at(last, |address| query(address, "new").is_some().into()));
    let board =
        fetch(
            live.stale,
            move || async move { api::job::board(open.get_untracked()).await.map(Fetched::Board) },
        );
    let role = me.person.role;
    let may_ask = role == Role::Client || role.may_assign_jobs();
    let draw = move |fetched| match fetched {
        Fetched::Board(Board { jobs, workers, more }) => {
            let cards = StoredValue::new(jobs);
            let list = move || view! { <List cards show=show.get()/> };
            let dialog = move || {
                let id = open.get()?;
                let card = cards.with_value(|cards| cards.iter().find(|card| card.job.id == id).cloned());
                Some(match card {
                    Some(card) => view! { <JobDialog card workers=workers.clone()/> }.into_any(),
                    None => view! { <NoJob/> }.into_any(),
                })
            };
            let rest = more.then(|| view! { <p class="muted">{t.jobs_more}</p> });
            view! { {list} {rest} {dialog} }.into_any()
        }
        _ => unexpected(),
    };
    // Beside what is fetched: it must not be drawn again under the hands of whoever fills it in.
    let ask = move || {
        (may_ask && is_new.get() > 0).then(|| view! { <AskDialog is_office=role.may_assign_jobs()/> })
    };
    let new = may_ask.then(|| {
        view! {
            <div class="page-head__actions">
                <a class="btn btn--primary" href="/jobs?new=1">
                    <Icon name="#i-plus"/>
                    {t.new_job}
                </a>
            </div>
        }
    });
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{t.jobs}</h1>
                <p class="page-head__sub">{t.jobs_sub}</p>
            </div>
            {new}
        </header>
        <div class="stack">
            <Await fetch=board draw/>
        </div>
        {ask}
    }
}

#[component]
fn List(cards: StoredValue<Vec<JobCard>>, show: u32) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let mut shown: Vec<JobCard> =
        cards.with_value(|cards| cards.iter().filter(|card| has(show, card.job.status)).cloned().collect());
    // They come with the latest first, and so stands what is over; of what is to come the next stands first.
    if show == 0 {
        shown.reverse();
    }
    let mut days: Vec<(String, i64, Vec<JobCard>)> = Vec::new();
    for card in shown {
        let day = Moment::at(card.job.at_ms, live.zone.get()).date();
        match days.last_mut() {
            Some((last, _, cards)) if *last == day => cards.push(card),
            _ => days.push((day, card.job.at_ms, vec![card])),
        }
    }
    let is_empty = days.is_empty();
    let days = days
        .into_iter()
        .map(|(day, at_ms, cards)| {
            let heading = Signal::derive(move || {
                let zone = live.zone.get();
                t.heading(&Moment::at(at_ms, zone), &Moment::at(live.now_ms.get(), zone))
            });
            let rows = cards.into_iter().map(|card| view! { <Row card/> }).collect_view();
            view! {
                <section class="card" aria-labelledby=format!("day-{day}")>
                    <div class="card__head">
                        <h2 id=format!("day-{day}")>{heading}</h2>
                    </div>
                    <ul role="list" class="rows">
                        {rows}
                    </ul>
                </section>
            }
        })
        .collect_view();
    let ways = shows(t)
        .into_iter()
        .enumerate()
        .map(|(at, (address, words))| {
            let current = (at == show as usize).then_some("true");
            view! { <a class="btn btn--sm" href=address aria-current=current>{words}</a> }
        })
        .collect_view();
    let empty = is_empty.then(|| {
        view! {
            <section class="card">
                <div class="empty">
                    <Icon name="#i-jobs"/>
                    <h2>{t.jobs_none}</h2>
                    <p>{t.jobs_none_text}</p>
                </div>
            </section>
        }
    });
    view! {
        <nav class="jobways" aria-label=t.jobs_ways>
            {ways}
        </nav>
        {days}
        {empty}
    }
}

/// Who it is for, and who does it.
fn people(t: &Text, card: &JobCard) -> String {
    match &card.worker {
        Some(worker) => fill(t.job_people, &[&card.client.name, &worker.name]),
        None => fill(t.job_unassigned, &[&card.client.name]),
    }
}

#[component]
fn Row(card: JobCard) -> impl IntoView {
    let live = expect_context::<Live>();
    let people = people(live.texts, &card);
    let JobCard { job, unread, .. } = card;
    let room = job.room;
    let unread = Memo::new(move |_| live.unread(Some(room), unread));
    let at_ms = job.at_ms;
    let time = Signal::derive(move || Moment::at(at_ms, live.zone.get()).time());
    view! {
        <li>
            <a class="row job" href=format!("/jobs/{}", job.id) id=format!("job-{}", job.id)>
                <span
                    class="avatar"
                    data-kind="room"
                    data-hue=crate::model::account::hue(room.0).to_string()
                    aria-hidden="true"
                >
                    <Icon name="#i-jobs"/>
                </span>
                <span class="row__main">
                    <span class="row__title">{job.title.clone()} " " <UnreadBadge count=unread/></span>
                    <span class="row__sub row__sub--sm">{people}</span>
                </span>
                <span class="job__when">
                    <time>{time}</time>
                </span>
                <span class="job__state">
                    <StatusTag status=job.status/>
                </span>
            </a>
        </li>
    }
}
