//! The jobs one has a part in, and one of them with its steps.

use super::{
    Reader,
    find::Find,
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
        address::{query, typed},
        part::icon::Icon,
        text::{fill, sheet::SheetText},
    },
};
use leptos::prelude::*;

/// What of the board is wanted: `upcoming`, unless its address says otherwise.
fn shown_at(address: &str) -> &'static str {
    match query(address, "show") {
        Some("finished") => "finished",
        Some("all") => "all",
        _ => "upcoming",
    }
}

/// What of a board's address stays with whoever opens one of its jobs and comes back.
fn kept(address: &str) -> String {
    let query = address.split_once('?').map_or("", |(_, query)| query);
    let kept: Vec<&str> =
        query.split('&').filter(|pair| pair.starts_with("q=") || pair.starts_with("show=")).collect();
    if kept.is_empty() { String::new() } else { format!("?{}", kept.join("&")) }
}

fn has(show: &str, status: JobStatus) -> bool {
    show == "all" || status.is_over() == (show == "finished")
}

/// "2 today, next at 11:30".
fn ahead(jobs: &[JobCard], role: Role, reader: Reader) -> String {
    let t = reader.text();
    let now = reader.now();
    let open = || jobs.iter().filter(|card| !card.job.status.is_over());
    let today = open().filter(|card| reader.moment(card.job.at_ms).date() == now.date()).count();
    let next = open().map(|card| card.job.at_ms).filter(|at_ms| *at_ms >= reader.now_ms).min();
    let next = next.map(|at_ms| fill(t.jobs_next, &[&t.day_and_time(&reader.moment(at_ms), &now)]));
    let today = (today > 0).then(|| fill(t.jobs_today, &[&today.to_string()]));
    let told: Vec<String> = [today, next].into_iter().flatten().collect();
    match told.is_empty() {
        true if role == Role::Patient => t.visits_sub.to_owned(),
        true => t.jobs_sub.to_owned(),
        false => told.join(" · "),
    }
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
    let may_ask = role.may_ask_for_jobs();
    let kept = kept(&address);
    let back = format!("/jobs{kept}");
    let card = open.map(|id| jobs.iter().find(|card| card.job.id == id).cloned());
    let dialog = match card {
        Some(Some(card)) => view! { <JobDialog card workers back reader/> }.into_any(),
        Some(None) => view! { <NoJob back reader/> }.into_any(),
        None if may_ask && query(&address, "new").is_some() => {
            view! { <AskDialog is_office=role.may_assign_jobs() back reader/> }.into_any()
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
    let (title, find) = match role {
        Role::Patient => (t.visits_title, t.visits_find),
        _ => (t.jobs, t.jobs_find),
    };
    let sub = ahead(&jobs, role, reader);
    let typed = typed(&address, "q");
    let words = typed.trim().to_lowercase();
    let jobs = jobs.into_iter().filter(|card| is_called(t, card, &words)).collect();
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{title}</h1>
                <p class="page-head__sub">{sub}</p>
            </div>
            {new}
        </header>
        <Find
            action="/jobs"
            label=find
            example=t.jobs_example
            typed
            shown=show
            ways=vec![("upcoming", t.jobs_upcoming), ("finished", t.jobs_finished), ("all", t.jobs_all)]
            bare=true
            reader
        />
        <List jobs show kept is_patient=role == Role::Patient reader/>
        {more.then(|| view! { <p class="muted">{t.jobs_more}</p> })}
        {dialog}
    }
}

#[component]
fn List(
    jobs: Vec<JobCard>,
    show: &'static str,
    kept: String,
    is_patient: bool,
    reader: Reader,
) -> impl IntoView {
    let t = reader.text();
    let mut shown: Vec<JobCard> = jobs.into_iter().filter(|card| has(show, card.job.status)).collect();
    // They come with the latest first, and so stands what is over; of what is to come the next stands first.
    if show == "upcoming" {
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
    let today = reader.now().date();
    let days = days
        .into_iter()
        .map(|(day, at_ms, cards)| {
            let heading = t.heading(&reader.moment(at_ms), &reader.now());
            // Its day is over, and nobody has said that the work is.
            let is_idle = cards.iter().all(|card| card.job.status != JobStatus::Started);
            let is_late = show == "upcoming" && day < today && is_idle;
            let late = is_late.then(|| view! { <span class="tag" data-tone="warn">{t.jobs_late}</span> });
            let rows =
                cards.into_iter().map(|card| view! { <Row card kept=kept.clone() reader/> }).collect_view();
            view! {
                <section class="card" aria-labelledby=format!("day-{day}") id=format!("jobs-{day}")>
                    <div class="card__head">
                        <h2 id=format!("day-{day}")>{heading}</h2>
                        {late}
                    </div>
                    <ul role="list" class="rows">
                        {rows}
                    </ul>
                </section>
            }
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
        {days}
        {empty}
    }
}

/// Whether a job has these words in it: what it is, whom it is for, who does it, its number.
fn is_called(t: &SheetText, card: &JobCard, words: &str) -> bool {
    let told = format!("{} {} {}", card.job.title, people(t, card), card.job.id);
    words.is_empty() || told.to_lowercase().contains(words)
}

/// Who it is for, and who does it.
pub fn people(t: &SheetText, card: &JobCard) -> String {
    match &card.worker {
        Some(worker) => fill(t.job_people, &[&card.client.name, &worker.name]),
        None => fill(t.job_unassigned, &[&card.client.name]),
    }
}

#[component]
fn Row(card: JobCard, kept: String, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let people = people(t, &card);
    let JobCard { job, unread, .. } = card;
    let at = reader.moment(job.at_ms);
    view! {
        <li>
            <a class="row job" href=format!("/jobs/{}{kept}", job.id) id=format!("job-{}", job.id) data-stay="">
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
