//! The one error of both sides: a code for the program, a plain sentence for the person.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What every fallible verb of Confer returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong with a field, as a word a program can match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Why {
    Missing,
    Empty,
    TooShort,
    TooLong,
    Malformed,
    Unknown,
}

/// Everything that can be answered instead of a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(into = "Flat", from = "Flat")]
pub enum Error {
    #[error("Sign in to go on.")]
    SignIn,
    #[error("You may not do this.")]
    Forbidden,
    /// Also the answer for what exists and is not yours.
    #[error("This is not here, or it is not yours to see.")]
    NotFound,
    #[error("{}", sentence(field, *why))]
    Invalid { field: Cow<'static, str>, why: Why },
    #[error("{}", conflict(what))]
    Conflict { what: Cow<'static, str> },
    #[error("This is too large to send.")]
    TooLarge { limit_bytes: u32 },
    #[error("That was a little fast. Wait a moment, then try again.")]
    Slow { retry_ms: u32 },
    #[error("Confer can not save right now. Nothing is lost; try again in a moment.")]
    Unavailable { retry_ms: u32 },
    /// Known to the browser only: the request never reached the server.
    #[error("There is no connection. Check your network, then try again.")]
    Offline,
    #[error("Something went wrong on our side. If you ask for help, give this number: {id}")]
    Fault { id: String },
}

impl Error {
    /// A field that does not hold what it should.
    pub fn invalid(field: &'static str, why: Why) -> Self {
        Error::Invalid { field: Cow::Borrowed(field), why }
    }

    /// A wish that contradicts what is already stored.
    pub fn conflict(what: &'static str) -> Self {
        Error::Conflict { what: Cow::Borrowed(what) }
    }

    /// The word a program matches, the same as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Error::SignIn => "sign_in",
            Error::Forbidden => "forbidden",
            Error::NotFound => "not_found",
            Error::Invalid { .. } => "invalid",
            Error::Conflict { .. } => "conflict",
            Error::TooLarge { .. } => "too_large",
            Error::Slow { .. } => "slow",
            Error::Unavailable { .. } => "unavailable",
            Error::Offline => "offline",
            Error::Fault { .. } => "fault",
        }
    }

    /// The HTTP status this error answers with.
    pub fn status(&self) -> u16 {
        match self {
            Error::SignIn => 401,
            Error::Forbidden => 403,
            Error::NotFound => 404,
            Error::Invalid { .. } => 422,
            Error::Conflict { .. } => 409,
            Error::TooLarge { .. } => 413,
            Error::Slow { .. } => 429,
            Error::Unavailable { .. } | Error::Offline => 503,
            Error::Fault { .. } => 500,
        }
    }

    /// Whether the same request may succeed later without being changed.
    pub fn may_retry(&self) -> bool {
        matches!(self, Error::Slow { .. } | Error::Unavailable { .. } | Error::Offline | Error::Fault { .. })
    }
}

/// An error as JSON: the code and what belongs to it, side by side. Reading an enum that is tagged inside would
/// cost the browser's half more than all of this file.
#[derive(Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(schemars::JsonSchema))]
#[serde(default)]
struct Flat {
    code: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<Why>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<Cow<'static, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit_bytes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl From<Error> for Flat {
    fn from(error: Error) -> Flat {
        let flat = Flat { code: Cow::Borrowed(error.code()), ..Flat::default() };
        match error {
            Error::SignIn | Error::Forbidden | Error::NotFound | Error::Offline => flat,
            Error::Invalid { field, why } => Flat { field: Some(field), why: Some(why), ..flat },
            Error::Conflict { what } => Flat { what: Some(what), ..flat },
            Error::TooLarge { limit_bytes } => Flat { limit_bytes: Some(limit_bytes), ..flat },
            Error::Slow { retry_ms } | Error::Unavailable { retry_ms } => {
                Flat { retry_ms: Some(retry_ms), ..flat }
            }
            Error::Fault { id } => Flat { id: Some(id), ..flat },
        }
    }
}

impl From<Flat> for Error {
    fn from(flat: Flat) -> Error {
        let retry_ms = flat.retry_ms.unwrap_or_default();
        match flat.code.as_ref() {
            "sign_in" => Error::SignIn,
            "forbidden" => Error::Forbidden,
            "not_found" => Error::NotFound,
            "invalid" => Error::Invalid {
                field: flat.field.unwrap_or_default(),
                why: flat.why.unwrap_or(Why::Malformed),
            },
            "conflict" => Error::Conflict { what: flat.what.unwrap_or_default() },
            "too_large" => Error::TooLarge { limit_bytes: flat.limit_bytes.unwrap_or_default() },
            "slow" => Error::Slow { retry_ms },
            "unavailable" => Error::Unavailable { retry_ms },
            "offline" => Error::Offline,
            // A code from a newer server is still an error.
            _ => Error::Fault { id: flat.id.unwrap_or_default() },
        }
    }
}

fn sentence(field: &str, why: Why) -> String {
    match (field, why) {
        ("body", Why::Empty) => "Write something first.".into(),
        ("body", Why::TooLong) => "This message is too long. Send it in parts.".into(),
        (_, Why::Missing | Why::Empty) => format!("Fill in the {field}."),
        ("password", Why::TooShort) => "The password needs 8 characters or more.".into(),
        (_, Why::TooShort) => format!("The {field} is too short."),
        (_, Why::TooLong) => format!("The {field} is too long."),
        (_, Why::Malformed | Why::Unknown) => format!("The {field} is not one Confer understands."),
    }
}

fn conflict(what: &str) -> &'static str {
    match what {
        "cid_reused" => "This message was already sent with other words.",
        "group_full" => "This group has as many members as it may have.",
        "owner_leaves" => "Hand the group over to somebody before you leave it.",
        "room_closed" => "This conversation is closed. It can still be read.",
        "job_status" => "The job is not at a point where this can be done.",
        "job_unassigned" => "Give the job to a worker first.",
        "email_taken" => "Somebody already uses this email address.",
        _ => "This contradicts what is already there.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_of_each() -> Vec<Error> {
        vec![
            Error::SignIn,
            Error::Forbidden,
            Error::NotFound,
            Error::invalid("body", Why::Empty),
            Error::conflict("cid_reused"),
            Error::TooLarge { limit_bytes: 65_536 },
            Error::Slow { retry_ms: 900 },
            Error::Unavailable { retry_ms: 1_000 },
            Error::Offline,
            Error::Fault { id: "f00d".into() },
        ]
    }

    #[test]
    fn the_code_in_json_is_the_code_in_rust() {
        for error in one_of_each() {
            let json = serde_json::to_value(&error).unwrap();
            assert_eq!(json["code"], error.code());
            assert_eq!(serde_json::from_value::<Error>(json).unwrap(), error);
        }
    }

    #[test]
    fn every_error_has_a_sentence_that_ends_and_blames_nobody() {
        for error in one_of_each() {
            let sentence = error.to_string();
            assert!(sentence.ends_with('.') || sentence.ends_with("f00d"), "{sentence}");
            assert!(!sentence.contains('_'), "{sentence}");
        }
    }
}
