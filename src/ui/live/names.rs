//! What people are called: told by the pages that know them, asked for when somebody writes whom none has named.

use super::Live;
use crate::{
    api,
    model::{
        AccountId, RoomId,
        account::{Person, short},
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

    /// Finds out who wrote in a room, and goes on with the name; with none, if that cannot be known now.
    pub(super) fn ask_name(&self, room: RoomId, sender: AccountId, then: impl FnOnce(String) + 'static) {
        let live = *self;
        spawn_local(async move {
            let rooms = api::room::list(None).await.map(|page| page.rooms).unwrap_or_default();
            let mut newest = rooms.into_iter().filter_map(|card| card.last);
            let name = newest.find(|last| last.sender == sender).map(|last| short(&last.sender_name));
            let name = name.unwrap_or_default();
            if !name.is_empty() {
                live.kept.update_value(|kept| kept.names.set(sender, name.clone()));
                live.heard.update(|heard| {
                    let latest = heard.latest.get(room).filter(|latest| latest.sender == sender).cloned();
                    if let Some(mut latest) = latest {
                        latest.sender_name.clone_from(&name);
                        heard.latest.set(room, latest);
                    }
                });
            }
            then(name);
        });
    }
}
