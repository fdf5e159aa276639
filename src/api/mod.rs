//! The doorways: server functions, one call each, no thinking.

pub mod account;
pub mod care;
pub mod job;
pub mod member;
pub mod message;
pub mod person;
pub mod room;
pub mod sheet;

use crate::model::Error;
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};

impl FromServerFnError for Error {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => Error::Offline,
            ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::Deserialization(_) => Error::invalid("request", crate::model::Why::Malformed),
            _ => Error::Fault { id: "unknown".into() },
        }
    }
}
