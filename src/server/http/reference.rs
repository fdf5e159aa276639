//! The pages for whoever builds on Confer; they are nobody's, so nobody needs to sign in.

use super::{asset, header};
use crate::server::{App, describe, public};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderName, HeaderValue, header as name},
    response::{Html, IntoResponse},
    routing::get,
};
use std::sync::OnceLock;

const STYLE: &str = include_str!("../../../style/reference.css");

/// `/docs`, and what belongs to it.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/docs", get(api))
        .route("/docs/socket", get(socket))
        .route("/docs/asyncapi.json", get(async || (KEEP, Json(describe::asyncapi()))))
        .route("/docs/style.css", get(async || ([(name::CONTENT_TYPE, "text/css")], KEEP, STYLE)))
}

const KEEP: [(HeaderName, HeaderValue); 1] =
    [(name::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"))];
const POLICY: [(HeaderName, HeaderValue); 1] =
    [(name::CONTENT_SECURITY_POLICY, HeaderValue::from_static(header::STILL))];

// A process serves one build, and the pages are of that build.
async fn api(State(app): State<App>) -> impl IntoResponse {
    static PAGE: OnceLock<String> = OnceLock::new();
    (KEEP, POLICY, Html(PAGE.get_or_init(|| public::api_page(&asset::named(&app).css)).as_str()))
}

async fn socket(State(app): State<App>) -> impl IntoResponse {
    static PAGE: OnceLock<String> = OnceLock::new();
    (KEEP, POLICY, Html(PAGE.get_or_init(|| public::socket_page(&asset::named(&app).css)).as_str()))
}
