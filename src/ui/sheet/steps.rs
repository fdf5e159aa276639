//! The steps of a job: what is done, what is now, what is still to come, and the buttons that go on.

use super::{
    Reader,
    part::{When, utc},
};
use crate::{
    model::job::{Job, JobCard, JobStatus, Step},
    ui::{part::icon::Icon, text::fill},
};
use leptos::prelude::*;

/// A status as a tag.
#[component]
pub fn StatusTag(status: JobStatus, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let (tone, icon) = match status {
        JobStatus::Requested => ("warn", "#i-clock"),
        JobStatus::Confirmed => ("accent", "#i-check"),
        JobStatus::Started => ("ok", "#i-play"),
        JobStatus::Finished => ("quiet", "#i-check-circle"),
        JobStatus::Cancelled => ("danger", "#i-close"),
    };
    view! {
        <span class="tag" data-tone=tone>
            <Icon name=icon/>
            {t.status(status)}
        </span>
    }
}

/// How far a job has come.
#[component]
pub fn Steps(
    job: Job,
    reader: Reader,
    /// One line, as above a conversation.
    #[prop(optional)]
    slim: bool,
) -> impl IntoView {
    let t = reader.text();
    let planned = (!slim && matches!(job.status, JobStatus::Requested | JobStatus::Confirmed))
        .then(|| fill(t.step_planned, &[&t.day_and_time(&reader.moment(job.at_ms), &reader.now())]));
    let class = if slim { "steps steps--slim" } else { "steps" };
    let mut ways = vec![
        (JobStatus::Requested, None),
        (JobStatus::Confirmed, job.confirmed_ms),
        (JobStatus::Started, job.started_ms),
        (JobStatus::Finished, job.finished_ms),
    ];
    if job.status == JobStatus::Cancelled {
        // What was reached stays; where it would have gone on, it ended.
        ways.retain(|(status, at)| *status == JobStatus::Requested || at.is_some());
        ways.push((JobStatus::Cancelled, job.cancelled_ms));
    }
    let now_at = ways.iter().position(|(status, _)| *status == job.status).unwrap_or_default();
    let rows = ways
        .into_iter()
        .enumerate()
        .map(|(at, (status, ms))| {
            let (state, said) = match at.cmp(&now_at) {
                std::cmp::Ordering::Less => ("done", t.step_done),
                std::cmp::Ordering::Equal => ("now", t.step_now),
                std::cmp::Ordering::Greater => ("todo", t.step_todo),
            };
            let dot = if state == "done" {
                view! { <Icon name="#i-check"/> }.into_any()
            } else {
                view! { {at + 1} }.into_any()
            };
            view! {
                <li data-state=state aria-current=(state == "now").then_some("step")>
                    <span class="step__dot" aria-hidden="true">
                        {dot}
                    </span>
                    <span class="step__name">
                        {t.status(status)} <span class="vh">{said}</span>
                    </span>
                    <span class="step__when">
                        {ms.map(|ms| view! { <When ms reader/> })}
                        {planned.clone().filter(|_| status == JobStatus::Started)}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="steps-wrap">
            <ol role="list" class=class aria-label=t.steps>
                {rows}
            </ol>
        </div>
    }
}

/// The buttons for the steps the reader may take, the one that goes on last. Plain forms, so that they work as soon
/// as they are seen.
#[component]
pub fn StepButtons(
    card: JobCard,
    reader: Reader,
    /// Where to go back to: the job, or its conversation.
    #[prop(optional)]
    to_chat: bool,
) -> impl IntoView {
    let t = reader.text();
    let mut steps: Vec<Step> = card.steps().collect();
    if to_chat {
        steps.retain(|step| *step != Step::Cancel);
    }
    // What goes on stands last, where the thumb is.
    steps.reverse();
    let id = card.job.id;
    let buttons = steps
        .into_iter()
        .map(|step| {
            let (words, icon) = match step {
                Step::Confirm => (t.step_confirm, Some("#i-check")),
                Step::Start => (t.step_start, Some("#i-play")),
                Step::Finish => (t.step_finish, Some("#i-check")),
                Step::Cancel => (t.step_cancel, None),
            };
            let class = match (step, to_chat) {
                (Step::Cancel, _) => "btn btn--danger-quiet",
                (_, true) => "btn btn--primary btn--sm",
                (_, false) => "btn btn--primary",
            };
            view! {
                // One step's button never becomes another one's under a finger.
                <form method="post" action=format!("/jobs/{id}/{}", step.word()) id=format!("step-{}", step.word())>
                    {to_chat.then(|| view! { <input type="hidden" name="back" value="chat"/> })}
                    <button class=class>{icon.map(|name| view! { <Icon name/> })} {words}</button>
                </form>
            }
        })
        .collect_view();
    view! { {buttons} }
}

/// When a job is to be done, in words.
#[component]
pub fn JobTime(ms: i64, reader: Reader) -> impl IntoView {
    let (t, at) = (reader.text(), reader.moment(ms));
    view! {
        <time datetime=utc(ms) title=t.full(&at)>
            {t.day_and_time(&at, &reader.now())}
        </time>
    }
}
