//! HTTP: the router, its layers, and how an error becomes a response.

mod asset;
mod cors;
pub mod form;
mod header;
mod health;
mod language;
mod offline;
pub mod origin;
mod page;
mod reference;
mod settings;
pub mod sheet;
mod work;

use super::{
    App, dialect,
    gate::{self, Scope},
    public, session, socket, stream, token,
};
use crate::model::{Error, look::Look, zone::Offsets};
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header as name},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer,
    limit::RequestBodyLimitLayer,
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

/// No request but an upload may be larger than this.
pub const BODY_MAX_BYTES: usize = 256 * 1024;

/// Everything that can be asked of Confer over HTTP.
pub fn router(app: &App) -> Router {
    // Drawing a page fetches, and fetching needs somewhere to run; the second router finds it done.
    let _ = any_spawner::Executor::init_tokio();
    // Only what begins and ends sessions goes through their layer: it reads the session for every request.
    let doors = Router::new()
        .route("/login", get(page::render).post(form::sign_in))
        .route("/logout", post(form::sign_out))
        .layer(sessions(app));
    let pages = Router::new()
        .merge(doors)
        .route("/chat", get(form::chat))
        .route("/chat/", get(form::chat))
        .route("/chat/open", post(form::open_room))
        .route("/chat/room/{room}", get(page::render).post(form::post_message))
        .route("/jobs", get(page::render).post(work::ask))
        .route("/jobs/{job}/worker", post(work::assign))
        .route("/jobs/{job}/{step}", get(page::render).post(work::step))
        .route("/patients/{patient}/settle", get(page::render).post(form::settle))
        .route("/_fn/{*name}", post(page::server_function))
        .merge(settings::routes())
        .merge(reference::routes())
        .fallback(page::render)
        // Pages are drawn for one reader each: packed tighter, they would cost as much as drawing them.
        .layer(CompressionLayer::new().no_deflate().quality(CompressionLevel::Precise(4)))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES));
    // Not compressed: a stream must not wait in a compressor for more.
    let links = Router::new()
        .route("/ws", get(socket::open))
        .route("/events", get(stream::events))
        .route("/events/poll", get(stream::poll))
        .route("/commands", post(stream::commands))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES));
    Router::new()
        .merge(links)
        .merge(
            dialect::routes()
                .layer(DefaultBodyLimit::disable())
                .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES)),
        )
        .merge(public::routes(app))
        .merge(pages)
        .layer(middleware::from_fn_with_state(app.clone(), enter))
        .layer(middleware::from_fn_with_state(app.clone(), origin::guard))
        .layer(middleware::from_fn_with_state(app.clone(), cors::allow))
        .merge(asset::routes(app))
        .merge(offline::routes())
        .merge(health::routes())
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            super::fault(&"a request panicked").into_response()
        }))
        .layer(middleware::from_fn_with_state(app.clone(), header::add))
        .with_state(app.clone())
}

fn sessions(app: &App) -> SessionManagerLayer<session::Store> {
    let https = app.config.is_https();
    SessionManagerLayer::new(session::Store::new(app))
        .with_name(cookie_name(app))
        .with_secure(https)
        .with_http_only(true)
        .with_path("/")
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(time::Duration::hours(session::ABSOLUTE_HOURS)))
}

/// Puts the asker's scope into the request, where there is one: the same gate for every way in.
async fn enter(State(app): State<App>, mut request: Request, next: Next) -> Response {
    // What is shown on purpose counts more than what comes along by itself.
    let shown = token(&request);
    let is_shown = shown.is_some();
    let known = match (shown, session_key(&app, request.headers())) {
        (Some(token), _) => token::recognise(&app, &token).await,
        (None, Some(key)) => gate::recognise(&app, &key).await,
        (None, None) => Err(Error::SignIn),
    };
    let known = match known {
        // What goes on for longer than a request does not begin with what was known a moment ago.
        Ok(me) if is_lasting(request.uri().path()) => gate::authenticate(&app, &me.session)
            .await
            .map(|still| Scope { is_ambient: me.is_ambient, ..still }),
        known => known,
    };
    match known {
        Ok(mut me) => {
            me.zone = cookie(request.headers(), "zone").and_then(Offsets::kept);
            request.extensions_mut().insert(me);
        }
        Err(Error::SignIn) => {
            let stale = is_shown.then(|| dialect::stale_token(request.uri().path())).flatten();
            if let Some(answer) = stale {
                return answer;
            }
        }
        Err(error) => return refuse(request.uri().path(), error),
    }
    next.run(request).await
}

/// A refusal before any route was reached, in the words of the place that was asked.
fn refuse(path: &str, error: Error) -> Response {
    if public::is_here(path) { public::Problem(error).into_response() } else { error.into_response() }
}

/// Whether this goes on for longer than a request.
fn is_lasting(path: &str) -> bool {
    path.starts_with("/ws") || matches!(path, "/events" | "/events/poll")
}

/// The token a program shows. In an address it is taken from old clients' sockets only, whose browsers cannot set
/// a header there.
fn token(request: &Request) -> Option<String> {
    let header = request.headers().get(name::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let shown = header.and_then(|value| value.split_once(' '));
    if let Some((_, token)) = shown.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
        return Some(token.trim().to_owned());
    }
    if !request.uri().path().starts_with("/ws/") {
        return None;
    }
    let pairs = request.uri().query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(name, _)| *name == "token").map(|(_, token)| token.to_owned())
}

/// The session a browser's cookie names.
fn session_key(app: &App, headers: &HeaderMap) -> Option<String> {
    cookie(headers, cookie_name(app)).and_then(|id| id.parse().ok()).map(|id| session::key(&id))
}

/// Whether a browser sends a session along by itself.
pub fn has_session(app: &App, headers: &HeaderMap) -> bool {
    cookie(headers, cookie_name(app)).is_some()
}

/// The name the session's id goes by in a browser.
fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() { "__Host-confer" } else { "confer" }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let cookies = headers.get_all(name::COOKIE).iter().filter_map(|cookie| cookie.to_str().ok());
    let mut pairs =
        cookies.flat_map(|cookie| cookie.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(other, _)| *other == name).map(|(_, value)| value)
}

/// How pages are to look in this browser.
fn kept_look(headers: &HeaderMap) -> Look {
    cookie(headers, "look").map(Look::kept).unwrap_or_default()
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = retry_after(&self);
        let mut response = (status, Json(self)).into_response();
        response.headers_mut().extend(retry_after);
        response
    }
}

/// The header that says when the same may be tried again, where that is known.
fn retry_after(error: &Error) -> Option<(HeaderName, HeaderValue)> {
    match error {
        Error::Slow { retry_ms } | Error::Unavailable { retry_ms } => {
            Some((name::RETRY_AFTER, HeaderValue::from(retry_ms.div_ceil(1_000))))
        }
        _ => None,
    }
}
