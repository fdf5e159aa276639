//! `/api/token/`: how old clients sign in. Fields, statuses and words are those of Simple JWT.

use super::refused;
use crate::{
    model::{Error, Result},
    server::{App, account, http::origin, token},
};
use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};
use std::net::SocketAddr;

/// Address and password against a pair of tokens.
pub async fn begin(
    State(app): State<App>,
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let fields = match fields(&headers, &body) {
        Ok(fields) => fields,
        Err(response) => return *response,
    };
    let email = text(&fields, "email").or_else(|| text(&fields, "username"));
    let (Some(email), Some(password)) = (email, text(&fields, "password")) else {
        return missing(&[("email", email.is_some()), ("password", text(&fields, "password").is_some())]);
    };
    let from =
        peer.map(|axum::Extension(ConnectInfo(peer))| origin::address(&app.config, peer.ip(), &headers));
    let from = from.map_or_else(|| "unknown".to_owned(), origin::household);
    let pair = async {
        let account = account::prove(&app, email, password, &from).await?;
        token::begin(&app, account).await
    };
    match pair.await {
        Ok(pair) => Json(pair).into_response(),
        Err(Error::SignIn) => {
            unauthorised("No active account found with the given credentials", "no_active_account")
        }
        Err(error) => refused(error),
    }
}

/// The next access token; the refresh token that comes along may be used from now on, or the one shown again.
pub async fn refresh(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    with_refresh(&headers, &body, async |refresh| {
        token::refresh(&app, &refresh).await.map(|pair| Json(pair).into_response())
    })
    .await
}

/// Ends what a refresh token belongs to.
pub async fn end(State(app): State<App>, headers: HeaderMap, body: Bytes) -> Response {
    with_refresh(&headers, &body, async |refresh| {
        token::end(&app, &refresh).await.map(|()| Json(json!({})).into_response())
    })
    .await
}

async fn with_refresh(
    headers: &HeaderMap,
    body: &Bytes,
    verb: impl AsyncFnOnce(String) -> Result<Response>,
) -> Response {
    let fields = match fields(headers, body) {
        Ok(fields) => fields,
        Err(response) => return *response,
    };
    let Some(refresh) = text(&fields, "refresh") else { return missing(&[("refresh", false)]) };
    match verb(refresh.to_owned()).await {
        Ok(answer) => answer,
        Err(Error::SignIn) => unauthorised("Token is invalid or expired", "token_not_valid"),
        Err(error) => refused(error),
    }
}

/// A token that is not, or no longer, right.
pub fn stale() -> Response {
    unauthorised("Given token not valid for any token type", "token_not_valid")
}

fn unauthorised(detail: &str, code: &str) -> Response {
    let mut response =
        (StatusCode::UNAUTHORIZED, Json(json!({ "detail": detail, "code": code }))).into_response();
    let how = axum::http::HeaderValue::from_static("Bearer realm=\"api\"");
    response.headers_mut().insert(header::WWW_AUTHENTICATE, how);
    response
}

fn missing(fields: &[(&str, bool)]) -> Response {
    let wrong = fields.iter().filter(|(_, is_there)| !is_there);
    let body: Map<String, Value> =
        wrong.map(|(name, _)| ((*name).to_owned(), json!(["This field is required."]))).collect();
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

fn text<'a>(fields: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty())
}

/// The fields of a JSON body, or of a form.
pub fn fields(headers: &HeaderMap, body: &Bytes) -> Result<Map<String, Value>, Box<Response>> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        let pairs = form_urlencoded::parse(body).into_owned();
        return Ok(pairs.map(|(name, value)| (name, Value::String(value))).collect());
    }
    match serde_json::from_slice(if body.is_empty() { b"{}" } else { body.as_ref() }) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Box::new(bad("Invalid data. Expected a dictionary."))),
        Err(_) => Err(Box::new(bad("JSON parse error"))),
    }
}

fn bad(detail: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "detail": detail }))).into_response()
}
