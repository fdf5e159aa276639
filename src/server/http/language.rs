//! In which language a request wants its page: as its reader has chosen, or else as their browser is set.

use super::cookie;
use crate::model::language::Language;
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};
use std::convert::Infallible;

/// The reader's language.
pub fn of(headers: &HeaderMap) -> Language {
    let chosen = cookie(headers, "language").and_then(Language::from_tag);
    let accepted = || {
        let lines = headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|line| line.to_str().ok());
        accepted(lines.flat_map(|line| line.split(',')))
    };
    chosen.or_else(accepted).unwrap_or_default()
}

/// The language wanted most of those Confer speaks; of two wanted as much, the one named first.
fn accepted<'a>(wishes: impl Iterator<Item = &'a str>) -> Option<Language> {
    let mut best: Option<(f32, Language)> = None;
    for wish in wishes {
        let (tag, weight) = wish.split_once(';').unwrap_or((wish, ""));
        let Some(language) = Language::from_tag(tag.trim()) else { continue };
        let weight = weight.trim().strip_prefix("q=").map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if weight > best.map_or(0.0, |(weight, _)| weight) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Language, Infallible> {
        Ok(of(&parts.headers))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{De, En};

    fn of_request(cookie: &str, accept: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookie.parse().unwrap());
        headers.insert(header::ACCEPT_LANGUAGE, accept.parse().unwrap());
        of(&headers)
    }

    #[test]
    fn the_language_wanted_most_is_taken_of_those_there_are() {
        for (accept, language) in [
            ("de", De),
            ("de-CH, en;q=0.9", De),
            ("en-GB,en;q=0.9,de;q=0.8", En),
            ("fr-FR, fr;q=0.9, de;q=0.5, en;q=0.4", De),
            ("en;q=0.3, de;q=0.8", De),
            ("en; q=0.3, de; q=0.2", En),
            ("de;q=0, en;q=0.1", En),
            ("de;q=0", En),
            ("fr, it", En),
            ("*", En),
            ("", En),
            ("de;q=much", En),
        ] {
            assert_eq!(of_request("", accept), language, "{accept}");
        }
    }

    #[test]
    fn what_was_chosen_counts_more_than_how_the_browser_is_set() {
        assert_eq!(of_request("zone=60; language=en", "de"), En);
        assert_eq!(of_request("language=de", "en"), De);
        assert_eq!(of_request("language=tlh", "de"), De);
        assert_eq!(of(&HeaderMap::new()), En);
    }
}
