//! Plain forms of the settings page.

use super::page;
use crate::{
    model::{Error, Result, Why, language::Language, look::Look, notice::PopUps, settings::Outcome},
    server::{App, account, device, gate::Scope, preference},
    ui::page::sorry::Sorry,
};
use axum::{
    Extension, Form, Router,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use serde::Deserialize;

/// A year: how long a browser keeps what was chosen for it.
const KEEP_S: u32 = 31_536_000;

/// Every form of the page.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/settings/look", post(look))
        .route("/settings/language", post(language))
        .route("/settings/notices", post(notices))
        .route("/settings/password", post(password))
        .route("/settings/device", post(end_device))
        .route("/settings/devices", post(end_devices))
}

/// The page again, at the place the form stood. The page's own script asks for no page.
async fn shown(app: &App, headers: &HeaderMap, place: &str, outcome: Result<Outcome>) -> Response {
    let is_script = headers.get(header::ACCEPT).is_some_and(|value| value == "application/json");
    match outcome {
        Ok(_) if is_script => StatusCode::NO_CONTENT.into_response(),
        Err(error) if is_script => error.into_response(),
        Ok(outcome) => Redirect::to(&format!("/settings?done={}#{place}", outcome.word())).into_response(),
        Err(error) => page::sorry(app, super::language::of(headers), Sorry { error, unsent: None }).await,
    }
}

#[derive(Deserialize)]
pub struct Chosen {
    #[serde(default)]
    theme: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    motion: String,
}

/// How pages look on this device.
async fn look(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    Form(form): Form<Chosen>,
) -> Response {
    let outcome = me.map(|_| Outcome::Saved).ok_or(Error::SignIn);
    let is_chosen = outcome.is_ok();
    let mut response = shown(&app, &headers, "s-look", outcome).await;
    if is_chosen {
        let look = Look::of(&form.theme, &form.text, &form.motion);
        keep(&mut response, &app, "look", &look.to_keep());
    }
    response
}

#[derive(Deserialize)]
pub struct Spoken {
    language: String,
}

/// In which language pages are, on this device.
async fn language(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    Form(form): Form<Spoken>,
) -> Response {
    let chosen = match me {
        Some(_) => Language::from_tag(&form.language).ok_or(Error::invalid("language", Why::Unknown)),
        None => Err(Error::SignIn),
    };
    let outcome = chosen.clone().map(|_| Outcome::Saved);
    let mut response = shown(&app, &headers, "s-look", outcome).await;
    if let Ok(language) = chosen {
        keep(&mut response, &app, "language", language.tag());
    }
    response
}

fn keep(response: &mut Response, app: &App, name: &str, value: &str) {
    let secure = if app.config.is_https() { "; secure" } else { "" };
    let cookie = format!("{name}={value}; path=/; max-age={KEEP_S}; samesite=lax{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
}

#[derive(Deserialize)]
pub struct Wanted {
    messages: Option<String>,
    jobs: Option<String>,
}

/// Which news pop up.
async fn notices(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    Form(form): Form<Wanted>,
) -> Response {
    let chosen = PopUps { messages: form.messages.is_some(), jobs: form.jobs.is_some() };
    let outcome = match me {
        Some(Extension(me)) => preference::choose_pop_ups(&app, &me, chosen).await.map(|()| Outcome::Saved),
        None => Err(Error::SignIn),
    };
    shown(&app, &headers, "s-notices", outcome).await
}

#[derive(Deserialize)]
pub struct Passwords {
    current: String,
    new: String,
}

/// A new password; every other device is signed out.
async fn password(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    Form(form): Form<Passwords>,
) -> Response {
    let changed = match &me {
        Some(Extension(me)) => account::change_password(&app, me, &form.current, form.new).await,
        None => Err(Error::SignIn),
    };
    let outcome = match changed {
        Ok(()) => Ok(Outcome::PasswordChanged),
        Err(Error::SignIn) if me.is_some() => Ok(Outcome::WrongPassword),
        Err(Error::Slow { .. }) => Ok(Outcome::TooManyTries),
        Err(Error::Invalid { why: Why::TooShort, .. }) => Ok(Outcome::ShortPassword),
        Err(error) => Err(error),
    };
    shown(&app, &headers, "s-account", outcome).await
}

#[derive(Deserialize)]
pub struct Named {
    handle: String,
}

/// Signs one other device out.
async fn end_device(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    Form(form): Form<Named>,
) -> Response {
    let ended = match me {
        Some(Extension(me)) => device::end(&app, &me, &form.handle).await,
        None => Err(Error::SignIn),
    };
    shown(&app, &headers, "s-devices", ended.map(|()| Outcome::SignedOut)).await
}

/// Signs every other device out.
async fn end_devices(State(app): State<App>, me: Option<Extension<Scope>>, headers: HeaderMap) -> Response {
    let ended = match me {
        Some(Extension(me)) => device::end_others(&app, &me).await,
        None => Err(Error::SignIn),
    };
    shown(&app, &headers, "s-devices", ended.map(|()| Outcome::SignedOut)).await
}
