//! Who writes now.

use super::draw::list;
use crate::{
    model::{account::Person, room::Room},
    ui::{live::Live, part::avatar::Avatar},
};
use leptos::prelude::*;

/// A line under the newest message while somebody writes. It is not read aloud.
#[component]
pub fn Writing(room: Memo<Room>) -> impl IntoView {
    let live = expect_context::<Live>();
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
            1 => format!("{} is writing…", list(&names)),
            2 | 3 => format!("{} are writing…", list(&names)),
            _ => "Several people are writing…".into(),
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
