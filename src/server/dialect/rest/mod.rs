//! P4 over HTTP: chat rooms and messages, with the shapes, statuses and pages of Django REST framework.

pub mod message;
mod paging;
pub mod room;

use crate::{
    model::{Error, Result},
    server::gate::Scope,
};
use axum::Extension;
use std::collections::HashMap;

type Me = Option<Extension<Scope>>;
type Asked = HashMap<String, String>;

fn me(me: Me) -> Result<Scope> {
    me.map(|Extension(me)| me).ok_or(Error::SignIn)
}

fn id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::NotFound)
}
