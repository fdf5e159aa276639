//! Sheets: what the server alone draws. Nothing here travels to the browser as a program.

pub mod notices;
pub mod settings;

use super::{
    part::{
        icon::Icon,
        when::{Moment, Zone},
    },
    text::{Text, sheet::SheetText},
};
use crate::model::language::Language;
use leptos::prelude::*;

/// Whom a sheet is drawn for: their language and their clock.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    pub language: Language,
    pub zone: Zone,
    pub now: Moment,
}

impl Reader {
    fn sheet(self) -> &'static SheetText {
        SheetText::of(self.language)
    }

    fn text(self) -> &'static Text {
        Text::of(self.language)
    }
}

/// A section of a sheet, with its heading.
#[component]
fn Card(id: &'static str, title: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby=id>
            <div class="card__head">
                <h2 id=id>{title}</h2>
            </div>
            {children()}
        </section>
    }
}

/// When something was, in the short form, with the whole of it in its title.
#[component]
fn When(ms: i64, reader: Reader) -> impl IntoView {
    let (at, text) = (Moment::at(ms, reader.zone), reader.text());
    view! {
        <time datetime=at.date() title=text.full(&at)>
            {text.short(&at, &reader.now)}
        </time>
    }
}

/// A drawing in a rounded square, before a row of something that is no person.
#[component]
fn Square(icon: &'static str, hue: &'static str) -> impl IntoView {
    view! {
        <span class="avatar" data-kind="room" data-hue=hue aria-hidden="true">
            <Icon name=icon/>
        </span>
    }
}
