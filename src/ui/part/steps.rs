//! The steps of a job: what is done, what is now, what is still to come, and the buttons that go on.

use super::{
    icon::Icon,
    when::{Moment, Time},
};
use crate::{
    model::job::{Job, JobCard, JobStatus, Step},
    ui::live::Live,
};
use leptos::prelude::*;

/// A status in a word, as it stands at the beginning of a line.
pub fn status_word(status: JobStatus) -> &'static str {
    match status {
        JobStatus::Requested => "Requested",
        JobStatus::Confirmed => "Confirmed",
        JobStatus::Started => "Started",
        JobStatus::Finished => "Finished",
        JobStatus::Cancelled => "Cancelled",
    }
}

/// A status as a tag.
#[component]
pub fn StatusTag(status: JobStatus) -> impl IntoView {
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
            {status_word(status)}
        </span>
    }
}

/// How far a job has come.
#[component]
pub fn Steps(
    job: Job,
    /// One line, as above a conversation.
    #[prop(optional)]
    slim: bool,
) -> impl IntoView {
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
                std::cmp::Ordering::Less => ("done", ", done"),
                std::cmp::Ordering::Equal => ("now", ", current step"),
                std::cmp::Ordering::Greater => ("todo", ", not yet"),
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
                        {status_word(status)} <span class="vh">{said}</span>
                    </span>
                    <span class="step__when">{ms.map(|ms| view! { <Time ms short=true/> })}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="steps-wrap">
            <ol role="list" class=class aria-label="Progress of this job">
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
    /// Where to go back to: the job, or its conversation.
    #[prop(optional)]
    to_chat: bool,
) -> impl IntoView {
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
                Step::Confirm => ("Confirm job", Some("#i-check")),
                Step::Start => ("Start job", Some("#i-play")),
                Step::Finish => ("Finish job", Some("#i-check")),
                Step::Cancel => ("Cancel job", None),
            };
            let class = match (step, to_chat) {
                (Step::Cancel, _) => "btn btn--danger-quiet",
                (_, true) => "btn btn--primary btn--sm",
                (_, false) => "btn btn--primary",
            };
            view! {
                <form method="post" action=format!("/jobs/{id}/{}", step.word())>
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
pub fn JobTime(ms: i64) -> impl IntoView {
    let live = expect_context::<Live>();
    let at = move || Moment::at(ms, live.zone.get());
    let full = Signal::derive(move || at().full());
    let words = Signal::derive(move || {
        let now = Moment::at(live.now_ms.get(), live.zone.get());
        let day = at().long_date(&now);
        let day = if at().date() == now.date() { "Today".to_owned() } else { day };
        format!("{day}, {}", at().time())
    });
    view! { <time title=full>{words}</time> }
}
