//! What sheets are made of. Who is there is told with the number of whom it is about, so that the page keeps it up.

use super::Reader;
use crate::{
    model::{
        AccountId,
        account::{Person, hue},
        presence::Presence,
        room::{Preview, RoomCard, RoomKind},
        timeline::Delivery,
    },
    ui::{
        part::{conversation::words, icon::Icon, when::Moment},
        text::fill,
    },
};
use leptos::prelude::*;

fn state(presence: Presence) -> &'static str {
    if presence.online { "available" } else { "offline" }
}

/// A person's circle, with the dot of whether they are there.
#[component]
pub fn Circle(
    person: Person,
    #[prop(optional_no_strip)] presence: Option<Presence>,
    #[prop(optional)] size: Option<&'static str>,
) -> impl IntoView {
    let dot = presence.map(|presence| {
        view! { <span class="presence" data-of=presence.account.to_string() data-presence=state(presence)></span> }
    });
    view! {
        <span class="avatar" data-hue=person.hue().to_string() data-size=size aria-hidden="true">
            {person.initials()}
            {dot}
        </span>
    }
}

/// Whether somebody is there, in words; both are drawn, and what is not so is not shown.
#[component]
pub fn There(presence: Presence, reader: Reader, #[prop(optional)] unseen: bool) -> impl IntoView {
    let t = reader.text();
    view! {
        <span
            class=if unseen { "vh there" } else { "presence-text there" }
            data-of=presence.account.to_string()
            data-presence=state(presence)
        >
            <span class="there__is">{t.available}</span>
            <span class="there__not">{t.not_here}</span>
        </span>
    }
}

/// How many messages are unread, while any are.
#[component]
pub fn Unread(count: u32, reader: Reader) -> impl IntoView {
    let shown = if count > 99 { "99+".into() } else { count.to_string() };
    (count > 0).then(|| {
        view! {
            <span class="badge">
                {shown} <span class="vh">{reader.text().unread_end}</span>
            </span>
        }
    })
}

/// When something was, in the short form, with the whole of it in its title.
#[component]
pub fn When(ms: i64, reader: Reader) -> impl IntoView {
    let (at, text) = (reader.moment(ms), reader.text());
    view! { <time datetime=utc(ms) title=text.full(&at)>{text.short(&at, &reader.now())}</time> }
}

/// How long something has lasted: "33 min".
#[component]
pub fn Since(ms: i64, reader: Reader) -> impl IntoView {
    let full = reader.text().full(&reader.moment(ms));
    view! { <time datetime=utc(ms) title=full>{lasted(reader, ms)}</time> }
}

/// A moment for machines.
pub fn utc(ms: i64) -> String {
    let utc = Moment::at(ms, crate::ui::part::when::Zone::Fixed(0));
    format!("{}T{}Z", utc.date(), utc.time())
}

fn lasted(reader: Reader, since_ms: i64) -> String {
    let t = reader.text();
    let minutes = (reader.now_ms - since_ms).max(0) / 60_000;
    let (one, many, count) = match minutes {
        0 => return t.wait_now.to_owned(),
        1..60 => (t.wait_minutes, t.wait_minutes, minutes),
        60..1_440 => (t.wait_hour, t.wait_hours, minutes / 60),
        _ => (t.wait_day, t.wait_days, minutes / 1_440),
    };
    fill(if count == 1 { one } else { many }, &[&count.to_string()])
}

/// The newest words of a conversation, with whose they are, and how far they have come.
#[component]
pub fn Newest(
    last: Option<Preview>,
    me: AccountId,
    #[prop(optional_no_strip)] delivery: Option<Delivery>,
    /// Whose they are where nobody is named.
    opposite: Option<AccountId>,
    reader: Reader,
) -> impl IntoView {
    let t = reader.text();
    let ticks = delivery.map(|delivery| {
        let (state, icon, words) = match delivery {
            Delivery::Read => ("read", "#i-ticks", t.read),
            Delivery::Delivered => ("delivered", "#i-ticks", t.delivered),
            _ => ("sent", "#i-tick", t.sent),
        };
        view! {
            <span class="ticks" data-state=state title=words>
                <Icon name=icon/>
                <span class="vh">{words}</span>
            </span>
        }
    });
    let words = words(t, last, me, opposite);
    view! { {ticks} <span>{words}</span> }
}

/// A conversation as one link.
#[component]
pub fn RoomLine(card: RoomCard, me: AccountId, reader: Reader) -> impl IntoView {
    let room = card.id;
    let avatar = match card.opposite.clone() {
        Some(person) => view! { <Circle person presence=card.presence/> }.into_any(),
        None => {
            let icon = if card.kind == RoomKind::Job { "#i-jobs" } else { "#i-users" };
            view! { <Square icon hue=hue(room.0)/> }.into_any()
        }
    };
    let opposite = card.opposite.as_ref().map(|person| person.id);
    let time = card.last.as_ref().map(|last| view! { <When ms=last.sent_ms reader/> });
    view! {
        <a class="convo convo--long" href=format!("/chat/room/{room}") data-unread=(card.unread > 0).then_some("")>
            {avatar}
            <span class="convo__body">
                <span class="convo__line">
                    <span class="convo__name">{card.name}</span>
                    <span class="convo__time">{time}</span>
                </span>
                <span class="convo__line">
                    <span class="convo__preview">
                        <Newest last=card.last me opposite reader/>
                    </span>
                    <span class="convo__flags">
                        <Unread count=card.unread reader/>
                    </span>
                </span>
            </span>
        </a>
    }
}

/// The button that opens the conversation with somebody.
#[component]
pub fn ChatWith(
    person: Person,
    #[prop(optional)] unread: u32,
    /// What stands on it instead of "Chat".
    #[prop(optional)]
    words: Option<&'static str>,
    #[prop(default = "btn btn--sm")] class: &'static str,
    reader: Reader,
) -> impl IntoView {
    let t = reader.text();
    let icon = if class.contains("--lg") { "icon" } else { "icon icon--sm" };
    view! {
        <form method="post" action="/chat/open">
            <input type="hidden" name="with" value=person.id.to_string()/>
            <button class=class>
                <Icon name="#i-chat" class=icon/>
                <span>
                    {words.unwrap_or(t.chat)}
                    <span class="vh">{fill(t.chat_with_end, &[&person.name])}</span>
                </span>
                <Unread count=unread reader/>
            </button>
        </form>
    }
}

/// A drawing in a rounded square, before a row of something that is no person.
#[component]
pub fn Square(icon: &'static str, hue: u8) -> impl IntoView {
    view! {
        <span class="avatar" data-kind="room" data-hue=hue.to_string() aria-hidden="true">
            <Icon name=icon/>
        </span>
    }
}

/// A section of a sheet, with its heading.
#[component]
pub fn Card(id: &'static str, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head">
                <h2 id=id>{title}</h2>
            </div>
            {children()}
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::language::Language, ui::part::when::Zone};

    #[test]
    fn a_wait_is_told_in_its_largest_unit() {
        let reader = |language| Reader { language, zone: Zone::Fixed(0), now_ms: 1_795_254_120_000 };
        let told = |language, minutes: i64| {
            let reader = reader(language);
            lasted(reader, reader.now_ms - minutes * 60_000 - 59_000)
        };
        let english = [0, 1, 59, 60, 119, 120, 1_440, 2_880].map(|minutes| told(Language::En, minutes));
        assert_eq!(english, ["now", "1 min", "59 min", "1 hour", "1 hour", "2 hours", "1 day", "2 days"]);
        assert_eq!(told(Language::De, 125), "2 Stunden");
        assert_eq!(
            lasted(reader(Language::En), i64::MAX / 2),
            "now",
            "a clock ahead of ours is no negative wait"
        );
    }
}
