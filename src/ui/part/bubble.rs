//! One message: who, what, when, and whether it arrived.

use super::{avatar::Avatar, icon::Icon, when::Time};
use crate::{
    model::{
        Cid,
        account::Person,
        timeline::{Delivery, Row},
    },
    ui::{
        live::{Link, Live},
        text::{Text, text},
    },
};
use leptos::prelude::*;

/// Where a bubble stands among its neighbours of the same sender.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Alone,
    Start,
    Middle,
    End,
}

/// What of a drawn message can change while it stays the same message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    pub place: Place,
    pub delivery: Delivery,
    /// Whether its delivery is also said in words underneath.
    pub is_told: bool,
    /// The words, where the state alone does not choose them.
    pub told: Option<String>,
}

impl Default for Look {
    fn default() -> Self {
        Look { place: Place::Alone, delivery: Delivery::Sent, is_told: false, told: None }
    }
}

impl Look {
    fn begins(&self) -> bool {
        matches!(self.place, Place::Alone | Place::Start)
    }
}

/// What happened to the room, between what was said.
#[component]
pub fn NoteLine(row: Row) -> impl IntoView {
    let t = text();
    view! {
        <li class="sysmsg">
            <Icon name="#i-users"/>
            <span>
                {t.note(row.body)}
                " "
                <Time ms=row.sent_ms/>
            </span>
        </li>
    }
}

/// One line of the log.
#[component]
pub fn Bubble(
    row: Row,
    sender: Option<Person>,
    is_mine: bool,
    look: RwSignal<Look>,
    /// Whether there are details of who has read it.
    has_details: bool,
    on_retry: Callback<Cid>,
) -> impl IntoView {
    let t = text();
    let cid = row.cid;
    // Unsaid where there are none: then what would be a link is plain words.
    let details = (is_mine && has_details).then(|| format!("?details={cid}"));
    let begins = move || look.with(Look::begins);
    let first = Signal::derive(move || begins().then_some(""));
    let position = Signal::derive(move || match look.with(|look| look.place) {
        Place::Alone => None,
        Place::Start => Some("start"),
        Place::Middle => Some("mid"),
        Place::End => Some("end"),
    });
    let state = is_mine.then(|| Signal::derive(move || look.with(|look| word(&look.delivery))));
    let who = move || match (&sender, is_mine) {
        (_, true) => view! { <p class="vh">{t.you}</p> }.into_any(),
        (Some(person), _) if begins() => view! {
            <Avatar person=person.clone() size="sm"/>
            <p class="msg__who">
                {person.name.clone()}
                <span class="role">{t.caption(person)}</span>
            </p>
        }
        .into_any(),
        (Some(person), _) => view! { <p class="vh">{person.name.clone()}</p> }.into_any(),
        (None, _) => view! { <p class="msg__who">{t.gone}</p> }.into_any(),
    };
    view! {
        <li
            class="msg"
            data-dir=if is_mine { "out" } else { "in" }
            data-first=first
            data-pos=position
            data-state=state
        >
            {who}
            <div class="bubble">
                <p class="bubble__text" dir="auto">{row.body}</p>
                " "
                <span class="bubble__meta">
                    <Time ms=row.sent_ms/>
                    {is_mine.then(|| view! { <Ticks look details=details.clone()/> })}
                </span>
            </div>
            {is_mine.then(|| view! { <Told look details on_retry cid/> })}
        </li>
    }
}

fn word(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Sending => "sending",
        Delivery::Sent => "sent",
        Delivery::Delivered => "delivered",
        Delivery::Read => "read",
        Delivery::Failed(_) => "failed",
    }
}

fn title(t: &Text, delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Sending => t.sending,
        Delivery::Sent => t.sent,
        Delivery::Delivered => t.delivered,
        Delivery::Read => t.read,
        Delivery::Failed(_) => t.not_sent,
    }
}

/// The shape of an own message's state, with its word for those who listen.
#[component]
fn Ticks(look: RwSignal<Look>, details: Option<String>) -> impl IntoView {
    let t = text();
    let state = Signal::derive(move || look.with(|look| word(&look.delivery)));
    let words = Signal::derive(move || look.with(|look| title(t, &look.delivery)));
    let icon = Signal::derive(move || match state.get() {
        "sending" => "#i-clock",
        "failed" => "#i-alert-circle",
        "sent" => "#i-tick",
        _ => "#i-ticks",
    });
    view! {
        // One stop for Tab in the whole log is enough: from it the arrows lead to the others.
        <a class="ticks" data-state=state title=words data-stay="" tabindex="-1" href=details>
            <Icon name=icon/>
            <span class="vh">{words}</span>
        </a>
    }
}

#[component]
fn Told(look: RwSignal<Look>, details: Option<String>, on_retry: Callback<Cid>, cid: Cid) -> impl IntoView {
    let live = expect_context::<Live>();
    let t = live.texts;
    move || {
        let Look { delivery, is_told, told, .. } = look.get();
        if !is_told {
            return None;
        }
        let told = match delivery {
            Delivery::Sent | Delivery::Delivered | Delivery::Read => {
                let words = told.unwrap_or_else(|| title(t, &delivery).into());
                view! {
                    <a class="msg__status" data-stay="" href=details.clone()>
                        {words}
                    </a>
                }
                .into_any()
            }
            Delivery::Sending => {
                let words = Signal::derive(move || match live.link.get() {
                    Link::Idle | Link::Connected | Link::Http => t.sending_now,
                    _ => t.sending_later,
                });
                view! { <p class="msg__status">{words}</p> }.into_any()
            }
            Delivery::Failed(error) => view! {
                <p class="msg__status" data-state="failed" role="alert">
                    <Icon name="#i-alert-circle"/>
                    {t.not_sent_begin}
                    {t.error(&error)}
                    " "
                    <button class="btn btn--sm btn--danger-quiet" on:click=move |_| on_retry.run(cid)>
                        <Icon name="#i-refresh" class="icon icon--sm"/>
                        {t.try_again}
                    </button>
                </p>
            }
            .into_any(),
        };
        Some(told)
    }
}
