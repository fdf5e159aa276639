//! `/team` and `/team/chat/:room`: one's colleagues, who of them is there, and a conversation in front of them.

use super::{missing::Missing, room::RoomPane};
use crate::{
    api,
    model::{AccountId, RoomId, account::Me, presence::Presence, room::Contact},
    ui::{
        address::{self, Route, typed},
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            avatar::Avatar,
            conversation::UnreadBadge,
            dialog::Modal,
            find::{Find, asked},
            frame::{Inside, Place},
            icon::Icon,
            title::Title,
            when::Moment,
        },
        text::{fill, text},
    },
};
use leptos::{ev, prelude::*, task::spawn_local};

/// The directory.
#[component]
pub fn Team() -> impl IntoView {
    let page = |me: Me| match me.person.role.is_colleague() {
        true => view! {
            <Title text=text().team/>
            <main class="page" id="main">
                <Page me/>
            </main>
        }
        .into_any(),
        // Who has no colleagues has no such page either.
        false => view! { <Missing/> }.into_any(),
    };
    view! { <Inside place=Place::Team page/> }
}

#[component]
fn Page(me: Me) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let team = fetch(live.stale, async || api::person::directory().await.map(Fetched::Contacts));
    let words =
        RwSignal::new(live.address.with_untracked(|address| typed(address, "q").trim().to_lowercase()));
    let parts = vec![("all", t.team_all), ("there", t.team_available)];
    let there = RwSignal::new(live.address.with_untracked(|address| asked(address, &parts)));
    // Fetched again, everybody keeps their place: a row must not become somebody else's under a finger.
    let order = StoredValue::new(Vec::<AccountId>::new());
    // Whoever was asked for last is opened, unless one has gone elsewhere meanwhile.
    let turn = StoredValue::new(0_u32);
    let draw = move |fetched| match fetched {
        Fetched::Contacts(mut team) => {
            live.name(team.iter().map(|one| &one.person));
            let mut placed = Vec::with_capacity(team.len());
            for id in order.get_value() {
                let at = team.iter().position(|one| one.person.id == id);
                placed.extend(at.map(|at| team.remove(at)));
            }
            placed.append(&mut team);
            order.set_value(placed.iter().map(|one| one.person.id).collect());
            view! { <People team=placed words there turn/> }.into_any()
        }
        _ => unexpected(),
    };
    // On leaving for another page it stays as it was: what is about to go must not be drawn once more.
    let open = Memo::new(move |last: Option<&Option<RoomId>>| {
        live.address.with(|address| match Route::of(address) {
            Route::Team(room) => room,
            _ => last.copied().flatten(),
        })
    });
    let chat = move || {
        let me = me.clone();
        open.get().map(|id| {
            view! {
                <Modal class="dialog dialog--chat" titled="chat-title">
                    <RoomPane id me before_page="/team"/>
                </Modal>
            }
        })
    };
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{t.team}</h1>
                <p class="page-head__sub">{t.team_sub}</p>
            </div>
        </header>
        <div class="stack">
            <Find
                action="/team"
                label=t.team_find
                example=t.team_example
                words
                part=there
                parts
            />
            <Await fetch=team draw/>
        </div>
        {chat}
    }
}

#[component]
fn People(
    team: Vec<Contact>,
    words: RwSignal<String>,
    there: RwSignal<usize>,
    turn: StoredValue<u32>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let count = team.len().to_string();
    let presence: Vec<Presence> = team.iter().map(|one| one.presence).collect();
    let told = Signal::derive(move || {
        let around = presence.iter().filter(|one| live.is_online(**one)).count();
        fill(t.colleagues_told, &[&count, &around.to_string()])
    });
    let rows = team.into_iter().map(|one| view! { <Colleague one words there turn/> }).collect_view();
    view! {
        <section class="card" aria-labelledby="team-title">
            <div class="card__head">
                <h2 id="team-title">{t.colleagues}</h2>
                <span class="quiet">{told}</span>
            </div>
            <ul role="list" class="people">
                {rows}
            </ul>
        </section>
    }
}

#[component]
fn Colleague(
    one: Contact,
    words: RwSignal<String>,
    there: RwSignal<usize>,
    /// How often somebody was asked for.
    turn: StoredValue<u32>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let Contact { person, presence, room, unread, head, .. } = one;
    if let Some(room) = room {
        live.show(room, head);
    }
    let unread = Memo::new(move |_| live.unread(room, unread));
    let id = person.id;
    let caption = t.caption(&person);
    let known_as = format!("{} {caption}", person.name).to_lowercase();
    let is_hidden = Signal::derive(move || {
        !words.with(|words| known_as.contains(words.as_str()))
            || (there.get() > 0 && !live.is_online(presence))
    });
    let state = Signal::derive(move || if live.is_online(presence) { "available" } else { "offline" });
    let seen = Signal::derive(move || {
        let zone = live.zone();
        match live.last_seen(presence) {
            _ if live.is_online(presence) => t.available.to_owned(),
            None => t.not_here.to_owned(),
            Some(ms) => {
                let (then, now) = (Moment::at(ms, zone), Moment::at(live.now_ms.get(), zone));
                let day =
                    if then.date() == now.date() { t.seen_today.to_owned() } else { t.short(&then, &now) };
                fill(t.last_seen, &[&day, &t.time(&then)])
            }
        }
    });
    let name = person.name.clone();
    let tip = Signal::derive(move || {
        let words = if live.is_online(presence) { t.available_now } else { t.not_here_now };
        match live.last_seen(presence).map(|ms| t.full(&Moment::at(ms, live.zone()))) {
            Some(full) => fill(t.tip_seen, &[&name, words, &full]),
            None => fill(t.tip, &[&name, words]),
        }
    });
    let wrong = RwSignal::new(String::new());
    // With a script the conversation opens in front of this page, without one as a page of its own.
    let open = move |event: ev::SubmitEvent| {
        event.prevent_default();
        turn.update_value(|turn| *turn += 1);
        let (mine, pressed_at) = (turn.get_value(), live.address.get_untracked());
        spawn_local(async move {
            let opened = api::room::open(id).await;
            let is_last = turn.try_get_value() == Some(mine) && live.address.get_untracked() == pressed_at;
            match opened {
                Ok(room) if is_last => address::go(live, format!("/team/chat/{room}")),
                Ok(_) => {}
                Err(error) => {
                    let _ = wrong.try_set(t.error(&error));
                }
            }
        });
    };
    let tip_id = format!("tip-{id}");
    let described = tip_id.clone();
    view! {
        <li class="person" hidden=is_hidden>
            <Avatar person=person.clone() presence=Some(presence) size="lg"/>
            <div>
                <p class="person__name">{person.name.clone()}</p>
                <p class="person__sub">{caption}</p>
                <p class="has-tip" tabindex="0" aria-describedby=described>
                    <span class="presence-text" data-presence=state>
                        {seen}
                    </span>
                    <span class="tip" role="tooltip" id=tip_id data-side="start" data-place="below">
                        {tip}
                    </span>
                </p>
                <p class="field__error" role="alert">{wrong}</p>
            </div>
            <form method="post" action="/chat/open" on:submit=open>
                <input type="hidden" name="with" value=id.to_string()/>
                <button class="btn btn--sm" aria-haspopup="dialog">
                    <Icon name="#i-chat" class="icon icon--sm"/>
                    <span>
                        {t.chat}
                        <span class="vh">{fill(t.chat_with_end, &[&person.name])}</span>
                    </span>
                    <UnreadBadge count=unread/>
                </button>
            </form>
        </li>
    }
}
