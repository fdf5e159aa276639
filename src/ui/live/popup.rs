//! What pops up on whatever page is open: somebody wrote, a job went on.

use super::Live;
use crate::model::{
    RoomId,
    message::{Kind, Message},
    notice::PopUps,
};
use leptos::prelude::*;
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

    /// Shows news of a room that is not on screen.
    pub(super) fn pop_up(&self, message: &Message, name: String) {
        let chosen = self.kept.with_value(|kept| kept.pop_ups);
        let is_note = message.kind == Kind::System;
        let is_wanted = if is_note { chosen.jobs } else { chosen.messages };
        if !is_wanted || self.open_room() == Some(message.room) {
            return;
        }
        let body = message.body.clone();
        let (name, words) = if is_note { (String::new(), self.texts.note(body)) } else { (name, body) };
        self.show_news(message.room, name, words.chars().take(WORDS_MAX).collect());
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
