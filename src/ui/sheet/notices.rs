//! The list of what happened meanwhile.

use super::{
    Reader,
    part::{Square, When},
};
use crate::{
    model::notice::{Notice, What},
    ui::text::fill,
};
use leptos::prelude::*;

/// Everything of the last thirty days, newest first.
#[component]
pub fn NoticesSheet(notices: Vec<Notice>, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let rows = notices.into_iter().map(|notice| view! { <Line notice reader/> }).collect_view();
    view! {
        <header class="page-head">
            <div class="page-head__text">
                <h1>{t.notifications}</h1>
                <p class="page-head__sub">{t.notices_sub}</p>
            </div>
            <div class="page-head__actions">
                <a class="btn btn--sm" href="/settings#s-notices">
                    {t.notices_choose}
                </a>
            </div>
        </header>
        <section class="card" aria-label=t.notifications>
            {match rows.is_empty() {
                true => {
                    view! {
                        <div class="empty">
                            <h2>{t.notices_none}</h2>
                            <p>{t.notices_none_text}</p>
                        </div>
                    }
                        .into_any()
                }
                false => view! { <ul role="list" class="rows">{rows}</ul> }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Line(notice: Notice, reader: Reader) -> impl IntoView {
    let t = reader.text();
    let (icon, hue, href, title, words) = match notice.what {
        What::Messages { room, name, count } => {
            let words = match count {
                1 => t.notice_one.to_owned(),
                many => fill(t.notice_many, &[&many.to_string()]),
            };
            ("#i-chat", 5, format!("/chat/room/{room}"), name, words)
        }
        What::Joined { room, name } => {
            ("#i-users", 4, format!("/chat/room/{room}"), name, t.notice_joined.to_owned())
        }
        What::Job { job, title, status } => {
            ("#i-jobs", 1, format!("/jobs/{job}"), title, reader.text().status(status).to_owned())
        }
        What::SignedIn { device } => (
            "#i-lock",
            7,
            "/settings#s-devices".to_owned(),
            device.unwrap_or_else(|| t.program.to_owned()),
            t.notice_signed_in.to_owned(),
        ),
    };
    view! {
        <li>
            <a class="convo" href=href data-unread=notice.is_new.then_some("")>
                <Square icon hue/>
                <span class="convo__body">
                    <span class="convo__line">
                        <span class="convo__name">{title}</span>
                        <span class="convo__time">
                            <When ms=notice.at_ms reader/>
                        </span>
                    </span>
                    <span class="convo__line">
                        <span class="convo__preview">
                            <span>{words}</span>
                        </span>
                        {notice.is_new.then(|| view! { <span class="tag" data-tone="info">{t.notice_new}</span> })}
                    </span>
                </span>
            </a>
        </li>
    }
}
