//! What there is to know of a conversation: who it is with, who can read it, and how far each of them has.

use super::{
    avatar::{Avatar, PresenceText, RoomAvatar},
    when::Moment,
};
use crate::{
    model::{
        AccountId,
        account::Person,
        message::Message,
        presence::Presence,
        receipt::Receipt,
        room::{Room, RoomCard},
        timeline::Timeline,
    },
    ui::{
        address::query,
        live::Live,
        text::{Text, fill},
    },
};
use leptos::prelude::*;

/// Everything up to what somebody has read, in words, with a time such as "09:41" or "Mon, 09:41".
fn told(t: &Text, receipt: &Receipt, seq: i64, is_message: bool, time: impl Fn(i64) -> String) -> String {
    match receipt.read_ms {
        _ if receipt.read_seq < seq && receipt.delivered_seq < seq => t.come_not.into(),
        _ if receipt.read_seq < seq => t.come_delivered.into(),
        None => t.read.into(),
        Some(read_ms) if !is_message => fill(t.come_up_to, &[&time(read_ms)]),
        Some(read_ms) if receipt.read_seq == seq => fill(t.come_at, &[&time(read_ms)]),
        // Later ones were read then; this one at the same time, or before.
        Some(read_ms) => fill(t.come_by, &[&time(read_ms)]),
    }
}

/// The circle of the person opposite, or the square of a room of several.
pub fn face(room: &Room, presence: &[Presence], size: &'static str) -> AnyView {
    match room.opposite().cloned() {
        Some(person) => {
            let presence = of(presence, person.id);
            view! { <Avatar person presence size/> }.into_any()
        }
        None => {
            let card = RoomCard {
                id: room.id,
                kind: room.kind,
                name: String::new(),
                opposite: None,
                presence: None,
                last: None,
                unread: 0,
                head: 0,
                active_ms: 0,
            };
            view! { <RoomAvatar card size/> }.into_any()
        }
    }
}

/// Somebody's presence among others'.
pub fn of(presence: &[Presence], account: AccountId) -> Option<Presence> {
    presence.iter().find(|one| one.account == account).copied()
}

/// What stands in the pane. Drawn as a whole whenever something in it moves: each part that moved by itself would
/// weigh more in the first load than all of them.
#[component]
pub fn Details(
    room: Memo<Room>,
    timeline: RwSignal<Timeline>,
    presence: Vec<Presence>,
    me: AccountId,
) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    move || {
        // Told on its way out, with the address that closed it: there is nothing to draw any more.
        let room = room.try_get()?;
        let now = Moment::at(live.now_ms.get(), live.zone());
        let time = |ms: i64| {
            let then = Moment::at(ms, live.zone());
            if then.date() == now.date() {
                t.time(&then)
            } else {
                format!("{}, {}", t.short(&then, &now), t.time(&then))
            }
        };
        // Everybody, and how far they have come: with all there is, or with the message of a number.
        let people = |timeline: &Timeline, seq: Option<i64>| {
            let members = room.members.iter().filter(|one| seq.is_none() || one.id != me);
            let person = |person: &Person| {
                let receipt = timeline.others().find(|receipt| receipt.account == person.id);
                let come =
                    receipt.map(|one| told(t, one, seq.unwrap_or(timeline.cursor()), seq.is_some(), time));
                let name = if person.id == me { t.you.to_owned() } else { person.name.clone() };
                let caption = seq.is_none().then(|| t.caption(person));
                view! {
                    <li class="person">
                        <Avatar person=person.clone() presence=of(&presence, person.id) size="sm"/>
                        <div>
                            <p class="person__name">{name}</p>
                            <p class="person__sub">{caption.unwrap_or_default()}</p>
                            <p class="person__sub">{come.unwrap_or_default()}</p>
                        </div>
                    </li>
                }
                .into_any()
            };
            members.map(person).collect::<Vec<_>>()
        };
        let opposite = room.opposite();
        let there = opposite.and_then(|person| of(&presence, person.id));
        let born = opposite.and_then(|person| t.birthday(person.born.as_deref()?, &now));
        let born = born.map(|born| {
            view! {
                <dl class="facts facts--tight">
                    <dt>{t.details_born}</dt>
                    <dd>{born}</dd>
                </dl>
            }
        });
        // The own message whose readers are asked for.
        let asked = live.address.with(|address| query(address, "details").and_then(|cid| cid.parse().ok()));
        let own = asked.and_then(|cid| timeline.with(|timeline| timeline.own(cid).cloned()));
        let own = own.map(|Message { seq, body, sent_ms, .. }| {
            view! {
                <section aria-labelledby="message-title">
                    <h3 id="message-title">{t.details_message}</h3>
                    <p class="quote">
                        <b>{time(sent_ms)}</b>
                        <span dir="auto">{body}</span>
                    </p>
                    <ul role="list">{timeline.with(|timeline| people(timeline, Some(seq)))}</ul>
                </section>
            }
        });
        Some(view! {
            <div class="details">
                <section class="idcard">
                    {face(&room, &presence, "xl")}
                    <h2>{room.name().to_owned()}</h2>
                    {there.map(|presence| view! { <PresenceText presence/> })}
                    {born}
                </section>
                {own}
                <section aria-labelledby="readers-title">
                    <h3 id="readers-title">
                        {t.details_readers}
                        " "
                        <span class="quiet">{t.people(room.members.len())}</span>
                    </h3>
                    <ul role="list">{timeline.with(|timeline| people(timeline, None))}</ul>
                </section>
            </div>
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::RoomId, ui::text::EN};

    #[test]
    fn how_far_somebody_has_come_is_never_said_to_be_further() {
        let receipt = |delivered_seq, read_seq, read_ms| {
            let (room, account, delivered_ms) = (RoomId(1), AccountId(2), None);
            Receipt { room, account, delivered_seq, delivered_ms, read_seq, read_ms }
        };
        let told = |receipt: Receipt, is_message| told(&EN, &receipt, 5, is_message, |ms| format!("09:{ms}"));
        assert_eq!(told(receipt(4, 4, Some(41)), true), EN.come_not);
        assert_eq!(told(receipt(5, 4, Some(41)), true), EN.come_delivered);
        assert_eq!(told(receipt(5, 5, Some(41)), true), "Read at 09:41");
        assert_eq!(told(receipt(7, 7, Some(41)), true), "Read by 09:41");
        assert_eq!(told(receipt(7, 7, Some(41)), false), "Read up to 09:41");
        assert_eq!(told(receipt(7, 7, None), false), EN.read);
    }
}
