//! The circle of a person, the rounded square of a room, and the dot that says who is there.

use super::icon::Icon;
use crate::{
    model::{
        account::{Person, hue},
        presence::Presence,
        room::RoomCard,
        room::RoomKind,
    },
    ui::live::Live,
};
use leptos::prelude::*;

/// A person's circle; always beside their name, so hidden from those who listen.
#[component]
pub fn Avatar(
    person: Person,
    /// Set where the person's presence may be shown.
    #[prop(optional_no_strip)]
    presence: Option<Presence>,
    #[prop(optional)] size: Option<&'static str>,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let dot = presence.map(|presence| {
        let state = Signal::derive(move || if live.is_online(presence) { "available" } else { "offline" });
        view! { <span class="presence" data-presence=state></span> }
    });
    view! {
        <span class="avatar" data-hue=person.hue().to_string() data-size=size aria-hidden="true">
            {person.initials()}
            {dot}
        </span>
    }
}

/// The square of a room with several people.
#[component]
pub fn RoomAvatar(card: RoomCard, #[prop(optional)] size: Option<&'static str>) -> impl IntoView {
    let name = match card.kind {
        RoomKind::Job => "#i-jobs",
        RoomKind::Care | RoomKind::Direct | RoomKind::Group => "#i-users",
    };
    view! {
        <span class="avatar" data-kind="room" data-hue=hue(card.id.0).to_string() data-size=size aria-hidden="true">
            <Icon name/>
        </span>
    }
}

/// Presence in words.
#[component]
pub fn PresenceText(presence: Presence) -> impl IntoView {
    let live = expect_context::<Live>();
    let state = Signal::derive(move || if live.is_online(presence) { "available" } else { "offline" });
    let t = live.texts;
    let words = Signal::derive(move || if live.is_online(presence) { t.available } else { t.not_here });
    view! {
        <span class="presence-text" data-presence=state>
            {words}
        </span>
    }
}
