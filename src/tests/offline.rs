//! What devices keep: the same for everybody, for nobody in particular, and renewed with every build.

use super::{
    on_both_databases,
    testapp::{TestApp, text},
};
use crate::model::account::Role;
use axum::http::{StatusCode, header};
use serde_json::Value;

async fn build(app: &TestApp) -> Value {
    let script = text(app.get("/sw.js").await).await;
    let build = script.strip_prefix("const BUILD = ").and_then(|rest| rest.split_once(";\n"));
    serde_json::from_str(build.unwrap().0).unwrap()
}

on_both_databases! {
    async fn the_offline_page_is_everybodys(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let answer = app.get("/offline").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert!(!answer.headers().contains_key(header::SET_COOKIE));
        let stranger = text(answer).await;
        assert_eq!(stranger, text(ana.get("/offline").await).await, "signed in or not");
        assert!(stranger.contains("You are offline") && stranger.contains("call 999"), "{stranger}");
        assert!(stranger.contains(r#"href="" class="btn btn--primary">Try again"#), "{stranger}");
        assert!(!stranger.contains("<script") && !stranger.contains("Ana"), "{stranger}");
    }

    async fn the_worker_may_ask_us_alone_and_is_asked_for_anew(app: TestApp) {
        let answer = app.get("/sw.js").await;
        assert_eq!(answer.status(), StatusCode::OK);
        let headers = answer.headers();
        assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; connect-src 'self';"), "{policy}");
        let build = build(&app).await;
        assert_eq!(build["version"].as_str().unwrap().len(), 16);
        for file in build["files"].as_array().unwrap() {
            assert!(file.as_str().unwrap().starts_with("/pkg/confer."), "{build}");
        }
    }

    async fn pages_can_be_installed_and_may_have_a_worker(app: TestApp) {
        let answer = app.get("/login").await;
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains("worker-src 'self'") && policy.contains("manifest-src 'self'"), "{policy}");
        let page = text(answer).await;
        assert!(page.contains(r#"rel="manifest" href="/manifest.webmanifest""#), "{page}");
        assert!(page.contains(r#"rel="apple-touch-icon""#));
        app.person("Ana", Role::Patient).await;
        let page = text(app.sign_in("ana").await.get("/").await).await;
        assert!(page.contains("serviceWorker?.register('/sw.js')"), "{page}");
    }
}

#[test]
fn the_worker_puts_nothing_into_a_cache_but_the_shell() {
    let worker = include_str!("../client/worker.js");
    assert_eq!(worker.matches("cache.add").count(), 1);
    assert!(worker.contains("cache.addAll([...BUILD.files, page])"));
    assert!(!worker.contains(".put("));
}

#[tokio::test]
async fn another_emergency_number_is_another_version() {
    let one = TestApp::on_sqlite().await;
    let other = TestApp::on_sqlite_with(|config| config.emergency = "112".into()).await;
    assert!(text(other.get("/offline").await).await.contains("call 112"));
    assert_ne!(build(&one).await["version"], build(&other).await["version"]);
}
