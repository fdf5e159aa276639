//! What pops up on whatever page is open: somebody wrote, a job went on.

use super::Live;
use crate::{
    api,
    model::{
        AccountId, RoomId,
        message::{Kind, Message},
        notice::PopUps,
    },
};
use leptos::{prelude::*, task::spawn_local};
use std::time::Duration;

/// How long one stays, unless somebody is about to use it.
const STAYS: Duration = Duration::from_secs(8);
/// Its words are a hint, not the message.
const WORDS_MAX: usize = 80;

/// News of one room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PopUp {
    pub room: RoomId,
    /// Who wrote; empty where that is not known, or nobody did.
    pub name: String,
    pub words: String,
    pub count: u32,
}

impl Live {
    /// Takes in which news its owner wants on top of pages.
    pub(super) fn choose_pop_ups(&self, chosen: PopUps) {
        self.kept.update_value(|kept| kept.pop_ups = chosen);
    }

    /// Shows news of a room that is not on screen. What comes while a connection catches up is no news.
    pub(super) fn pop_up(&self, message: &Message, me: AccountId) {
        let chosen = self.kept.with_value(|kept| kept.pop_ups);
        let is_wanted = if message.kind == Kind::System { chosen.jobs } else { chosen.messages };
        let is_here = self.open_room() == Some(message.room);
        if !is_wanted || is_here || message.sender == me || self.hushed.get_untracked() > 0 {
            return;
        }
        let room = message.room;
        let words: String = message.body.chars().take(WORDS_MAX).collect();
        let known = match message.kind {
            Kind::System => Some(String::new()),
            _ => self.kept.with_value(|kept| kept.names.get(message.sender).cloned()),
        };
        let live = *self;
        match known {
            Some(name) => self.show_news(room, name, words),
            // A page without a list knows nobody yet: then the conversation's own name says whose it is.
            None => spawn_local(async move {
                let rooms = api::room::list(None).await.map(|page| page.rooms).unwrap_or_default();
                let card = rooms.into_iter().find(|card| card.id == room);
                live.show_news(room, card.map(|card| card.name).unwrap_or_default(), words);
            }),
        }
    }

    fn show_news(&self, room: RoomId, name: String, words: String) {
        self.popup.update(|shown| {
            let before = shown.as_ref().filter(|shown| shown.room == room).map_or(0, |shown| shown.count);
            *shown = Some(PopUp { room, name, words, count: before + 1 });
        });
        self.pop_down_later();
    }

    /// Takes it away.
    pub fn pop_down(&self) {
        self.popup.set(None);
    }

    fn pop_down_later(&self) {
        let (live, shown) = (*self, self.popup.get_untracked());
        let end = move || {
            if live.popup.get_untracked() != shown {
                return;
            }
            let used = document().query_selector(".toast:hover, .toast:focus-within");
            match used {
                Ok(Some(_)) => live.pop_down_later(),
                _ => live.pop_down(),
            }
        };
        set_timeout(end, STAYS);
    }
}
