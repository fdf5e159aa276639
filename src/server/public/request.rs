//! What a call takes: who asks, what its path names, its query, its body; each of them knows its description.

use super::{
    Problem,
    operation::{Example, Of, Piece, Shape},
};
use crate::{
    model::{AccountId, Cid, Error, HookId, JobId, Result, RoomId, Why, job::Step},
    server::{App, gate::Scope, http::BODY_MAX_BYTES},
};
use axum::{
    Extension,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request, State},
    http::{HeaderValue, StatusCode, request::Parts},
};
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;

/// A part of a request.
pub trait Takes {
    /// Says what it takes.
    fn describe(shape: &mut Shape);
}

impl Takes for State<App> {
    fn describe(_: &mut Shape) {}
}

/// Who asks; nobody is refused before anything else is looked at.
pub struct Asker(pub Scope);

impl<S: Send + Sync> FromRequestParts<S> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asker, Problem> {
        match Extension::<Scope>::from_request_parts(parts, state).await {
            Ok(Extension(me)) => Ok(Asker(me)),
            Err(_) => Err(Problem(Error::SignIn)),
        }
    }
}

impl Takes for Asker {
    fn describe(shape: &mut Shape) {
        shape.needs_sign_in = true;
    }
}

/// What a path names; what cannot be its name names nothing.
pub struct At<T>(pub T);

/// The names of a path, in order.
pub trait Place: Sized {
    /// Reads them.
    fn read(words: &[String]) -> Option<Self>;
    /// Says what they are.
    fn pieces() -> Vec<Piece>;
}

/// One name in a path.
pub trait Word: JsonSchema + Sized {
    const EXAMPLE: &'static str;
    /// Reads it.
    fn read(word: &str) -> Option<Self>;
    /// Says what it is.
    fn piece() -> Piece {
        Piece { schema: SchemaGenerator::subschema_for::<Self>, example: Self::EXAMPLE }
    }
}

macro_rules! words {
    ($($name:ident, $example:literal, $read:expr;)+) => {$(
        impl Word for $name {
            const EXAMPLE: &'static str = $example;

            fn read(word: &str) -> Option<Self> {
                $read(word)
            }
        }

        impl Place for $name {
            fn read(words: &[String]) -> Option<Self> {
                let [word] = words else { return None };
                <$name as Word>::read(word)
            }

            fn pieces() -> Vec<Piece> {
                vec![$name::piece()]
            }
        }
    )+};
}

words! {
    AccountId, "12", |word: &str| word.parse().ok();
    RoomId, "7", |word: &str| word.parse().ok();
    JobId, "3", |word: &str| word.parse().ok();
    HookId, "2", |word: &str| word.parse().ok();
    Step, "confirm", Step::from_word;
}

impl<A: Word, B: Word> Place for (A, B) {
    fn read(words: &[String]) -> Option<Self> {
        let [one, other] = words else { return None };
        Some((A::read(one)?, B::read(other)?))
    }

    fn pieces() -> Vec<Piece> {
        vec![A::piece(), B::piece()]
    }
}

impl<S: Send + Sync, T: Place> FromRequestParts<S> for At<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<At<T>, Problem> {
        let words = Path::<Vec<String>>::from_request_parts(parts, state).await;
        let place = words.ok().and_then(|Path(words)| T::read(&words));
        place.map(At).ok_or(Problem(Error::NotFound))
    }
}

impl<T: Place> Takes for At<T> {
    fn describe(shape: &mut Shape) {
        shape.path = T::pieces();
    }
}

/// The query of a request; what cannot be read is named.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Asked(asked)),
            Err(_) => Err(Problem(Error::invalid("query", Why::Malformed))),
        }
    }
}

impl<T: JsonSchema> Takes for Asked<T> {
    fn describe(shape: &mut Shape) {
        shape.query = Some(Of::fields::<T>());
    }
}

/// The name of a send, where it is in a header.
pub struct Key(Option<HeaderValue>);

impl Key {
    /// Reads it, if there is one; a UUID will do.
    pub fn cid(&self) -> Result<Option<Cid>> {
        let Some(key) = &self.0 else { return Ok(None) };
        let cid = key.to_str().ok().and_then(|key| key.trim_matches('"').replace('-', "").parse().ok());
        cid.map(Some).ok_or_else(|| Error::invalid("idempotency-key", Why::Malformed))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Key, Problem> {
        Ok(Key(parts.headers.get("idempotency-key").cloned()))
    }
}

impl Takes for Key {
    fn describe(shape: &mut Shape) {
        shape.takes_key = true;
    }
}

/// The JSON of a request; what cannot be read is named.
pub struct Sent<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Sent<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent<T>, Problem> {
        let malformed = Problem(Error::invalid("request", Why::Malformed));
        match Bytes::from_request(request, state).await {
            Ok(body) => serde_json::from_slice(&body).map(Sent).map_err(|_| malformed),
            Err(refusal) if refusal.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem(Error::TooLarge { limit_bytes: BODY_MAX_BYTES as u32 }))
            }
            Err(_) => Err(malformed),
        }
    }
}

impl<T: JsonSchema + Example> Takes for Sent<T> {
    fn describe(shape: &mut Shape) {
        shape.body = Some(Of::named::<T>());
    }
}
