//! Pages: rendered here in full, so that they can be read before anything else has loaded.

use super::{asset, header, language};
use crate::{
    model::{Error, account::Attempt, language::Language},
    server::{App, gate::Scope},
    ui::{
        address::PageAddress,
        app::{Assets, PageHead, UNTITLED, shell, sign_in_shell, sorry_shell},
        page::sorry::Sorry,
    },
};
use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header as name},
    response::{IntoResponse, Redirect, Response},
};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;

/// No error of ours is longer as JSON.
const ERROR_MAX_BYTES: usize = 4_096;

/// Any page: signed-in people get it, others are sent to sign in and brought back.
pub async fn render(State(app): State<App>, me: Option<Extension<Scope>>, request: Request) -> Response {
    let path = request.uri().path();
    match (&me, path) {
        (None, "/login") | (Some(_), _) => {}
        (None, _) => return Redirect::to(&sign_in_path(request.uri())).into_response(),
    }
    if me.is_some() && path == "/login" {
        return Redirect::to(&super::form::next_path(request.uri())).into_response();
    }
    if path == "/login" {
        let language = language::of(request.headers());
        return sign_in(&app, language, request, None).await;
    }
    show(app, request).await
}

/// The sign-in page again, with what was wrong.
pub async fn sign_in_again(app: App, language: Language, request: Request, attempt: Attempt) -> Response {
    let error = attempt.error.clone();
    with_error(sign_in(&app, language, request, Some(attempt)).await, &error)
}

/// A page that says what went wrong, without any script, and gives back what was typed.
pub async fn sorry(app: &App, language: Language, sorry: Sorry) -> Response {
    let error = sorry.error.clone();
    let shell = move |assets: &Assets| sorry_shell(assets, language, sorry.clone());
    let page = draw(app, language, Request::default(), shell, || {}).await;
    with_error(page, &error)
}

/// A page that tells programs, too, what went wrong.
fn with_error(mut page: Response, error: &Error) -> Response {
    *page.status_mut() = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page.headers_mut().extend(super::retry_after(error));
    page
}

async fn sign_in(app: &App, language: Language, request: Request, attempt: Option<Attempt>) -> Response {
    let action = request.uri().path_and_query().map_or("/login", |address| address.as_str()).to_owned();
    let shell = move |assets: &Assets| sign_in_shell(assets, language, action.clone(), attempt.clone());
    draw(app, language, request, shell, || {}).await
}

async fn show(app: App, request: Request) -> Response {
    let head = PageHead::default();
    let asked = head.clone();
    let context = move || provide_context(head.clone());
    let language = language::of(request.headers());
    let look = super::kept_look(request.headers());
    let mut response =
        draw(&app, language, request, move |assets| shell(assets, language, look), context).await;
    let (status, title) = asked.asked();
    if let Some(code) = status.and_then(|code| StatusCode::from_u16(code).ok())
        && response.status() == StatusCode::OK
    {
        *response.status_mut() = code;
    }
    match title {
        Some(title) => with_title(response, &title).await,
        None => response,
    }
}

/// A page learns its name while it is drawn, after its head: the name is put there before the page leaves.
async fn with_title(response: Response, title: &str) -> Response {
    let (parts, body) = response.into_parts();
    let page = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(page) => page,
        Err(cause) => return crate::server::fault(&cause).into_response(),
    };
    let escaped = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    // It stands near the beginning, and the rest is passed on as it is.
    let Some(at) = page.windows(UNTITLED.len()).position(|bytes| bytes == UNTITLED.as_bytes()) else {
        return Response::from_parts(parts, page.into());
    };
    let mut named = Vec::with_capacity(page.len() + escaped.len());
    named.extend_from_slice(&page[..at]);
    named.extend_from_slice(format!("<title>{escaped}</title>").as_bytes());
    named.extend_from_slice(&page[at + UNTITLED.len()..]);
    Response::from_parts(parts, named.into())
}

async fn draw<V: IntoView + 'static>(
    app: &App,
    language: Language,
    request: Request,
    shell: impl Fn(&Assets) -> V + Clone + Send + Sync + 'static,
    more_context: impl Fn() + Clone + Send + Sync + 'static,
) -> Response {
    let assets = asset::named(app);
    let socket = app.config.public_origin().replacen("http", "ws", 1);
    let app = app.clone();
    let address = request.uri().path_and_query().map_or("/", |address| address.as_str()).to_owned();
    let context = move || {
        provide_context(app.clone());
        provide_context(PageAddress { address: address.clone(), language });
        more_context();
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::from_str(&header::page_policy(&nonce, &socket))
        {
            response.insert_header(name::CONTENT_SECURITY_POLICY, policy);
        }
    };
    leptos_axum::render_app_async_with_context(context, move || shell(assets))(request).await
}

fn sign_in_path(uri: &axum::http::Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", |path| path.as_str());
    if wanted == "/" { "/login".into() } else { format!("/login?next={}", encode(wanted)) }
}

/// Percent-encodes everything that could mean something in a query.
fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A server function: JSON in, JSON out, whatever the browser says it would rather have.
pub async fn server_function(State(app): State<App>, mut request: Request) -> Response {
    let is_json = request
        .headers()
        .get(name::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim() == "application/json"));
    if !is_json {
        return (
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            axum::Json(Error::invalid("content-type", crate::model::Why::Unknown)),
        )
            .into_response();
    }
    // With text/html here, a failing function would answer with a redirect that carries the error in a URL.
    request.headers_mut().insert(name::ACCEPT, HeaderValue::from_static("application/json"));
    let answer =
        leptos_axum::handle_server_fns_with_context(move || provide_context(app.clone()), request).await;
    with_status(answer.into_response()).await
}

/// Arguments that cannot be read never reach the gate, and the library answers 500 for them.
async fn with_status(response: Response) -> Response {
    if response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let body = axum::body::to_bytes(response.into_body(), ERROR_MAX_BYTES).await.unwrap_or_default();
    match serde_json::from_slice::<Error>(&body) {
        Ok(error) => error.into_response(),
        Err(cause) => crate::server::fault(&cause).into_response(),
    }
}
