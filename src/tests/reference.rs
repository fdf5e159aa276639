//! The document of the API and its pages: what is served is described, and what is described is what is sent.

use super::{
    on_both_databases,
    testapp::{TestApp, text},
};
use crate::{
    model::account::Role,
    server::public::{openapi, operations},
};
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

/// Whether a value is exactly what a schema says, nothing missing and nothing besides.
fn check(document: &Value, schema: &Value, value: &Value, place: &str) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{place}: {what}: {value} against {schema}"));
    if let Some(path) = schema["$ref"].as_str() {
        return check(document, document.pointer(&path[1..]).unwrap(), value, place);
    }
    for list in ["anyOf", "oneOf"] {
        if let Some(choices) = schema[list].as_array() {
            let fits = choices.iter().any(|choice| check(document, choice, value, place).is_ok());
            return if fits { Ok(()) } else { wrong("none fits") };
        }
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_kind =
        schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&json!(kind)));
    if !is_kind {
        return wrong("the type differs");
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value))
        || (!schema["const"].is_null() && schema["const"] != *value)
    {
        return wrong("no such word");
    }
    if let Value::Array(items) = value {
        return items.iter().try_for_each(|item| check(document, &schema["items"], item, place));
    }
    let Value::Object(fields) = value else { return Ok(()) };
    for name in schema["required"].as_array().into_iter().flatten() {
        if !fields.contains_key(name.as_str().unwrap()) {
            return wrong(&format!("{name} is missing"));
        }
    }
    fields.iter().try_for_each(|(name, field)| match &schema["properties"][name] {
        Value::Null => wrong(&format!("{name} is not described")),
        inner => check(document, inner, field, &format!("{place}.{name}")),
    })
}

/// What the document says of an answer.
fn described<'a>(document: &'a Value, method: &str, path: &str, status: StatusCode) -> &'a Value {
    let answer = &document["paths"][path][method.to_lowercase()]["responses"][status.as_str()];
    let answer = answer["$ref"].as_str().map_or(answer, |path| document.pointer(&path[1..]).unwrap());
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let schema = &answer["content"][kind]["schema"];
    assert!(!schema.is_null(), "{method} {path} {status} is not described");
    schema
}

on_both_databases! {
    async fn what_is_sent_is_what_is_described(app: TestApp) {
        let document = openapi();
        let ids = [("Ana", Role::Patient), ("Ben", Role::Practitioner), ("Olga", Role::Staff), ("Bell", Role::Client), ("Piotr", Role::Worker), ("Ruth", Role::Admin)];
        let mut people = Vec::new();
        for (name, role) in ids {
            people.push(app.person(name, role).await);
        }
        let [ana, ben, olga, _, piotr, _] = people[..] else { panic!("six people") };
        app.link(ana, ben).await;
        let mut room = json!(null);
        let mut job = json!(null);
        let cid = "000102030405060708090a0b0c0d0e0f";
        let steps = [
            ("ana", "GET", "/me", json!(null), 200), ("ana", "GET", "/people", json!(null), 200),
            ("olga", "GET", "/team", json!(null), 200), ("ana", "GET", "/team", json!(null), 403),
            ("ana", "GET", "/presence", json!(null), 200), ("ana", "GET", "/care", json!(null), 200),
            ("ruth", "PUT", "/care", json!({ "patient": ana, "practitioner": ben }), 200),
            ("ana", "POST", "/rooms", json!({ "kind": "care", "with": ben }), 201),
            ("ana", "POST", "/rooms", json!({ "kind": "care", "with": olga }), 404),
            ("ana", "POST", "/rooms/{room}/messages", json!({ "cid": cid, "text": "Hi" }), 201),
            ("ana", "POST", "/rooms/{room}/messages", json!({ "cid": cid, "text": "Hi" }), 200),
            ("ana", "POST", "/rooms/{room}/messages", json!({ "cid": cid, "text": "Ho" }), 409),
            ("ana", "POST", "/rooms/{room}/messages", json!({ "cid": cid, "text": "" }), 422),
            ("ben", "GET", "/rooms", json!(null), 200), ("ben", "GET", "/rooms/{room}", json!(null), 200),
            ("ben", "POST", "/rooms/{room}/members", json!({ "account": olga }), 200),
            ("ben", "GET", "/rooms/{room}/members", json!(null), 200), ("ben", "GET", "/rooms/{room}/messages", json!(null), 200),
            ("ben", "POST", "/rooms/{room}/read", json!({ "seq": 2 }), 200), ("ben", "GET", "/rooms/{room}/receipts", json!(null), 200),
            ("ben", "PATCH", "/rooms/{room}", json!({ "title": "Mine" }), 403),
            ("bell", "POST", "/jobs", json!({ "title": "Gate", "at_ms": 1_800_000_000_000i64 }), 201),
            ("bell", "GET", "/jobs", json!(null), 200), ("bell", "GET", "/jobs/{job}", json!(null), 200),
            ("olga", "PUT", "/jobs/{job}/worker", json!({ "worker": piotr }), 200),
            ("bell", "POST", "/rooms", json!({ "kind": "castle" }), 422),
        ];
        for (who, method, path, body, status) in steps {
            let address = format!("/api/v1{}", path.replace("{room}", &room.to_string()).replace("{job}", &job.to_string()));
            let body = (!body.is_null()).then_some(body);
            let old = app.old(who).await;
            let (answered, value) = app.json(method.parse().unwrap(), &address, Some(&old.access), body).await;
            assert_eq!(answered.as_u16(), status, "{who} {method} {path}: {value}");
            check(&document, described(&document, method, path, answered), &value, path).unwrap();
            match (method, path, status) {
                ("POST", "/rooms", 201) => room = value["id"].clone(),
                ("POST", "/jobs", 201) => job = value["id"].clone(),
                _ => {}
            }
            app.app.clock.advance(60_000);
        }
    }

    async fn what_is_described_is_served_and_nothing_else(app: TestApp) {
        let document = openapi();
        let (_, served) = app.json(Method::GET, "/api/v1/openapi.json", None, None).await;
        assert_eq!(served, document);
        let mut count = 0;
        for (path, methods) in document["paths"].as_object().unwrap() {
            let address = path.replace("{step}", "confirm").replace("{room}", "1").replace("{account}", "1").replace("{job}", "1");
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let (status, _) = app.json(method.clone(), &format!("/api/v1{address}"), None, None).await;
                let operation = &methods[method.as_str().to_lowercase()];
                let expected = match (operation.is_null(), operation["security"].is_null()) {
                    (true, _) => StatusCode::METHOD_NOT_ALLOWED,
                    (false, true) => StatusCode::UNAUTHORIZED,
                    (false, false) => StatusCode::OK,
                };
                assert_eq!(status, expected, "{method} {path}");
                count += usize::from(!operation.is_null());
            }
        }
        assert_eq!(count, operations().len(), "two operations stand in the same place");
    }

    async fn the_pages_stand_on_their_own_and_are_for_everybody(app: TestApp) {
        for (path, described) in [("/docs", "post_message"), ("/docs/socket", "message-post")] {
            let response = app.get(path).await;
            assert_eq!(response.status(), StatusCode::OK);
            let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
            assert!(policy.starts_with("default-src 'none'; style-src 'self';") && !policy.contains("script"), "{policy}");
            let page = text(response).await;
            assert_eq!(page.matches("<h1").count(), 1);
            for never in ["<script", "<style", " style=", "src=", "onclick", "[`"] {
                assert!(!page.contains(never), "{path} holds {never}");
            }
            assert!(page.contains(&format!("id=\"{described}\"")), "{path} does not tell of {described}");
            for link in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
                match link.strip_prefix('#') {
                    Some(id) => assert!(page.contains(&format!("id=\"{id}\"")), "{path} has no {id}"),
                    None => assert!(link.starts_with('/'), "{path} links to {link}"),
                }
            }
        }
        let style = app.get("/docs/style.css").await;
        assert_eq!((style.status(), style.headers()[header::CONTENT_TYPE].to_str().unwrap()), (StatusCode::OK, "text/css"));
        assert_eq!(app.get("/docs/asyncapi.json").await.status(), StatusCode::OK);
    }
}

#[test]
fn every_operation_says_what_it_does() {
    let mut names = std::collections::BTreeSet::new();
    for operation in operations() {
        assert!(names.insert(operation.name), "{} stands there twice", operation.name);
        assert!(operation.summary.ends_with('.') && !operation.tag.is_empty(), "{}", operation.name);
        assert_eq!(operation.names().count(), operation.shape.path.len(), "{}", operation.path);
    }
}
