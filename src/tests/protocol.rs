//! The protocol's document: every frame in it is one the program speaks.

use crate::model::wire::{Command, Event};
use serde_json::Value;

const DOCUMENT: &str = include_str!("../../docs/protocol.md");

/// The frames written down in the document, each on a line of its own.
fn frames() -> Vec<&'static str> {
    let lines = DOCUMENT.lines().map(|line| line.trim_start_matches(['>', '<', ' ']));
    lines.filter(|line| line.starts_with("{\"") && line.ends_with("}}")).collect()
}

#[test]
fn every_frame_in_the_document_is_spoken() {
    let mut heard = std::collections::BTreeSet::new();
    for frame in frames() {
        let value: Value = serde_json::from_str(frame).unwrap_or_else(|error| panic!("{error}: {frame}"));
        heard.insert(value.as_object().unwrap().keys().next().unwrap().clone());
        let again = match (serde_json::from_str::<Command>(frame), serde_json::from_str::<Event>(frame)) {
            (Ok(command), _) => serde_json::to_value(command).unwrap(),
            (_, Ok(event)) => serde_json::to_value(event).unwrap(),
            (Err(_), Err(error)) => panic!("{error}: {frame}"),
        };
        assert_eq!(again, value, "the program says it otherwise: {frame}");
    }
    let described = crate::server::describe::asyncapi();
    let all = described["components"]["messages"].as_object().unwrap();
    let missing: Vec<&String> = all.keys().filter(|name| !heard.contains(*name)).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

#[test]
fn every_close_code_is_in_the_document() {
    use crate::model::wire::close;
    for code in
        [close::SILENT, close::OVERFLOW, close::CROWDED, close::SIGNED_OUT, close::RESTART, close::TOO_BIG]
    {
        assert!(DOCUMENT.contains(&format!("\n| {code} |")), "{code}");
    }
}
