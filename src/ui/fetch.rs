//! What pages are made of, fetched once: by the server while it draws, by the browser when it moves on.
//!
//! One type for everything that is fetched: each further type would bring the whole machinery of resources,
//! suspense and decoding into the browser's half again.

use super::part::trouble::Trouble;
use crate::model::{
    Error, Result, RoomId,
    account::Me,
    room::{Contact, RoomPage, Visit},
};
use leptos::{
    prelude::*,
    server::codee::{Decoder, Encoder},
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

/// Anything a page can be made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Fetched {
    Me(Me),
    Rooms(RoomPage),
    Contacts(Vec<Contact>),
    Visit(Visit),
    /// Where a job is talked about.
    Room(RoomId),
    Sheet(String),
}

/// Something on its way to a page.
pub type Fetch = Resource<Result<Fetched>, Json>;

type Fetching = Pin<Box<dyn Future<Output = Result<Fetched>> + Send>>;

/// JSON read from bytes, as server functions read it, so that both share one decoder.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T: DeserializeOwned> Decoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// Fetches now, and again whenever `again` moves.
pub fn fetch<F>(again: RwSignal<u32>, from: impl Fn() -> F + Send + Sync + 'static) -> Fetch
where
    F: Future<Output = Result<Fetched>> + Send + 'static,
{
    let from: Box<dyn Fn() -> Fetching + Send + Sync> = Box::new(move || Box::pin(from()));
    Resource::new_with_options(move || again.get(), move |_| from(), true)
}

/// Draws what was fetched, or says what went wrong and how to try again; never an empty page. What is fetched
/// again stands as it was until the new is there.
#[component]
pub fn Await(fetch: Fetch, #[prop(into)] draw: Callback<Fetched, AnyView>) -> impl IntoView {
    let drawn = move || {
        Suspend::new(async move {
            match fetch.await {
                Ok(fetched) => {
                    last_walk().await;
                    draw.run(fetched)
                }
                Err(error) => {
                    let retry = Callback::new(move |()| fetch.refetch());
                    view! { <Trouble error retry/> }.into_any()
                }
            }
        })
    };
    view! { <Transition>{drawn}</Transition> }
}

/// Before a page is drawn on the server, it is walked through to see what is still being fetched. Each such walk
/// polls once, and whatever it drew would be fetched and drawn again by the next: so nothing is there at once.
async fn last_walk() {
    let mut is_ready = !is_server();
    poll_fn(|context| {
        if std::mem::replace(&mut is_ready, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// What a page answers when something else was fetched than it asked for; it cannot happen.
pub fn unexpected() -> AnyView {
    let error = Error::Fault { id: "page".into() };
    view! { <Trouble error/> }.into_any()
}
