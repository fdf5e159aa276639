//! The frame of signed-in pages: the rail with its ways, and whose account this is.

use super::{avatar::Avatar, conversation::UnreadBadge, icon::Icon, popup::PopUpRegion};
use crate::{
    model::{
        account::{Me, Role},
        presence::Presence,
    },
    ui::{
        fetch::{Await, Fetched, unexpected},
        live::Live,
        text::{fill, text},
    },
};
use leptos::prelude::*;

/// Where in the rail a page belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Home,
    Messages,
    Team,
    Jobs,
    Settings,
    Notices,
}

/// A page for a signed-in person: drawn once it is known who they are.
#[component]
pub fn Inside(
    place: Place,
    /// Panes fill the window and scroll inside; pages scroll as documents.
    #[prop(optional)]
    fixed: bool,
    /// On a phone, which of the panes is shown.
    #[prop(optional, into)]
    view_name: Signal<Option<&'static str>>,
    #[prop(into)] page: Callback<Me, AnyView>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let draw = move |fetched| match fetched {
        Fetched::Me(me) => {
            live.know(&me);
            let rail = view! { <Rail place me=me.clone()/> };
            view! {
                {rail}
                <div class="app__body">{page.run(me)}</div>
                <PopUpRegion/>
            }
            .into_any()
        }
        _ => unexpected(),
    };
    view! {
        <div class="app" data-fixed=fixed.then_some("") data-view=view_name>
            <Await fetch=live.me draw/>
        </div>
    }
}

#[component]
fn Rail(place: Place, me: Me) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let unread = Signal::derive(move || live.total_unread());
    let current = move |mine: Place| (place == mine).then_some("page");
    let presence = Presence { account: me.person.id, online: true, last_seen_ms: None };
    let title = me.person.name.clone();
    let signed_in_as = fill(t.signed_in_as, &[&title]);
    let team = me.person.role.is_colleague().then(|| {
        view! {
            <li>
                <a class="rail__item" href="/team" aria-current=current(Place::Team)>
                    <Icon name="#i-users"/>
                    <span>{t.team}</span>
                </a>
            </li>
        }
    });
    let jobs_way = if me.person.role == Role::Patient { t.visits_way } else { t.jobs };
    let jobs = view! {
        <li>
            <a class="rail__item" href="/jobs" aria-current=current(Place::Jobs)>
                <Icon name="#i-jobs"/>
                <span>{jobs_way}</span>
            </a>
        </li>
    };
    view! {
        <nav class="rail" aria-label=t.main_ways>
            <a class="rail__brand" href="/" aria-label=t.brand>
                <Icon name="#i-logo" class=""/>
            </a>
            <ul role="list" class="rail__list">
                <li>
                    <a class="rail__item" href="/" aria-current=current(Place::Home)>
                        <Icon name="#i-home"/>
                        <span>{t.home}</span>
                    </a>
                </li>
                <li>
                    <a class="rail__item" href="/chat" aria-current=current(Place::Messages)>
                        <Icon name="#i-chat"/>
                        <span>{t.messages_way}</span>
                        <UnreadBadge count=unread/>
                    </a>
                </li>
                {team} {jobs}
                <li>
                    <a class="rail__item" href="/settings" aria-current=current(Place::Settings)>
                        <Icon name="#i-settings"/>
                        <span>{t.settings}</span>
                    </a>
                </li>
            </ul>
            <div class="rail__end">
                <a
                    class="rail__item"
                    href="/notifications"
                    aria-current=current(Place::Notices)
                    aria-label=t.notifications
                >
                    <Icon name="#i-bell"/>
                </a>
                <SignOut/>
                <span class="rail__me" title=title>
                    <Avatar person=me.person presence=Some(presence) size="sm"/>
                    <span class="vh">{signed_in_as}</span>
                </span>
            </div>
        </nav>
    }
}

#[component]
fn SignOut() -> impl IntoView {
    let t = text();
    view! {
        <form method="post" action="/logout">
            <button class="rail__item full">
                <Icon name="#i-lock"/>
                <span>{t.sign_out}</span>
            </button>
        </form>
    }
}
