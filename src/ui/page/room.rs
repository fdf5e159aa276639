//! An open conversation: who it is with, what was said, and the place to answer.

use crate::{
    api,
    model::{
        RoomId,
        account::Me,
        message::Stretch,
        presence::Presence,
        room::{Room, Visit},
    },
    ui::{
        address::query,
        fetch::{Await, Fetched, fetch, unexpected},
        live::Live,
        part::{
            avatar::{Avatar, PresenceText, RoomAvatar},
            composer::Composer,
            connection::{ConnectionNotice, ConnectionPill},
            icon::Icon,
            timeline::TimelineView,
            title::Title,
            when::{Moment, birthday},
        },
    },
};
use leptos::prelude::*;

/// The pane of one room.
#[component]
pub fn RoomPane(
    id: RoomId,
    me: Me,
    /// What stands between the head and the conversation.
    #[prop(optional)]
    above: Option<Callback<(), AnyView>>,
    /// Where the way back leads on a phone.
    #[prop(optional, into)]
    back: Option<String>,
    /// In front of another page: that page's address, where closing leads.
    #[prop(optional)]
    before_page: Option<&'static str>,
) -> impl IntoView {
    // Read once: with a script, earlier pages are added to this one and the address stays.
    let live = expect_context::<Live>();
    let before =
        live.address.with_untracked(|address| query(address, "before").and_then(|seq| seq.parse().ok()));
    let stretch = before.map_or(Stretch::Newest, Stretch::Before);
    let visit =
        fetch(
            RwSignal::new(0),
            move || async move { api::room::enter(id, stretch).await.map(Fetched::Visit) },
        );
    let draw = move |fetched| match fetched {
        Fetched::Visit(visit) => {
            view! { <Thread visit me=me.clone() above back=back.clone() before_page/> }.into_any()
        }
        _ => unexpected(),
    };
    if before_page.is_some() {
        return view! { <Await fetch=visit draw/> }.into_any();
    }
    // Never the conversation before: a message must not be written beside the wrong name.
    view! {
        <section class="pane pane--thread" id="main" aria-label="Conversation">
            <Await fetch=visit draw/>
        </section>
    }
    .into_any()
}

#[component]
fn Thread(
    visit: Visit,
    me: Me,
    above: Option<Callback<(), AnyView>>,
    back: Option<String>,
    before_page: Option<&'static str>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let account = me.person.id;
    let timeline = RwSignal::from(live.timeline(account, &visit));
    let Visit { room, presence, form_cid, .. } = visit;
    live.name(&room.members);
    let id = room.id;
    // Heard of on an earlier visit, and by now older than this one.
    live.changed.update_untracked(|changed| *changed = None);
    let room =
        Memo::new(move |_| live.changed.get().filter(|fresh| fresh.id == id).unwrap_or_else(|| room.clone()));
    let name = Signal::derive(move || room.with(|room| room.name().to_owned()));
    let readers = Signal::derive(move || room.with(|room| room.readers(account)));
    let on_send = Callback::new(move |body: String| live.post(id, body));
    let on_older = Callback::new(move |()| live.older(id));
    let on_retry = Callback::new(move |cid| live.retry(id, cid));
    let is_patient = !me.person.role.is_colleague();
    let composer = move || {
        if live.is_removed(id) {
            view! { <p class="composer composer__hint" role="status">"You are no longer part of this conversation."</p> }
                .into_any()
        } else if room.with(|room| room.is_closed) {
            view! { <p class="composer composer__hint" role="status">"This conversation is closed, because the job is over."</p> }
                .into_any()
        } else {
            view! { <Composer room=id name readers form_cid on_send/> }.into_any()
        }
    };
    let safety = is_patient.then(|| view! { <Safety emergency=me.emergency.clone()/> });
    if let Some(page) = before_page {
        let there = presence.clone();
        let head = move || view! { <ModalHead room=room.get() presence=there.clone() page/> };
        return view! {
            <div>
                {head}
                <ConnectionNotice/>
            </div>
            <div class="dialog__body dialog__thread">
                <TimelineView timeline room me=account on_older on_retry/>
            </div>
            {composer}
        }
        .into_any();
    }
    let head = move || view! { <Head room=room.get() presence=presence.clone() back=back.clone()/> };
    view! {
        <Title text=name/>
        {head}
        <div>
            {above.map(|above| above.run(()))}
            {safety}
            <ConnectionNotice/>
        </div>
        <TimelineView timeline room me=account on_older on_retry/>
        {composer}
    }
    .into_any()
}

/// The head of a conversation in front of another page.
#[component]
fn ModalHead(room: Room, presence: Vec<Presence>, page: &'static str) -> impl IntoView {
    let opposite = room.opposite().cloned();
    let there =
        opposite.as_ref().and_then(|person| presence.iter().find(|one| one.account == person.id).copied());
    let caption = opposite.as_ref().map(|person| person.caption().to_owned());
    view! {
        <header class="dialog__head">
            {opposite.map(|person| view! { <Avatar person presence=there/> })}
            <div class="grow">
                <h2 id="chat-title" class="h-pane">
                    {room.name().to_owned()}
                </h2>
                <div class="thread-head__meta">
                    <span>{caption}</span>
                    {there.map(|presence| view! { <PresenceText presence/> })}
                </div>
            </div>
            <ConnectionPill/>
            <a class="icon-btn" href=format!("/chat/room/{}", room.id) aria-label="Open as full page">
                <Icon name="#i-expand"/>
            </a>
            <a class="icon-btn" href=page aria-label="Close chat" data-close="">
                <Icon name="#i-close"/>
            </a>
        </header>
    }
}

/// Who this is, checked twice: name and date of birth for those who look after them.
#[component]
fn Head(room: Room, presence: Vec<Presence>, back: Option<String>) -> impl IntoView {
    let live = expect_context::<Live>();
    // A job's conversation has no list beside it, so its way back is always there.
    let (way, back, words) = match back {
        Some(back) => ("icon-btn", back, "Back to the job"),
        None => ("icon-btn only-phone", "/chat".to_owned(), "Back to messages"),
    };
    let name = room.name().to_owned();
    let opposite = room.opposite().cloned();
    let there =
        opposite.as_ref().and_then(|person| presence.iter().find(|one| one.account == person.id).copied());
    let avatar = match opposite.clone() {
        Some(person) => view! { <Avatar person presence=there/> }.into_any(),
        None => {
            let card = crate::model::room::RoomCard {
                id: room.id,
                kind: room.kind,
                name: name.clone(),
                opposite: None,
                presence: None,
                last: None,
                unread: 0,
                head: 0,
                active_ms: 0,
            };
            view! { <RoomAvatar card/> }.into_any()
        }
    };
    let facts = match opposite {
        Some(person) => {
            let born = person.born.clone();
            let caption = person.caption().to_owned();
            let fact = move || match &born {
                Some(born) => {
                    let now = Moment::at(live.now_ms.get(), live.zone.get());
                    view! {
                        <span class="id-label">"Born "</span>
                        {birthday(born, &now)}
                    }
                    .into_any()
                }
                None => view! { {caption.clone()} }.into_any(),
            };
            view! {
                <li>{fact}</li>
                {there.map(|presence| view! { <li><PresenceText presence/></li> })}
            }
            .into_any()
        }
        None => {
            let count = room.members.len();
            let words = if count == 1 { "Nobody else yet".to_owned() } else { format!("{count} people") };
            view! { <li>{words}</li> }.into_any()
        }
    };
    view! {
        <header class="thread-head">
            <a class=way href=back aria-label=words>
                <Icon name="#i-back" class="icon icon--lg"/>
            </a>
            {avatar}
            <div class="grow">
                <h1>{name}</h1>
                <div class="thread-head__meta">
                    <ul class="dotlist">{facts}</ul>
                </div>
            </div>
            <div class="actions">
                <ConnectionPill/>
            </div>
        </header>
    }
}

#[component]
fn Safety(emergency: String) -> impl IntoView {
    view! {
        <div class="safety">
            <Icon name="#i-call"/>
            <p>
                <strong>"Emergency?"</strong>
                {format!(" Call {emergency}, do not wait here.")}
            </p>
        </div>
    }
}
