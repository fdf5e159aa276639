//! `/jobs/:id/chat`: the conversation of a job, with the job above it and the way back to it.

use super::{
    about::details_asked,
    drawn::{Sheet, ask_for_sheet},
    room::RoomPane,
};
use crate::{
    api,
    model::{JobId, account::Me},
    ui::{
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::frame::{Inside, Place},
    },
};
use leptos::prelude::*;

/// One pane: there is no list beside it.
#[component]
pub fn JobChat(job: JobId) -> impl IntoView {
    let live = expect_context::<Live>();
    let details = details_asked(live);
    let page = move |me: Me| {
        // Once: whatever happens to the job, the conversation stays as it is.
        let found =
            fetch(RwSignal::new(0), move || async move { api::job::room(job).await.map(Fetched::Room) });
        // Beside it and not inside: a conversation may be drawn more than once on its way to the browser, and each
        // time it would be asked for under another number than the browser's.
        let sheet = ask_for_sheet();
        let draw = move |fetched| match fetched {
            Fetched::Room(room) => {
                live.place_job(job, room);
                let above = Callback::new(move |()| view! { <Sheet sheet/> }.into_any());
                view! { <RoomPane id=room me=me.clone() above back=format!("/jobs/{job}") details/> }
                    .into_any()
            }
            _ => unexpected(),
        };
        let shown = Signal::derive(move || details.get().then_some("over"));
        view! {
            <main class="panes panes--one" data-details=shown>
                <Await fetch=found draw/>
            </main>
        }
        .into_any()
    };
    let view_name = Signal::derive(|| Some("thread"));
    view! { <Inside place=Place::Jobs fixed=true view_name page/> }
}
