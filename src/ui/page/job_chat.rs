//! `/jobs/:id/chat`: the conversation of a job, with the job above it and the way back to it.

use super::{about::details_asked, room::RoomPane};
use crate::{
    api,
    model::{
        Error, JobId, Result,
        account::Me,
        job::{Board, JobCard},
    },
    ui::{
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            frame::{Inside, Place},
            icon::Icon,
            steps::{JobTime, StepButtons, Steps},
            title::Title,
            trouble::Trouble,
        },
        text::text,
    },
};
use leptos::prelude::*;

/// One pane: there is no list beside it.
#[component]
pub fn JobChat(job: JobId) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let details = details_asked(live);
    let page = move |me: Me| {
        // Once: whatever happens to the job, the conversation stays as it is.
        let board = fetch(RwSignal::new(0), move || board_with(job));
        let draw = move |fetched| match fetched {
            Fetched::Board(board) => match card_of(board, job).filter(JobCard::has_chat) {
                Some(card) => {
                    let (room, back) = (card.job.room, format!("/jobs/{job}"));
                    live.place_job(job, room);
                    let above = Callback::new(move |()| view! { <Above job/> }.into_any());
                    view! { <RoomPane id=room me=me.clone() above back details/> }.into_any()
                }
                None => view! {
                    <Title text=t.job/>
                    <Trouble error=Error::NotFound/>
                }
                .into_any(),
            },
            _ => unexpected(),
        };
        let shown = Signal::derive(move || details.get().then_some("over"));
        view! {
            <main class="panes panes--one" data-details=shown>
                <Await fetch=board draw/>
            </main>
        }
        .into_any()
    };
    let view_name = Signal::derive(|| Some("thread"));
    view! { <Inside place=Place::Jobs fixed=true view_name page/> }
}

async fn board_with(job: JobId) -> Result<Fetched> {
    api::job::board(Some(job)).await.map(Fetched::Board)
}

fn card_of(board: Board, job: JobId) -> Option<JobCard> {
    board.jobs.into_iter().find(|card| card.job.id == job)
}

/// The job above its conversation, as it stands now.
#[component]
fn Above(job: JobId) -> impl IntoView {
    let live = expect_context::<Live>();
    let board = fetch(live.stale, move || board_with(job));
    let draw = move |fetched| match fetched {
        Fetched::Board(board) => card_of(board, job).map(|card| view! { <JobBar card/> }).into_any(),
        _ => unexpected(),
    };
    view! { <Await fetch=board draw/> }
}

#[component]
fn JobBar(card: JobCard) -> impl IntoView {
    let t = text();
    let job = card.job.clone();
    view! {
        <section class="jobbar" aria-label=t.the_job>
            <div class="jobbar__facts">
                <p>
                    <Icon name="#i-jobs"/>
                    <a href=format!("/jobs/{}", job.id)>{job.title.clone()}</a>
                </p>
                <p>
                    <Icon name="#i-clock"/>
                    <strong>
                        <JobTime ms=job.at_ms/>
                    </strong>
                </p>
            </div>
            <Steps job slim=true/>
            <StepButtons card to_chat=true/>
        </section>
    }
}
