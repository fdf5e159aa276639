//! Pages whose content the server draws whole: nothing of them is in the browser's half but this frame.

use crate::{
    api,
    model::{account::Me, sheet::Sheet},
    ui::{
        fetch::{Await, Fetched, fetch, unexpected},
        part::{
            frame::{Inside, Place},
            title::Title,
        },
    },
};
use leptos::prelude::*;

/// A sheet in the frame of every page.
#[component]
pub fn Drawn(title: &'static str, place: Place, sheet: Sheet) -> impl IntoView {
    let page = move |_: Me| {
        let sheet = sheet.clone();
        let asked = move || {
            let sheet = sheet.clone();
            async move { api::sheet::sheet(sheet).await.map(Fetched::Sheet) }
        };
        let drawn = fetch(RwSignal::new(0), asked);
        let draw = move |fetched| match fetched {
            Fetched::Sheet(html) => view! { <div class="stack" inner_html=html></div> }.into_any(),
            _ => unexpected(),
        };
        view! {
            <main class="page" id="main">
                <Await fetch=drawn draw/>
            </main>
        }
        .into_any()
    };
    view! {
        <Title text=title/>
        <Inside place page/>
    }
}
