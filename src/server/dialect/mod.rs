//! The predecessors' wire formats: thin translations onto the same verbs, behind the same gate.
//! docs/predecessors.md shows each of them with examples.

mod care;
mod face;
mod field;
mod job;
mod mail;
mod presence;
mod rest;
mod room;
mod socket;
mod token;

use super::App;
use crate::model::{Error, Result};
use axum::{
    Json, Router,
    http::{HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, patch, post},
};
use serde_json::json;

/// Every path the predecessors had, with its trailing slash and without.
pub fn routes() -> Router<App> {
    let paths: [(&str, MethodRouter<App>); 18] = [
        ("/api/token", post(token::begin)),
        ("/api/token/refresh", post(token::refresh)),
        ("/api/token/blacklist", post(token::end)),
        ("/ws/presence", get(presence::open)),
        ("/ws/chat/{room}", get(care::open)),
        ("/chat/send-message", post(care::send)),
        ("/chat/messages/{room}", get(care::messages)),
        ("/ws/job_chat/{job}", get(job::open)),
        ("/api/chatrooms", get(rest::room::list).post(rest::room::add)),
        (
            "/api/chatrooms/{room}",
            get(rest::room::one).patch(rest::room::rename).put(rest::room::rename).delete(rest::room::end),
        ),
        ("/api/chatrooms/{room}/messages", get(rest::message::of_room)),
        ("/api/chatrooms/{room}/send_message", post(rest::message::send)),
        ("/api/chatrooms/{room}/participants", get(rest::room::participants)),
        ("/api/messages", get(rest::message::list)),
        ("/api/messages/{message}/mark_read", post(rest::message::mark_read)),
        ("/ws/{email}", get(mail::open)),
        ("/messages/{one}/{other}", get(mail::history)),
        ("/messages/mark-read/{partner}", patch(mail::mark_read)),
    ];
    let mut router = Router::new();
    for (path, methods) in paths {
        router = router.route(path, methods.clone()).route(&format!("{path}/"), methods);
    }
    router.method_not_allowed_fallback(not_allowed)
}

/// A method a path does not have.
async fn not_allowed(method: Method, uri: Uri) -> Response {
    let words = if uri.path().starts_with("/messages/") {
        "Method Not Allowed".to_owned()
    } else {
        format!("Method \"{method}\" not allowed.")
    };
    (StatusCode::METHOD_NOT_ALLOWED, Json(json!({ "detail": words }))).into_response()
}

/// What is answered to a token that is not, or no longer, right; nothing on paths that answer in another way. Old
/// clients get a fresh one when they see its code.
pub fn stale_token(path: &str) -> Option<Response> {
    let is_old =
        ["/api/", "/chat/send-message", "/chat/messages/"].iter().any(|begin| path.starts_with(begin));
    let is_other = ["/api/v1/", "/api/token"].iter().any(|begin| path.starts_with(begin));
    (is_old && !is_other).then(token::stale)
}

/// Whether this path is for programs: what they show is a token, and no page of ours posts there with a cookie alone.
pub fn is_api(path: &str) -> bool {
    ["/api/", "/messages/", "/chat/send-message", "/chat/messages/"]
        .iter()
        .any(|begin| path.starts_with(begin))
}

/// The rule a wrong value breaks, as a sentence.
fn sentence(error: &Error) -> String {
    match error {
        Error::SignIn => "Authentication credentials were not provided.".into(),
        Error::Forbidden => "You do not have permission to perform this action.".into(),
        Error::NotFound => "Not found.".into(),
        other => other.to_string(),
    }
}

/// An error as Django REST framework answers it: `detail`, or the name of the field and what is wrong with it.
fn refused(error: Error) -> Response {
    let status = match error.status() {
        // It knows no 422, and what contradicts a state is a bad request as well.
        409 | 422 => 400,
        status => status,
    };
    let retry_ms = match &error {
        Error::Slow { retry_ms } | Error::Unavailable { retry_ms } => Some(*retry_ms),
        _ => None,
    };
    let body = match &error {
        Error::Invalid { field, .. } => {
            let name = match field.as_ref() {
                "body" => "content",
                other => other,
            };
            json!({ name: [error.to_string()] })
        }
        Error::Slow { retry_ms } => {
            let seconds = retry_ms.div_ceil(1_000);
            json!({ "detail": format!("Request was throttled. Expected available in {seconds} seconds.") })
        }
        error => json!({ "detail": sentence(error) }),
    };
    let mut response =
        (StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(body))
            .into_response();
    if error == Error::SignIn {
        let how = HeaderValue::from_static("Bearer realm=\"api\"");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    }
    if let Some(retry_ms) = retry_ms {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_ms.div_ceil(1_000)));
    }
    response
}

fn answered<T: IntoResponse>(outcome: Result<T>) -> Response {
    match outcome {
        Ok(answer) => answer.into_response(),
        Err(error) => refused(error),
    }
}
