//! The browser's half: files made at build time, compressed beside the original, cached by their hash.

use crate::{server::App, ui::app::Assets};
use axum::{
    Router,
    http::{HeaderValue, header},
    response::Response,
    routing::get_service,
};
use std::{path::Path, sync::OnceLock};
use tower::ServiceBuilder;
use tower_http::services::ServeDir;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600");
/// Files at the root of the site that browsers and crawlers ask for by name.
const ROOT_FILES: [&str; 7] = [
    "favicon.svg",
    "robots.txt",
    "manifest.webmanifest",
    "apple-touch-icon.png",
    "icon-192.png",
    "icon-512.png",
    "icon-maskable.png",
];

/// `/pkg/…`, hashed and kept for ever, and the few files that must have a fixed name.
pub fn routes(app: &App) -> Router<App> {
    let root = app.config.site_root();
    let mut routes = Router::new().nest_service("/pkg", files(&root.join("pkg"), is_hashed(app)));
    for name in ROOT_FILES {
        routes = routes.route_service(&format!("/{name}"), get_service(files(&root, false)));
    }
    routes
}

fn files(
    path: &Path,
    for_ever: bool,
) -> impl tower::Service<
    axum::extract::Request,
    Response = Response<tower_http::services::fs::ServeFileSystemResponseBody>,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone
+ Send
+ Sync
+ 'static {
    let keep = if for_ever { FOR_EVER } else { FOR_AN_HOUR };
    let serve =
        ServeDir::new(path).precompressed_br().precompressed_gzip().append_index_html_on_directories(false);
    ServiceBuilder::new()
        .map_response(move |mut response: Response<_>| {
            if response.status().is_success() {
                response.headers_mut().insert(header::CACHE_CONTROL, keep.clone());
            }
            response
        })
        .service(serve)
}

/// Whether the names of the build's files say what is in them.
pub fn is_hashed(app: &App) -> bool {
    app.config.site_root().join("assets.json").exists()
}

/// The names a page loads: those the build wrote down, or the plain ones of a watched build. A process serves
/// one build, so they are read once.
pub fn named(app: &App) -> &'static Assets {
    static ASSETS: OnceLock<Assets> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let manifest = std::fs::read_to_string(app.config.site_root().join("assets.json"));
        manifest.ok().and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default()
    })
}
