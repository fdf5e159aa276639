//! What a browser shows when it reaches nobody: kept on the device beforehand, the same for everybody.

use crate::ui::text::{fill, still::StillText};
use leptos::prelude::*;

/// The page without network; its link asks again for the address it stands at.
#[component]
pub fn Offline(emergency: String, t: &'static StillText) -> impl IntoView {
    view! {
        <main class="page page--narrow" id="main">
            <div class="stack">
                <h1>{t.offline}</h1>
                <p>{t.offline_reach}</p>
                <p>{t.offline_kept}</p>
                <p>{t.offline_private}</p>
                <p>
                    <a class="btn btn--primary" href="">
                        {t.try_again}
                    </a>
                </p>
                <p class="muted">{fill(t.offline_emergency, &[&emergency])}</p>
            </div>
        </main>
    }
}
