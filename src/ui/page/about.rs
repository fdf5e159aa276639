//! The details of the open conversation, and whether they are shown.

use super::room::as_it_is;
use crate::{
    model::{AccountId, room::Visit},
    ui::{
        address::Route,
        fetch::{Await, Fetch, Fetched, unexpected},
        live::Live,
        part::{details::Details, icon::Icon},
    },
};
use leptos::prelude::*;

/// The pane beside the conversation, or in front of it, while it is asked for: closing it is following the link in
/// its head.
#[component]
pub fn About(visit: Fetch, account: AccountId, is_open: Memo<bool>) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let draw = move |fetched| match fetched {
        Fetched::Visit(visit) => {
            let timeline = RwSignal::from(live.hold(account, &visit));
            let Visit { room, presence, .. } = visit;
            let room = as_it_is(live, room);
            view! { <Details room timeline presence me=account/> }.into_any()
        }
        _ => unexpected(),
    };
    move || {
        is_open.get().then(|| {
            view! {
                <section class="pane pane--details" id="details" aria-labelledby="details-title">
                    <div class="pane__head">
                        <div class="pane__title">
                            <h2 class="h-pane" id="details-title" tabindex="-1">
                                {t.details}
                            </h2>
                            <a class="icon-btn" href="?" aria-label=t.details_close data-stay="" data-close="">
                                <Icon name="#i-close"/>
                            </a>
                        </div>
                    </div>
                    <div class="pane__scroll scroll" tabindex="0" role="group" aria-labelledby="details-title">
                        <Await fetch=visit draw/>
                    </div>
                </section>
            }
        })
    }
}

/// Whether the details of the open conversation are asked for. They have an address; where there is room beside
/// the conversation they stay from one to the next.
pub fn details_asked(live: Live) -> Memo<bool> {
    let route = StoredValue::new(Route::Missing);
    Memo::new(move |last: Option<&bool>| {
        live.address.with(|address| {
            let (was, is) = (route.get_value(), Route::of(address));
            route.set_value(is);
            let is_asked = address.split_once('?').is_some_and(|(_, query)| query.starts_with("details"));
            is_asked || (last == Some(&true) && was != is && is_wide())
        })
    })
}

// As wide as the style sheet wants it for three panes.
fn is_wide() -> bool {
    let wide = window().match_media("(min-width: 1320px)").ok().flatten();
    wide.is_some_and(|wide| wide.matches())
}
