//! The layout defends itself: who may use whom, and where a `cfg(feature)` may stand.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A place, and what of the crate it never uses.
const NEVER: [(&str, &[&str]); 8] = [
    (
        "src/model/",
        &["crate::api", "crate::server", "crate::client", "crate::ui", "leptos", "tokio", "sqlx", "axum"],
    ),
    ("src/api/", &["crate::ui", "crate::client", "sqlx", "select ", "insert "]),
    ("src/server/db.rs", &["super::account", "super::room", "super::message", "super::care", "super::job"]),
    ("src/server/hub.rs", &["super::account", "super::room", "super::message", "super::care", "super::job"]),
    (
        "src/server/config.rs",
        &["super::account", "super::room", "super::message", "super::care", "super::job"],
    ),
    ("src/server/", &["crate::client", "crate::api"]),
    ("src/client/", &["crate::server", "crate::ui::page", "crate::ui::part"]),
    ("src/ui/", &["crate::server", "sqlx", "axum"]),
];

/// The one doorway out of an otherwise closed place.
const EXCEPT: [(&str, &str); 1] = [("src/ui/app.rs", "crate::client")];

/// What begins like a sentence and is none: our own name, a key, and what languages call themselves.
const NO_TEXT: [&str; 4] = ["Confer", "Enter", "English", "Deutsch"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    files(&root.join("src"), &mut found);
    let name = |path: &Path| path.strip_prefix(root).unwrap().to_string_lossy().into_owned();
    found.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// The lines that run: tests may reach further, comments reach nowhere.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split("#[cfg(test)]").next().unwrap().lines().filter(|line| !line.trim_start().starts_with("//"))
}

#[test]
fn no_place_uses_what_it_must_not_know() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let mut never: Vec<&str> = NEVER
            .iter()
            .filter(|(place, _)| name.starts_with(place))
            .flat_map(|(_, never)| *never)
            .copied()
            .collect();
        if name.starts_with("src/ui/part/") {
            never.extend(["crate::ui::page", "crate::api", "api::"]);
        }
        if name.starts_with("src/ui/") && !EXCEPT.contains(&(name.as_str(), "crate::client")) {
            never.push("crate::client");
        }
        if name.starts_with("src/server/") && !name.starts_with("src/server/http/") {
            never.push("crate::ui");
        }
        for line in code(&text) {
            wrong.extend(
                never
                    .iter()
                    .filter(|word| line.contains(**word))
                    .map(|word| format!("{name}: {word} in {line}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether somebody might read or hear this: it begins like a sentence, or keeps its distance from words beside it.
fn is_text(literal: &str) -> bool {
    let mut letters = literal.trim_start().chars();
    let begins = letters.next().is_some_and(char::is_uppercase)
        && letters.next().is_none_or(|letter| letter.is_lowercase() || letter == ' ');
    let is_beside = literal.trim() != literal && literal.chars().any(char::is_alphabetic);
    (begins || is_beside || literal.contains('…')) && !NO_TEXT.contains(&literal)
}

#[test]
fn what_people_read_stands_with_the_texts() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let is_view = ["src/ui/page/", "src/ui/part/", "src/ui/sheet/", "src/ui/app.rs", "src/ui/fetch.rs"]
            .iter()
            .any(|place| name.starts_with(place));
        if !is_view {
            continue;
        }
        for line in code(&text) {
            let literals = line.split('"').skip(1).step_by(2).filter(|literal| is_text(literal));
            wrong.extend(literals.map(|literal| format!("{name}: {literal}")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(is_text("Send") && is_text(" to send, ") && is_text("writing…") && !is_text("btn btn--sm"));
}

#[test]
fn features_are_switched_in_two_files_only() {
    for (name, text) in sources() {
        if matches!(name.as_str(), "src/lib.rs" | "src/main.rs" | "src/tests/layers.rs") {
            continue;
        }
        assert!(!code(&text).any(|line| line.contains("cfg(feature")), "{name} switches on a feature");
    }
}

#[test]
fn every_file_opens_with_its_charter() {
    for (name, text) in sources() {
        assert!(text.starts_with("//! "), "{name} does not say what it is for");
    }
}

#[test]
fn no_file_is_a_drawer() {
    for (name, _) in sources() {
        for drawer in ["util", "helper", "common", "services", "types", "contexts", "manager"] {
            assert!(!name.contains(drawer), "{name}");
        }
    }
}

#[test]
fn no_server_function_answers_a_get() {
    let functions: Vec<_> = leptos::server_fn::axum::server_fn_paths().collect();
    assert!(functions.len() >= 6, "{functions:?}");
    for (path, method) in functions {
        assert_eq!(method, axum::http::Method::POST, "{path}");
        assert!(path.starts_with("/_fn/"), "{path}");
    }
}

#[test]
fn both_configurations_agree() {
    let table = |text: &str| -> Vec<(String, String)> {
        let section =
            text.split("[package.metadata.leptos]").nth(1).unwrap().split("\n[").next().unwrap().to_owned();
        let pairs = section.lines().filter_map(|line| line.split_once('='));
        pairs.map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned())).collect()
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let build = table(&fs::read_to_string(root.join("Cargo.toml")).unwrap());
    let run = table(&fs::read_to_string(root.join("Leptos.toml")).unwrap());
    assert!(!run.is_empty());
    for (key, value) in run {
        let same = build.iter().find(|(other, _)| *other == key);
        assert_eq!(same.map(|(_, value)| value), Some(&value), "{key} differs");
    }
}
