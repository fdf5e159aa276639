//! An open conversation: who it is with, what was said, and the place to answer.

use super::about::About;
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
            avatar::{Avatar, PresenceText},
            composer::Composer,
            connection::{ConnectionNotice, ConnectionPill},
            details::{face, of},
            icon::Icon,
            timeline::TimelineView,
            title::Title,
            when::Moment,
        },
        text::{fill, text},
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
    /// Whether its details are shown, where they can be.
    #[prop(optional)]
    details: Option<Memo<bool>>,
) -> impl IntoView {
    // Read once: with a script, further pages are added to this one and the address stays.
    let live = expect_context::<Live>();
    let asked = |name: &str| {
        live.address.with_untracked(|address| query(address, name).and_then(|seq| seq.parse::<i64>().ok()))
    };
    let stretch = match (asked("before"), asked("after")) {
        (Some(seq), _) => Stretch::Before(seq),
        (None, Some(seq)) => Stretch::After(seq),
        (None, None) => Stretch::Unread,
    };
    let visit =
        fetch(
            RwSignal::new(0),
            move || async move { api::room::enter(id, stretch).await.map(Fetched::Visit) },
        );
    let account = me.person.id;
    let draw = move |fetched| match fetched {
        Fetched::Visit(visit) => {
            view! { <Thread visit me=me.clone() above back=back.clone() before_page details/> }.into_any()
        }
        _ => unexpected(),
    };
    if before_page.is_some() {
        return view! { <Await fetch=visit draw/> }.into_any();
    }
    // Never the conversation before: a message must not be written beside the wrong name.
    view! {
        <section class="pane pane--thread" id="main" aria-label=live.texts.conversation>
            <Await fetch=visit draw/>
        </section>
        {details.map(|is_open| view! { <About visit account is_open/> })}
    }
    .into_any()
}

/// The room as it was fetched, or as it has become since.
pub fn as_it_is(live: Live, room: Room) -> Memo<Room> {
    let id = room.id;
    Memo::new(move |_| live.changed.get().filter(|fresh| fresh.id == id).unwrap_or_else(|| room.clone()))
}

#[component]
fn Thread(
    visit: Visit,
    me: Me,
    above: Option<Callback<(), AnyView>>,
    back: Option<String>,
    before_page: Option<&'static str>,
    details: Option<Memo<bool>>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let account = me.person.id;
    let timeline = RwSignal::from(live.timeline(account, &visit));
    let Visit { room, presence, form_cid, .. } = visit;
    live.name(&room.members);
    let id = room.id;
    // Heard of on an earlier visit, and by now older than this one.
    live.changed.update_untracked(|changed| *changed = None);
    let room = as_it_is(live, room);
    let name = Signal::derive(move || room.with(|room| room.name().to_owned()));
    let readers = Signal::derive(move || room.with(|room| t.readers(room, account)));
    let on_send = Callback::new(move |body: String| live.post(id, body));
    let on_page = Callback::new(move |stretch| live.page(id, stretch));
    let on_retry = Callback::new(move |cid| live.retry(id, cid));
    let is_patient = !me.person.role.is_colleague();
    // Memos: drawn again with each message, the composer would be told to cease, and lay out anew.
    let is_removed = Memo::new(move |_| live.is_removed(id));
    let is_closed = Memo::new(move |_| room.with(|room| room.is_closed));
    let composer = move || {
        if is_removed.get() {
            view! { <p class="composer composer__hint" role="status">{t.removed}</p> }.into_any()
        } else if is_closed.get() {
            view! { <p class="composer composer__hint" role="status">{t.closed}</p> }.into_any()
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
                <TimelineView timeline room me=account has_details=false on_page on_retry/>
            </div>
            {composer}
        }
        .into_any();
    }
    let head = move || view! { <Head room=room.get() presence=presence.clone() back=back.clone() details/> };
    view! {
        <Title text=name/>
        {head}
        <div>
            {above.map(|above| above.run(()))}
            {safety}
            <ConnectionNotice/>
        </div>
        <TimelineView timeline room me=account has_details=details.is_some() on_page on_retry/>
        {composer}
    }
    .into_any()
}

/// The head of a conversation in front of another page.
#[component]
fn ModalHead(room: Room, presence: Vec<Presence>, page: &'static str) -> impl IntoView {
    let t = text();
    let opposite = room.opposite().cloned();
    let there = opposite.as_ref().and_then(|person| of(&presence, person.id));
    let caption = opposite.as_ref().map(|person| t.caption(person));
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
            <a class="icon-btn" href=format!("/chat/room/{}", room.id) aria-label=t.open_page>
                <Icon name="#i-expand"/>
            </a>
            <a class="icon-btn" href=page aria-label=t.close_chat data-close="">
                <Icon name="#i-close"/>
            </a>
        </header>
    }
}

/// Who this is, checked twice: name and date of birth for those who look after them.
#[component]
fn Head(
    room: Room,
    presence: Vec<Presence>,
    back: Option<String>,
    details: Option<Memo<bool>>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    // A job's conversation has no list beside it, so its way back is always there.
    let (way, back, words) = match back {
        Some(back) => ("icon-btn", back, t.back_to_job),
        None => ("icon-btn only-phone", "/chat".to_owned(), t.back_to_messages),
    };
    let name = room.name().to_owned();
    let opposite = room.opposite().cloned();
    let there = opposite.as_ref().and_then(|person| of(&presence, person.id));
    let avatar = face(&room, &presence, "");
    let facts = match opposite {
        Some(person) => {
            let born = person.born.clone();
            let caption = t.caption(&person);
            let fact = move || match &born {
                Some(born) => {
                    let now = Moment::at(live.now_ms.get(), live.zone());
                    view! {
                        <span class="id-label">{t.born_label}</span>
                        {t.birthday(born, &now)}
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
        None => view! { <li>{t.people(room.members.len())}</li> }.into_any(),
    };
    let details = details.map(|is_open| {
        let href = Signal::derive(move || if is_open.get() { "?" } else { "?details" });
        let is_expanded = Signal::derive(move || if is_open.get() { "true" } else { "false" });
        view! {
            <a
                class="icon-btn"
                id="details-button"
                href=href
                aria-label=t.details_of
                aria-expanded=is_expanded
                aria-controls="details"
                data-stay=""
            >
                <Icon name="#i-panel"/>
            </a>
        }
    });
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
                {details}
            </div>
        </header>
    }
}

#[component]
fn Safety(emergency: String) -> impl IntoView {
    let t = text();
    view! {
        <div class="safety">
            <Icon name="#i-call"/>
            <p>
                <strong>{t.emergency_ask}</strong>
                {fill(t.emergency_call, &[&emergency])}
            </p>
        </div>
    }
}
