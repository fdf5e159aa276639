//! What people are called: told by the pages that know them, asked for when somebody writes whom none has named.

use super::Live;
use crate::{
    api,
    model::{
        AccountId,
        account::{Person, short},
        room::Preview,
    },
};
use leptos::{prelude::*, task::spawn_local};

impl Live {
    /// Remembers what people are called.
    pub fn name<'a>(&self, people: impl IntoIterator<Item = &'a Person>) {
        self.kept.update_value(|kept| {
            people.into_iter().for_each(|person| kept.names.set(person.id, person.short_name()));
        });
    }

    /// What somebody is called, if a page has said so.
    pub(super) fn name_of(&self, account: AccountId) -> Option<String> {
        self.kept.with_value(|kept| kept.names.get(account).cloned())
    }

    /// Finds out who somebody is that writes, and goes on with the name; with none, if that cannot be known now.
    pub(super) fn ask_name(&self, sender: AccountId, then: impl FnOnce(String) + 'static) {
        let live = *self;
        spawn_local(async move {
            let rooms = api::room::list(None).await.map(|page| page.rooms).unwrap_or_default();
            // Whoever else has written lately need not be asked for again.
            live.kept.update_value(|kept| {
                let newest = rooms.into_iter().filter_map(|card| card.last);
                newest.for_each(|last| kept.names.set(last.sender, short(&last.sender_name)));
            });
            let known = live.name_of(sender);
            if let Some(name) = &known {
                live.heard.update(|heard| {
                    let nameless =
                        |latest: &&mut Preview| latest.sender == sender && latest.sender_name.is_empty();
                    heard
                        .latest
                        .values_mut()
                        .filter(nameless)
                        .for_each(|one| one.sender_name.clone_from(name));
                });
            }
            then(known.unwrap_or_default());
        });
    }
}
