//! The public API, `/api/v1`: the verbs of the house as plain HTTP, for whoever builds on Confer.

mod job;
mod message;
mod person;
mod room;

use super::{App, gate::Scope};
use crate::model::{Error, Result, Why};
use axum::{
    Extension, Json, Router,
    body::Bytes,
    extract::{FromRequestParts, Query},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

/// Every path of the API.
pub fn routes() -> Router<App> {
    let v1 = Router::new()
        .route("/me", get(person::me))
        .route("/people", get(person::people))
        .route("/rooms", get(room::list).post(room::make))
        .route("/rooms/{room}", get(room::one).patch(room::rename))
        .route("/rooms/{room}/members", get(room::members).post(room::invite))
        .route("/rooms/{room}/members/{account}", axum::routing::delete(room::remove))
        .route("/rooms/{room}/owner", put(room::hand_over))
        .route("/rooms/{room}/messages", get(message::page).post(message::post))
        .route("/rooms/{room}/read", post(message::read))
        .route("/rooms/{room}/receipts", get(message::receipts))
        .route("/jobs", get(job::list).post(job::request))
        .route("/jobs/{job}", get(job::one))
        .route("/jobs/{job}/worker", put(job::assign))
        .route("/jobs/{job}/{step}", post(job::take))
        .fallback(async || Problem(Error::NotFound));
    Router::new().nest("/api/v1", v1)
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

/// An error as RFC 9457 has it.
#[derive(Debug)]
pub struct Problem(pub Error);

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        Problem(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Problem(error) = self;
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = serde_json::to_value(&error).unwrap_or_else(|_| json!({}));
        body["type"] = json!(format!("urn:confer:error:{}", error.code()));
        body["title"] = json!(status.canonical_reason());
        body["status"] = json!(status.as_u16());
        body["detail"] = json!(error.to_string());
        let mut response = (status, body.to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if error == Error::SignIn {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"confer\""));
        }
        if let Error::Slow { retry_ms } | Error::Unavailable { retry_ms } = error {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(retry_ms.div_ceil(1_000)));
        }
        response
    }
}

/// What a call answers: JSON, or a problem.
pub type Answer<T> = Result<Json<T>, Problem>;

/// The JSON of a request; what cannot be read is named.
pub fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T> {
    serde_json::from_slice(body).map_err(|_| Error::invalid("request", Why::Malformed))
}

/// A number in a path; what is none names nothing.
pub fn id<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::NotFound)
}

/// An object with one list in it, so that it can grow.
pub fn listed<T: Serialize>(name: &str, list: &[T]) -> Json<Value> {
    Json(json!({ name: list }))
}
