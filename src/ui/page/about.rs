//! The details of the open conversation, and whether they are shown.

use super::room::as_it_is;
use crate::{
    model::{AccountId, Cid, room::Visit},
    ui::{
        address::query,
        fetch::{Await, Fetch, Fetched, unexpected},
        live::Live,
        part::details::{Details, DetailsPane},
    },
};
use leptos::prelude::*;

/// The details of the open conversation, while they are asked for.
#[component]
pub fn About(visit: Fetch, account: AccountId, is_open: Memo<bool>) -> impl IntoView {
    let live = expect_context::<Live>();
    let asked = Memo::new(move |_| {
        live.address.with(|address| query(address, "details").and_then(|cid| cid.parse::<Cid>().ok()))
    });
    let draw = move |fetched| match fetched {
        Fetched::Visit(visit) => {
            let timeline = RwSignal::from(live.hold(account, &visit));
            let Visit { room, presence, .. } = visit;
            let room = as_it_is(live, room);
            view! { <Details room timeline presence me=account asked/> }.into_any()
        }
        _ => unexpected(),
    };
    move || {
        is_open.get().then(|| {
            view! {
                <DetailsPane>
                    <Await fetch=visit draw/>
                </DetailsPane>
            }
        })
    }
}

/// Whether the details of the open conversation are asked for. They have an address; where there is room beside
/// the conversation they stay from one to the next.
pub fn details_asked(live: Live) -> Memo<bool> {
    let place = Memo::new(move |last: Option<&(String, bool)>| {
        live.address.with(|address| {
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            let is_asked = query.starts_with("details");
            let is_kept = last.is_some_and(|(before, is_open)| *is_open && before != path && is_wide());
            (path.to_owned(), is_asked || is_kept)
        })
    });
    Memo::new(move |_| place.with(|(_, is_open)| *is_open))
}

// As wide as the style sheet wants it for three panes.
fn is_wide() -> bool {
    let wide = window().match_media("(min-width: 1320px)").ok().flatten();
    wide.is_some_and(|wide| wide.matches())
}
