//! What a browser shows when it reaches nobody: kept on the device beforehand, the same for everybody.

use leptos::prelude::*;

/// The page without network; its link asks again for the address it stands at.
#[component]
pub fn Offline(emergency: String) -> impl IntoView {
    view! {
        <main class="page page--narrow" id="main">
            <div class="stack">
                <h1>"You are offline"</h1>
                <p>"Confer cannot be reached at the moment. Check your connection, then try again."</p>
                <p>
                    "A message that has not been sent yet is kept on the page you wrote it on, until that page is closed. \
                     If it is still open, leave it open: it sends the message by itself when the connection is back."
                </p>
                <p>
                    "To keep them private, conversations are not stored on this device. You can read them again when you \
                     are online."
                </p>
                <p>
                    <a class="btn btn--primary" href="">
                        "Try again"
                    </a>
                </p>
                <p class="muted">{format!("If it is an emergency, call {emergency}. Do not wait for an answer here.")}</p>
            </div>
        </main>
    }
}
