//! Where a request comes from: our own pages, or somebody else's.

use crate::{
    model::Error,
    server::{App, config::Config},
};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Lets unsafe methods pass only from our own pages: the cookie alone proves nothing.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || is_same_site(request.headers()) || is_ours(&app.config, request.headers()) {
        return next.run(request).await;
    }
    Error::Forbidden.into_response()
}

/// Exactly one Origin, and exactly ours: no other port, no subdomain, no other spelling.
pub fn is_ours(config: &Config, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    config.origins().iter().any(|ours| ours.as_bytes() == origin.as_bytes())
}

// Browsers set this header themselves and no page can forge it.
fn is_same_site(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    matches!((sites.next(), sites.next()), (Some(site), None) if site == "same-origin")
}
