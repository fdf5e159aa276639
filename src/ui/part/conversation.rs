//! A conversation as one line of a list.

use super::{
    avatar::{Avatar, RoomAvatar},
    when::Time,
};
use crate::{
    model::{
        AccountId,
        account::short,
        message::Kind,
        presence::Presence,
        room::{Preview, RoomCard},
    },
    ui::{
        live::Live,
        text::{Text, fill, text},
    },
};
use leptos::prelude::*;

/// One link: who, when, and the newest words.
#[component]
pub fn Conversation(
    card: RoomCard,
    me: AccountId,
    /// Whether this is the conversation on screen.
    #[prop(into)]
    is_open: Signal<bool>,
    /// Two lines of preview, for those with few conversations.
    #[prop(optional)]
    long: bool,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    let (room, drawn) = (card.id, card.last.clone());
    live.show(room, card.head);
    let unread = Memo::new(move |_| live.unread(Some(room), card.unread));
    let waits = Signal::derive(move || (unread.get() > 0).then_some(""));
    let newest = Memo::new(move |_| live.newest(Some(room), drawn.clone()));
    let current = Signal::derive(move || is_open.get().then_some("page"));
    let avatar = match card.opposite.clone() {
        Some(person) => {
            let nobody = Presence { account: person.id, online: false, last_seen_ms: None };
            let presence = Some(card.presence.unwrap_or(nobody));
            view! { <Avatar person presence/> }.into_any()
        }
        None => view! { <RoomAvatar card=card.clone()/> }.into_any(),
    };
    let opposite = card.opposite.as_ref().map(|person| person.id);
    let is_written_to = Memo::new(move |_| !live.writers(room).is_empty());
    let preview = move || {
        // Beside the open one a draft stands where it is written.
        let draft = if is_open.get() { String::new() } else { live.text(room) };
        let (class, mark, words) = if is_written_to.get() {
            ("convo__typing", t.preview_writing, String::new())
        } else if !draft.trim().is_empty() {
            ("convo__draft", t.draft, draft)
        } else {
            // Nothing that would take up room.
            ("vh", "", words(t, newest.get(), me, opposite))
        };
        view! {
            <span class=class>{mark}</span>
            <span>{words}</span>
        }
    };
    view! {
        <a
            class=if long { "convo convo--long" } else { "convo" }
            href=format!("/chat/room/{room}")
            aria-current=current
            data-unread=waits
        >
            {avatar}
            <span class="convo__body">
                <span class="convo__line">
                    <span class="convo__name">{card.name}</span>
                    <span class="convo__time">
                        <NewestTime newest/>
                    </span>
                </span>
                <span class="convo__line">
                    <span class="convo__preview">{preview}</span>
                    <span class="convo__flags">
                        <UnreadBadge count=unread/>
                    </span>
                </span>
            </span>
        </a>
    }
}

/// How many messages are unread, while any are.
#[component]
pub fn UnreadBadge(#[prop(into)] count: Signal<u32>) -> impl IntoView {
    let t = text();
    // Counted anew with everything that is heard.
    let count = Memo::new(move |_| count.get());
    move || {
        let count = count.get();
        (count > 0).then(|| {
            let shown = if count > 99 { "99+".into() } else { count.to_string() };
            view! {
                <span class="badge">
                    {shown}
                    <span class="vh">{t.unread_end}</span>
                </span>
            }
        })
    }
}

/// When the newest message was sent, while there is one.
#[component]
pub fn NewestTime(newest: Memo<Option<Preview>>) -> impl IntoView {
    move || newest.get().map(|last| view! { <Time ms=last.sent_ms short=true/> })
}

/// The newest words of a conversation, with whose they are unless they are of the one it is named after.
pub fn words(t: &Text, newest: Option<Preview>, me: AccountId, opposite: Option<AccountId>) -> String {
    match newest {
        None => t.preview_none.into(),
        Some(last) if last.kind == Kind::System => t.note(last.body),
        Some(last) if last.sender == me => fill(t.preview_mine, &[&last.body]),
        Some(last) if Some(last.sender) == opposite => last.body,
        Some(last) => {
            // Never as if it were somebody else's, also while it is not known whose it is.
            let name = if last.sender_name.is_empty() { '…'.into() } else { short(&last.sender_name) };
            format!("{name}: {}", last.body)
        }
    }
}
