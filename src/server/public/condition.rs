//! An answer that the caller still has is not sent again: `ETag` and `If-None-Match`.

use crate::server::fault;
use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

/// Tags an answer by its bytes, and leaves the bytes out where the caller names the same tag.
pub async fn tag(request: Request, next: Next) -> Response {
    let known: Vec<HeaderValue> = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    // Made here a moment ago and whole in memory: there is nothing to wait for, and no end to guard.
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(cause) => return super::Problem(fault(&cause)).into_response(),
    };
    let tag = tag_of(&body);
    let is_known = names(&known, &tag);
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        parts.headers.insert(header::ETAG, tag);
    }
    if !is_known {
        return Response::from_parts(parts, Body::from(body));
    }
    parts.status = StatusCode::NOT_MODIFIED;
    parts.headers.remove(header::CONTENT_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::empty())
}

fn tag_of(body: &[u8]) -> String {
    let hash = Sha256::digest(body);
    let digits: String = hash[..16].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

/// Whether the caller has what this tag is of. A proxy that packs an answer weakens its tag, and it is still that.
fn names(lists: &[HeaderValue], tag: &str) -> bool {
    let lists = lists.iter().filter_map(|list| list.to_str().ok());
    let mut known = lists.flat_map(|list| list.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_however_it_is_listed() {
        let tag = tag_of(b"{}");
        let named = |list: &str| names(&[list.parse().unwrap()], &tag);
        for list in [tag.clone(), format!("\"x\", {tag}"), format!("W/{tag}"), "*".into()] {
            assert!(named(&list), "{list}");
        }
        for list in ["", "\"x\"", tag.trim_matches('"')] {
            assert!(!named(list), "{list}");
        }
        assert_ne!(tag, tag_of(b"{ }"));
    }
}
