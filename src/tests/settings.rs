//! Settings and notices: what people choose is kept, and what they see is their own.

use super::{
    on_both_databases,
    testapp::{PASSWORD, TestApp, cookie_of, form_request, location, text},
};
use crate::model::{account::Role, wire::close};
use axum::http::{StatusCode, header};

const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.5 Mobile/15E148 Safari/604.1";

/// How a notice that has not been looked at is marked.
const NEW: &str = r#"data-unread="" class="convo""#;

/// Signs in with a phone and answers its cookie.
async fn sign_in_with_a_phone(app: &TestApp, name: &str) -> String {
    let form = format!("email={name}%40x.org&password={}", PASSWORD.replace(' ', "+"));
    let mut request = form_request("/login", &form);
    request.headers_mut().insert(header::USER_AGENT, IPHONE.parse().unwrap());
    cookie_of(&app.ask(request).await).unwrap()
}

/// The handle of the first device that can be signed out.
fn handle(page: &str) -> String {
    let (_, rest) = page.split_once(r#"name="handle" value=""#).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

on_both_databases! {
    async fn every_device_is_listed_and_another_one_can_be_signed_out(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let phone = sign_in_with_a_phone(&app, "ana").await;
        let lost = crate::tests::testapp::User { on: &app, cookie: phone };
        let mut socket = lost.connect().await;
        let ana = app.sign_in("ana").await;
        let page = text(ana.get("/settings").await).await;
        assert!(page.contains("iPhone, Safari") && page.contains("This device"), "{page}");
        assert_eq!(page.matches(r#"action="/settings/device""#).count(), 1, "one's own device cannot be signed out here");
        let gone = ana.submit("/settings/device", &format!("handle={}", handle(&page))).await;
        assert_eq!(location(&gone), "/settings?done=signed-out#s-devices");
        assert_eq!(socket.closes().await, Some(close::SIGNED_OUT));
        assert_eq!(lost.get("/").await.status(), StatusCode::SEE_OTHER);
        assert!(!text(ana.get("/settings").await).await.contains("iPhone, Safari"));
    }

    async fn nobody_signs_somebody_elses_device_out(app: TestApp) {
        let (ana, ben) = app.pair().await;
        let mine = text(ana.get("/settings").await).await;
        assert!(!mine.contains("name=\"handle\""));
        let key = app.scope("ana").await.session;
        for handle in [&key[..16], &key, "", "%25", "zzzzzzzzzzzzzzzz"] {
            let answer = ben.submit("/settings/device", &format!("handle={handle}")).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{handle}");
        }
        assert_eq!(ben.submit("/settings/devices", "").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(ana.get("/").await.status(), StatusCode::OK);
        assert_eq!(ben.get("/").await.status(), StatusCode::OK);
    }

    async fn a_new_password_needs_the_old_one_and_ends_the_other_sessions(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let elsewhere = app.sign_in("ana").await;
        let asked = |current: &str, new: &str| format!("current={}&new={}", current.replace(' ', "+"), new.replace(' ', "+"));
        for (current, new, outcome) in [("wrong horse", "another horse", "wrong"), (PASSWORD, "short", "short")] {
            let answer = ana.submit("/settings/password", &asked(current, new)).await;
            assert_eq!(location(&answer), format!("/settings?done={outcome}#s-account"));
        }
        assert_eq!(elsewhere.get("/").await.status(), StatusCode::OK);
        let page = text(ana.get("/settings?done=wrong").await).await;
        assert!(page.contains("That is not your password now"), "{page}");
        ana.submit("/settings/password", &asked(PASSWORD, "another horse")).await;
        assert_eq!(ana.get("/").await.status(), StatusCode::OK);
        assert_eq!(elsewhere.get("/").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(app.try_sign_in("ana", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(app.try_sign_in("ana", "another horse").await.status(), StatusCode::SEE_OTHER);
    }

    async fn a_look_is_drawn_before_anything_else_and_holds_no_markup(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let chosen = ana.submit("/settings/look", "theme=dark&text=larger&motion=reduce").await;
        let cookies: Vec<&str> = chosen.headers().get_all(header::SET_COOKIE).iter().map(|one| one.to_str().unwrap()).collect();
        assert!(cookies.iter().any(|cookie| cookie.starts_with("look=dark.larger.reduce; path=/")), "{cookies:?}");
        let spoken = ana.submit("/settings/language", "language=de").await;
        assert!(cookie_of(&spoken).is_some_and(|cookie| cookie == "language=de"));
        assert_eq!(ana.submit("/settings/language", "language=tlh").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let german = crate::tests::testapp::User { on: &app, cookie: format!("{}; language=de", ana.cookie) };
        assert!(text(german.get("/settings").await).await.contains("Abschnitte der Einstellungen"));
        let dark = crate::tests::testapp::User { on: &app, cookie: format!("{}; look=dark.larger.reduce", ana.cookie) };
        let page = text(dark.get("/").await).await;
        assert!(page.contains(r#"data-theme="dark" data-text="larger" data-motion="reduce""#), "{page}");
        let odd = crate::tests::testapp::User { on: &app, cookie: format!("{}; look=\"><b>.x.y", ana.cookie) };
        assert!(!text(odd.get("/").await).await.contains("data-theme"));
    }

    async fn what_pops_up_is_a_choice_that_is_kept(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let (_, me) = ana.call("account/me", serde_json::json!({})).await;
        assert_eq!(me["pop_ups"], serde_json::json!({ "messages": true, "jobs": true }));
        assert_eq!(location(&ana.submit("/settings/notices", "jobs=on").await), "/settings?done=saved#s-notices");
        let (_, me) = ana.call("account/me", serde_json::json!({})).await;
        assert_eq!(me["pop_ups"], serde_json::json!({ "messages": false, "jobs": true }));
    }

    async fn the_pages_own_script_is_answered_without_a_page(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let mut request = form_request("/settings/look", "theme=dark");
        request.headers_mut().insert(header::COOKIE, ana.cookie.parse().unwrap());
        request.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
        assert_eq!(app.ask(request).await.status(), StatusCode::NO_CONTENT);
        let mut stranger = form_request("/settings/look", "theme=dark");
        stranger.headers_mut().insert(header::ACCEPT, "application/json".parse().unwrap());
        assert_eq!(app.ask(stranger).await.status(), StatusCode::UNAUTHORIZED);
    }

    async fn what_happened_meanwhile_is_listed_and_old_once_looked_at(app: TestApp) {
        let (ana, ben) = app.pair().await;
        app.person("Eve", Role::Patient).await;
        let eve = app.sign_in("eve").await;
        let scope = app.scope("ben").await;
        let room = ana.open(scope.account).await;
        app.app.clock.advance(60_000);
        ben.submit(&format!("/chat/room/{room}"), &format!("cid={}&body=Secret+words", "0a".repeat(16))).await;
        let page = text(ana.get("/notifications").await).await;
        assert!(page.contains("1 new message") && page.contains(&format!("/chat/room/{room}")), "{page}");
        assert!(page.contains(NEW) && !page.contains("Secret words"), "{page}");
        app.app.clock.advance(1_000);
        let again = text(ana.get("/notifications").await).await;
        assert!(again.contains("1 new message") && !again.contains(NEW), "{again}");
        let other = text(eve.get("/notifications").await).await;
        assert!(!other.contains("new message") && other.contains("Nothing new"), "{other}");
    }

    async fn a_second_sign_in_is_a_notice(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        app.app.clock.advance(60_000);
        sign_in_with_a_phone(&app, "ana").await;
        let page = text(ana.get("/notifications").await).await;
        assert!(page.contains("iPhone, Safari") && page.contains("Signed in to your account"), "{page}");
    }
}
