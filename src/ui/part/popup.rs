//! News on top of a page, for a few seconds.

use super::icon::Icon;
use crate::ui::live::Live;
use leptos::prelude::*;

/// The place where it shows; it is told once, politely.
#[component]
pub fn PopUpRegion() -> impl IntoView {
    let live = expect_context::<Live>();
    let close = live.texts.close;
    let shown = move || {
        live.popup.get().map(|news| {
            let name = match news.name.is_empty() {
                true => String::new(),
                false => format!("{}: ", news.name),
            };
            let more = (news.count > 1).then(|| view! { <span class="badge">{news.count.to_string()}</span> });
            view! {
                <div class="toast">
                    <Icon name="#i-chat"/>
                    <a class="grow" href=format!("/chat/room/{}", news.room) on:click=move |_| live.pop_down()>
                        <b>{name}</b>
                        {news.words}
                    </a>
                    {more}
                    <button class="icon-btn" aria-label=close on:click=move |_| live.pop_down()>
                        <Icon name="#i-close"/>
                    </button>
                </div>
            }
        })
    };
    view! { <div class="toast-region" role="status">{shown}</div> }
}
