//! Sheets: what the server alone draws. Nothing here travels to the browser as a program.

pub mod birthday;
pub mod find;
pub mod home;
pub mod job;
pub mod jobs;
pub mod notices;
pub mod part;
pub mod patients;
pub mod settings;
pub mod steps;
pub mod visit;

use super::{
    part::when::{Moment, Zone},
    text::sheet::SheetText,
};
use crate::model::language::Language;

/// Whom a sheet is drawn for: their language and their clock.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    pub language: Language,
    pub zone: Zone,
    pub now_ms: i64,
}

impl Reader {
    fn text(self) -> &'static SheetText {
        SheetText::of(self.language)
    }

    fn now(self) -> Moment {
        self.moment(self.now_ms)
    }

    fn moment(self, ms: i64) -> Moment {
        Moment::at(ms, self.zone)
    }
}
