//! Who writes now.

use crate::{
    model::{account::Person, room::Room},
    ui::{live::Live, part::avatar::Avatar, text::fill},
};
use leptos::prelude::*;

/// A line under the newest message while somebody writes. It is not read aloud.
#[component]
pub fn Writing(room: Memo<Room>) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let writers = Memo::new(move |_| {
        room.with(|room| {
            let writers = live.writers(room.id).into_iter();
            writers.filter_map(|account| room.member(account).cloned()).collect::<Vec<_>>()
        })
    });
    let line = move || {
        let writers = writers.get();
        let names: Vec<String> = writers.iter().map(Person::short_name).collect();
        let words = match names.len() {
            1 => fill(t.writes, &[&t.names(&names)]),
            2 | 3 => fill(t.write_some, &[&t.names(&names)]),
            _ => t.write_many.into(),
        };
        writers.into_iter().next().map(|person| {
            view! {
                <div class="typing">
                    <Avatar person size="sm"/>
                    <span class="typing__dots" aria-hidden="true">
                        <i></i>
                        <i></i>
                        <i></i>
                    </span>
                    <span>{words}</span>
                </div>
            }
        })
    };
    view! { <div aria-live="off">{line}</div> }
}
