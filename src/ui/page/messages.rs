//! `/chat` and `/chat/room/:id`: the list of conversations beside the one that is open.

use super::{about::details_asked, room::RoomPane, room_list::List};
use crate::{
    model::{RoomId, account::Me},
    ui::{
        live::Live,
        part::{
            frame::{Inside, Place},
            icon::Icon,
            title::Title,
        },
        text::text,
    },
};
use leptos::prelude::*;

/// The two panes; on a phone, one at a time.
#[component]
pub fn Messages(room: Memo<Option<RoomId>>) -> impl IntoView {
    let view_name = Signal::derive(move || Some(if room.get().is_some() { "thread" } else { "list" }));
    let live = expect_context::<Live>();
    let details = details_asked(live);
    // What its details had covered is seen again.
    Effect::new(move |_| {
        details.track();
        request_animation_frame(move || live.see());
    });
    let page = move |me: Me| {
        let shown = Signal::derive(move || (details.get() && room.get().is_some()).then_some("over"));
        let list = view! { <List me=me.clone() room/> };
        view! {
            <main class="panes" data-details=shown>
                {list}
                {move || match room.get() {
                    Some(id) => view! { <RoomPane id me=me.clone() details/> }.into_any(),
                    None => view! { <NoRoom/> }.into_any(),
                }}
            </main>
        }
        .into_any()
    };
    view! { <Inside place=Place::Messages fixed=true view_name page/> }
}

#[component]
fn NoRoom() -> impl IntoView {
    let t = text();
    view! {
        <Title text=t.messages/>
        <section class="pane pane--thread" aria-label=t.conversation>
            <div class="empty">
                <Icon name="#i-chat"/>
                <h2>{t.choose}</h2>
                <p>{t.choose_text}</p>
            </div>
        </section>
    }
}
