//! What a browser keeps for the time without network: one page, and the worker that knows when to show it.

use super::{asset, header};
use crate::{model::language::Language, server::App, ui::app::offline_shell};
use axum::{
    Router,
    extract::State,
    http::header as name,
    response::{Html, IntoResponse},
    routing::get,
};
use leptos::prelude::{Owner, RenderHtml};
use serde_json::json;
use sha2::{Digest, Sha256};
use tower_http::compression::CompressionLayer;

const WORKER: &str = include_str!("../../client/worker.js");
/// A browser that kept the worker of yesterday would keep the files of yesterday.
const ASK_AGAIN: &str = "no-cache";

/// `/offline` and `/sw.js`; they are nobody's, so nobody needs to sign in.
pub fn routes() -> Router<App> {
    Router::new().route("/offline", get(page)).route("/sw.js", get(worker)).layer(CompressionLayer::new())
}

async fn page(State(app): State<App>, language: Language) -> impl IntoResponse {
    let wrap = [
        (name::CONTENT_SECURITY_POLICY, header::STILL),
        (name::CACHE_CONTROL, ASK_AGAIN),
        (name::VARY, "accept-language, cookie"),
    ];
    (wrap, Html(draw(&app, language)))
}

/// The same bytes for everybody who reads a language, as long as the build and the settings are the same.
fn draw(app: &App, language: Language) -> String {
    let emergency = app.config.emergency.clone();
    Owner::new().with(|| offline_shell(asset::named(app), language, emergency).to_html())
}

async fn worker(State(app): State<App>) -> impl IntoResponse {
    let wrap = [
        (name::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (name::CONTENT_SECURITY_POLICY, header::WORKER),
        (name::CACHE_CONTROL, ASK_AGAIN),
    ];
    (wrap, script(&app))
}

/// The worker under its build. Browsers compare it byte by byte, and a new one fetches everything anew: so its
/// version holds the page as well, which may change without any file (the emergency number is a setting).
fn script(app: &App) -> String {
    let assets = asset::named(app);
    // Names without a hash may stand for other bytes tomorrow.
    let files = if asset::is_hashed(app) { vec![&assets.css, &assets.js, &assets.wasm] } else { Vec::new() };
    let mut hash = Sha256::new();
    for part in &files {
        hash.update(part.as_bytes());
    }
    for (language, _) in Language::ALL {
        hash.update(draw(app, language));
    }
    let version: String = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("const BUILD = {};\n{WORKER}", json!({ "files": files, "version": version }))
}
