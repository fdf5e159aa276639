//! Settings: what somebody can see and choose about their own account, as its page shows it.

use super::{device::Device, look::Look, notice::PopUps};

/// Everything the page shows.
#[derive(Clone, Debug)]
pub struct Settings {
    pub email: String,
    pub pop_ups: PopUps,
    pub devices: Vec<Device>,
    pub look: Look,
    pub outcome: Option<Outcome>,
}

/// What came of the form that led here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Saved,
    SignedOut,
    PasswordChanged,
    WrongPassword,
    ShortPassword,
    TooManyTries,
}

impl Outcome {
    const ALL: [(Outcome, &'static str); 6] = [
        (Outcome::Saved, "saved"),
        (Outcome::SignedOut, "signed-out"),
        (Outcome::PasswordChanged, "password"),
        (Outcome::WrongPassword, "wrong"),
        (Outcome::ShortPassword, "short"),
        (Outcome::TooManyTries, "tries"),
    ];

    /// The word in the page's address.
    pub fn word(self) -> &'static str {
        Outcome::ALL.iter().find(|(outcome, _)| *outcome == self).map_or("", |(_, word)| word)
    }

    /// The outcome a page's address tells.
    pub fn from_word(word: &str) -> Option<Outcome> {
        Outcome::ALL.iter().find(|(_, known)| *known == word).map(|(outcome, _)| *outcome)
    }
}
