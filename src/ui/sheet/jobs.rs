//! The jobs one has a part in, and one of them with its steps.

use super::{
    Reader,
    job::{AskDialog, JobDialog, NoJob},
    part::{Square, Unread, utc},
    steps::StatusTag,
};
use crate::{
    model::{
        JobId,
        account::{Role, hue},
        job::{Board, JobCard, JobStatus},
    },
    ui::{
        address::query,
        part::icon::Icon,
        text::{fill, sheet::SheetText},
    },
};
use leptos::prelude::*;

/// What can be shown of the board: its address, and what it is called.
fn shows(t: &'static SheetText) -> [(&'static str, &'static str); 3] {
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
    show == 2 || status.is_over() == (show == 1)
}

/// The page at an address: the board, and in front of it what is open.
#[component]
pub fn JobsSheet(
    board: Board,
    open: Option<JobId>,
    address: String,
    role: Role,
    reader: Reader,
) -> impl IntoView {
    let t = reader.text();
    let Board { jobs, workers, more } = board;
    let show = shown_at(&address);
    let may_ask = role == Role::Client || role.may_assign_jobs();
    let card = open.map(|id| jobs.iter().find(|card| card.job.id == id).cloned());
    let dialog = match card {
        Some(Some(card)) => view! { <JobDialog card workers reader/> }.into_any(),
        Some(None) => view! { <NoJob reader/> }.into_any(),
        None if may_ask && query(&address, "new").is_some() => {
            view! { <AskDialog is_office=role.may_assign_jobs() reader/> }.into_any()
        }
        None => ().into_any(),
    };
    let new = may_ask.then(|| {
        view! {
            <div class="page-head__actions">
                <a class="btn btn--primary" href="/jobs?new=1" id="new-job" data-stay="">
                    <Icon name="#i-plus"/>
                    {t.new_job}
                </a>
            </div>
        }
    });
    let (title, sub) = match role {
        Role::Patient => (t.visits_title, t.visits_sub),
        _ => (t.jobs, t.jobs_sub),
    };
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{title}</h1>
                <p class="page-head__sub">{sub}</p>
            </div>
            {new}
        </header>
        <List jobs show is_patient=role == Role::Patient reader/>
        {more.then(|| view! { <p class="muted">{t.jobs_more}</p> })}
        {dialog}
    }
}

#[component]
fn List(jobs: Vec<JobCard>, show: u32, is_patient: bool, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let mut shown: Vec<JobCard> = jobs.into_iter().filter(|card| has(show, card.job.status)).collect();
    // They come with the latest first, and so stands what is over; of what is to come the next stands first.
    if show == 0 {
        shown.reverse();
    }
    let mut days: Vec<(String, i64, Vec<JobCard>)> = Vec::new();
    for card in shown {
        let day = reader.moment(card.job.at_ms).date();
        match days.last_mut() {
            Some((last, _, cards)) if *last == day => cards.push(card),
            _ => days.push((day, card.job.at_ms, vec![card])),
        }
    }
    let is_empty = days.is_empty();
    let days = days
        .into_iter()
        .map(|(day, at_ms, cards)| {
            let heading = t.heading(&reader.moment(at_ms), &reader.now());
            let rows = cards.into_iter().map(|card| view! { <Row card reader/> }).collect_view();
            view! {
                <section class="card" aria-labelledby=format!("day-{day}") id=format!("jobs-{day}")>
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
            view! { <a class="btn btn--sm" href=address aria-current=current data-stay="">{words}</a> }
        })
        .collect_view();
    let (none, none_text) = match is_patient {
        true => (t.visits_none, t.visits_none_text),
        false => (t.jobs_none, t.jobs_none_text),
    };
    let empty = is_empty.then(|| {
        view! {
            <section class="card">
                <div class="empty">
                    <Icon name="#i-jobs"/>
                    <h2>{none}</h2>
                    <p>{none_text}</p>
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
pub fn people(t: &SheetText, card: &JobCard) -> String {
    match &card.worker {
        Some(worker) => fill(t.job_people, &[&card.client.name, &worker.name]),
        None => fill(t.job_unassigned, &[&card.client.name]),
    }
}

#[component]
fn Row(card: JobCard, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let people = people(t, &card);
    let JobCard { job, unread, .. } = card;
    let at = reader.moment(job.at_ms);
    view! {
        <li>
            <a class="row job" href=format!("/jobs/{}", job.id) id=format!("job-{}", job.id) data-stay="">
                <Square icon="#i-jobs" hue=hue(job.room.0)/>
                <span class="row__main">
                    <span class="row__title">{job.title.clone()} " " <Unread count=unread reader/></span>
                    <span class="row__sub row__sub--sm">{people}</span>
                </span>
                <span class="job__when">
                    <time datetime=utc(job.at_ms) title=t.full(&at)>
                        {t.time(&at)}
                    </time>
                </span>
                <span class="job__state">
                    <StatusTag status=job.status reader/>
                </span>
            </a>
        </li>
    }
}
