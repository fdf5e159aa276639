//! Tallies: what is left unread after something was read, counted apart from the writer and told to the reader's
//! own tabs. A database that does not answer a question about the past must not keep new messages waiting.

use super::{App, outbox::About, receipt};
use crate::model::{AccountId, Error, RoomId, wire::Event};
use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// How soon what could not be counted is counted again.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Who has read something and is not told yet what is left; each once, however much was read meanwhile.
#[derive(Debug, Default)]
pub struct Tallies {
    waiting: Mutex<HashSet<(RoomId, AccountId)>>,
    filled: Notify,
}

impl Tallies {
    /// These have read something.
    pub fn put(&self, readers: impl IntoIterator<Item = (RoomId, AccountId)>) {
        self.waiting().extend(readers);
        self.filled.notify_one();
    }

    fn take(&self) -> Vec<(RoomId, AccountId)> {
        self.waiting().drain().collect()
    }

    fn waiting(&self) -> MutexGuard<'_, HashSet<(RoomId, AccountId)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The only task that counts for the tabs: with two of them an older count could be told after a newer one.
pub async fn tell(app: App) {
    loop {
        tokio::select! {
            () = app.tallies.filled.notified() => {}
            () = app.stopped() => return,
        }
        let readers = app.tallies.take();
        if readers.is_empty() {
            continue;
        }
        let counted = tokio::select! {
            counted = receipt::standings_of(&app, readers.clone()) => counted,
            () = app.stopped() => return,
        };
        match counted {
            Ok(standings) => standings.into_iter().for_each(|(account, standing)| {
                let event = Event::Standing { rooms: vec![standing] };
                app.hub.pass_to(account, About::Standing(standing.room), &event);
            }),
            Err(Error::Unavailable { .. }) => {
                tracing::warn!("unread messages could not be counted yet");
                tokio::select! {
                    () = tokio::time::sleep(AGAIN_AFTER) => {}
                    () = app.stopped() => return,
                }
                let here = readers.into_iter().filter(|(_, account)| app.hub.is_connected(*account));
                app.tallies.put(here);
            }
            // Asked again it would fail again; the next thing read is counted with the others.
            Err(error) => tracing::warn!(error.code = error.code(), "unread messages were not counted"),
        }
    }
}
