//! Where a request comes from: our own pages, or somebody else's.

use crate::{
    model::Error,
    server::{App, config::Config, dialect},
};
use std::net::IpAddr;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Lets unsafe methods pass only from our own pages: the cookie alone proves nothing. A program that shows a token,
/// or nothing at all, and no cookie besides, acts for nobody who has not sent it.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_program = dialect::is_api(request.uri().path()) && !super::has_session(&app, request.headers());
    if safe || is_program || is_same_site(request.headers()) || is_ours(&app.config, request.headers()) {
        return next.run(request).await;
    }
    // The body has not been read, and what follows on this connection could not be told from it.
    let refusal = super::refuse(request.uri().path(), Error::Forbidden);
    ([(header::CONNECTION, "close")], refusal).into_response()
}

/// Exactly one Origin, and exactly ours: no other port, no subdomain, no other spelling.
pub fn is_ours(config: &Config, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    config.origins().iter().any(|ours| ours.as_bytes() == origin.as_bytes())
}

/// The address a request comes from: the peer's, or, behind proxies of ours, the last one they did not add.
pub fn address(config: &Config, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let mut hops: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    // A socket for both kinds of address writes the old kind as one of the new.
    let mut address = peer.to_canonical();
    // From the right: what stands left of a stranger is the stranger's own word.
    while config.proxies.contains(&address) {
        match hops.pop().and_then(|hop| hop.parse().ok()) {
            Some(hop) => address = IpAddr::to_canonical(&hop),
            None => break,
        }
    }
    address
}

/// Whose tries are counted together: one address, or all 2^64 that one household is given.
pub fn household(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// Whether a browser says that somebody else's page is behind a request, or that it was typed or followed from
/// outside the browser.
pub fn is_elsewhere(headers: &HeaderMap) -> bool {
    headers.contains_key("sec-fetch-site") && !is_same_site(headers)
}

// Browsers set this header themselves and no page can forge it.
fn is_same_site(headers: &HeaderMap) -> bool {
    let mut sites = headers.get_all("sec-fetch-site").iter();
    matches!((sites.next(), sites.next()), (Some(site), None) if site == "same-origin")
}
