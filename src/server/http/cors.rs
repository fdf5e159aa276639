//! Pages of other origins whose programs call the API: those an operator has named, and only with a token.

use crate::server::{App, dialect};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

const HOW_LONG_S: &str = "600";

/// Tells browsers that a named origin may read what the API answers. Cookies are never allowed along.
pub async fn allow(State(app): State<App>, request: Request, next: Next) -> Response {
    let Some(origin) = named(&app, &request) else { return next.run(request).await };
    let asks_first = *request.method() == Method::OPTIONS
        && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response =
        if asks_first { StatusCode::NO_CONTENT.into_response() } else { next.run(request).await };
    let headers = response.headers_mut();
    if asks_first {
        say(headers, header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE");
        say(
            headers,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            "authorization, content-type, idempotency-key, if-none-match",
        );
        say(headers, header::ACCESS_CONTROL_MAX_AGE, HOW_LONG_S);
    }
    say(
        headers,
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "etag, ratelimit, ratelimit-policy, retry-after, www-authenticate",
    );
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

fn say(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

fn named(app: &App, request: &Request) -> Option<HeaderValue> {
    let origin = request.headers().get(header::ORIGIN).filter(|_| dialect::is_api(request.uri().path()))?;
    app.config.cors.iter().any(|known| known.as_bytes() == origin.as_bytes()).then(|| origin.clone())
}
