//! Pages and forms: complete without a script, closed to strangers, and well wrapped.

use super::{
    on_both_databases,
    testapp::{PASSWORD, TestApp, form_request, location, text},
};
use crate::{
    args,
    model::{AccountId, account::Role},
};
use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use std::collections::BTreeSet;

const CID: &str = "000102030405060708090a0b0c0d0e0f";

async fn id_of(app: &TestApp, name: &str) -> AccountId {
    let found: Option<(i64,)> =
        app.app.db.maybe("select id from account where name = $1", args![name]).await.unwrap();
    AccountId(found.unwrap().0)
}

on_both_databases! {
    async fn a_room_page_contains_its_messages_before_any_script(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let path = format!("/chat/room/{room}");
        let sent = a.submit(&path, &format!("cid={CID}&body=The+left+knee+%3Cb%3Ehurts%3C%2Fb%3E")).await;
        assert_eq!((sent.status(), location(&sent)), (StatusCode::SEE_OTHER, path.as_str()));
        let page = text(b.get(&path).await).await;
        assert!(page.contains("The left knee &lt;b&gt;hurts&lt;/b&gt;"), "{page}");
        assert!(!page.contains("<b>hurts"), "what people type became markup");
        assert_eq!(page.matches("<h1").count(), 1);
        assert!(page.contains("Ana · Confer</title>"));
        assert!(page.contains(&format!(r#"action="{path}""#)) && page.contains(r#"method="post""#));
    }

    async fn an_address_leads_to_the_one_conversation_with_whom_it_belongs_to(app: TestApp) {
        let (a, b) = app.pair().await;
        app.person("Eve", Role::Patient).await;
        // A page of somebody else's begins nothing.
        let elsewhere = Request::get("/chat?email=ben%40x.org").header("cookie", &a.cookie).header("sec-fetch-site", "cross-site");
        let answer = app.ask(elsewhere.body(Body::empty()).unwrap()).await;
        assert_eq!((answer.status(), location(&answer)), (StatusCode::SEE_OTHER, "/chat"));
        let answer = a.get("/chat?email=ben%40x.org").await;
        let room = location(&answer).to_owned();
        assert!(answer.status() == StatusCode::SEE_OTHER && room.starts_with("/chat/room/"), "{room}");
        assert_eq!(location(&b.get("/chat/?email=Ana%40x.org").await), room);
        for stranger in ["eve%40x.org", "nobody%40x.org", "a%00b"] {
            assert_eq!(a.get(&format!("/chat?email={stranger}")).await.status(), StatusCode::NOT_FOUND, "{stranger}");
        }
        let nobody = app.get("/chat?email=ben%40x.org").await;
        assert_eq!(location(&nobody), "/login?next=/chat%3Femail%3Dben%2540x.org");
        assert_eq!(a.get("/chat").await.status(), StatusCode::OK);
    }

    async fn pressing_the_button_twice_sends_once(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        for _ in 0..2 {
            a.submit(&format!("/chat/room/{room}"), &format!("cid={CID}&body=Once")).await;
        }
        let stored: Vec<(String,)> = app.app.db.all("select body from message", args![]).await.unwrap();
        assert_eq!(stored, [("Once".to_owned(),)]);
    }

    async fn a_form_that_cannot_be_sent_gives_the_words_back(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let long = "word+".repeat(2_000);
        let answer = a.submit(&format!("/chat/room/{room}"), &format!("cid={CID}&body={long}")).await;
        assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = text(answer).await;
        assert!(page.contains("too long") && page.contains("word word word"), "{page}");
    }

    async fn the_chat_button_opens_the_one_room(app: TestApp) {
        let (a, _b) = app.pair().await;
        let ben = id_of(&app, "Ben").await;
        let opened = a.submit("/chat/open", &format!("with={ben}")).await;
        assert_eq!(opened.status(), StatusCode::SEE_OTHER);
        let room = a.open(ben).await;
        assert_eq!(location(&opened), format!("/chat/room/{room}"));
    }

    async fn each_home_page_leads_to_the_other(app: TestApp) {
        let (a, b) = app.pair().await;
        let doctor = text(b.get("/").await).await;
        assert!(doctor.contains("My patients") && doctor.contains(" with Ana "), "{doctor}");
        assert!(doctor.contains("Born 12 Mar 1951"));
        let patient = text(a.get("/").await).await;
        assert!(!patient.contains("Your doctor is available"));
        let _there = b.connect().await;
        let patient = text(a.get("/").await).await;
        assert!(patient.contains("Your doctor is available") && patient.contains("Start chat"), "{patient}");
        assert!(patient.contains("call 999"));
    }

    async fn who_is_not_signed_in_is_sent_to_sign_in_and_brought_back(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let sent = app.get("/chat/room/7?before=3").await;
        assert_eq!((sent.status(), location(&sent)), (StatusCode::SEE_OTHER, "/login?next=/chat/room/7%3Fbefore%3D3"));
        let form = format!("email=ana%40x.org&password={}", PASSWORD.replace(' ', "+"));
        let back = app.ask(form_request("/login?next=/chat/room/7%3Fbefore%3D3", &form)).await;
        assert_eq!(location(&back), "/chat/room/7?before=3");
        for foreign in ["//evil.org", "https://evil.org", "/%5Cevil.org"] {
            let back = app.ask(form_request(&format!("/login?next={foreign}"), &form)).await;
            assert_eq!(location(&back), "/", "{foreign}");
        }
    }

    async fn what_does_not_exist_is_404_and_says_so(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        for path in ["/nowhere", "/chat/room/x", "/chat/room/999999", "/chat/room/99999999999999999999"] {
            let answer = ana.get(path).await;
            assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
            let page = text(answer).await;
            assert!(page.contains("<html") && page.contains("not"), "{path}");
        }
    }

    async fn every_response_is_well_wrapped(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let mut answers = vec![
            ("home", ana.get("/").await),
            ("missing", ana.get("/nowhere").await),
            ("sign-in", app.get("/login").await),
            ("sent away", app.get("/").await),
            ("alive", app.get("/livez").await),
            ("no asset", app.get("/pkg/none.js").await),
            ("refused", app.ask(Request::post("/logout").body(Body::empty()).unwrap()).await),
            ("wrong method", app.ask(Request::delete("/login").header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap()).await),
        ];
        answers.push(("a sorry form", ana.submit("/chat/open", "with=999999").await));
        for (what, answer) in answers {
            let headers = answer.headers();
            let value = |name: &str| headers.get(name).unwrap_or_else(|| panic!("{what} lacks {name}")).to_str().unwrap().to_owned();
            let policy = value("content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{what}: {policy}");
            assert_eq!(value("x-content-type-options"), "nosniff", "{what}");
            assert_eq!(value("cross-origin-opener-policy"), "same-origin", "{what}");
            assert_eq!(value("cross-origin-resource-policy"), "same-origin", "{what}");
            assert_eq!(value("referrer-policy"), "same-origin", "{what}");
            assert_eq!(value("cache-control"), "no-store", "{what}");
        }
    }

    async fn every_page_has_a_nonce_of_its_own_on_every_script(app: TestApp) {
        let mut nonces = BTreeSet::new();
        for _ in 0..3 {
            let answer = app.get("/login").await;
            let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            let page = text(answer).await;
            assert!(page.contains("<script"));
            assert_eq!(page.matches("<script").count(), page.matches(&format!(r#"nonce="{nonce}""#)).count());
            assert!(!page.contains("style=\"") && !page.contains("onclick="));
            nonces.insert(nonce);
        }
        assert_eq!(nonces.len(), 3);
    }

    async fn other_sites_cannot_make_a_browser_act(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let path = format!("/chat/room/{room}");
        let tries: [&[(&str, &str)]; 7] = [
            &[],
            &[("origin", "http://evil.org")],
            &[("origin", "null")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-origin")],
        ];
        for headers in tries {
            for path in [path.as_str(), "/logout", "/_fn/room/list", "/chat/open", "/login"] {
                let mut request = form_request(path, &format!("cid={CID}&body=Forged"));
                request.headers_mut().remove("sec-fetch-site");
                request.headers_mut().insert(header::COOKIE, a.cookie.parse().unwrap());
                for (name, value) in headers {
                    request.headers_mut().append(*name, value.parse().unwrap());
                }
                assert_eq!(app.ask(request).await.status(), StatusCode::FORBIDDEN, "{path} {headers:?}");
            }
        }
        let stored: Vec<(String,)> = app.app.db.all("select body from message", args![]).await.unwrap();
        assert!(stored.is_empty());
        assert_eq!(a.get("/").await.status(), StatusCode::OK, "signed out by another site");
    }

    async fn a_server_function_takes_json_and_nothing_else(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"] {
            let request = Request::post("/_fn/room/list")
                .header(header::COOKIE, &ana.cookie)
                .header(header::CONTENT_TYPE, kind)
                .header("sec-fetch-site", "same-origin")
                .body(Body::from("{}"))
                .unwrap();
            assert_eq!(app.ask(request).await.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
        }
    }

    async fn a_failing_server_function_never_redirects(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let request = Request::post("/_fn/room/open")
            .header(header::COOKIE, &ana.cookie)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, "http://confer.test/chat")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(r#"{"with":999999}"#))
            .unwrap();
        let answer = app.ask(request).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        assert!(!answer.headers().contains_key(header::LOCATION));
        assert_eq!(text(answer).await, r#"{"code":"not_found"}"#);
    }

    async fn wrong_arguments_are_answered_not_crashed_on(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        for (body, status) in [("{", 422), ("[]", 422), ("null", 422), (r#"{"with":"x"}"#, 422), (r#"{"with":9999}"#, 404)] {
            let request = Request::builder()
                .method(Method::POST)
                .uri("/_fn/room/open")
                .header(header::COOKIE, &ana.cookie)
                .header(header::CONTENT_TYPE, "application/json")
                .header("sec-fetch-site", "same-origin")
                .body(Body::from(body))
                .unwrap();
            let answer = app.ask(request).await;
            assert_eq!(answer.status().as_u16(), status, "{body}: {}", text(answer).await);
        }
    }

    async fn a_body_too_large_is_refused_before_it_is_read(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        for path in ["/login", "/_fn/room/list", "/chat/open"] {
            let mut request = form_request(path, &"x".repeat(256 * 1024 + 1));
            request.headers_mut().insert(header::COOKIE, ana.cookie.parse().unwrap());
            request.headers_mut().insert(header::CONTENT_LENGTH, (256 * 1024 + 1).into());
            assert_eq!(app.ask(request).await.status(), StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        }
    }

    async fn readiness_tells_a_stopping_server_from_a_serving_one(app: TestApp) {
        assert_eq!(app.get("/readyz").await.status(), StatusCode::OK);
        app.app.begin_stop();
        assert_eq!(app.get("/readyz").await.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(app.get("/livez").await.status(), StatusCode::OK);
    }

    async fn times_are_written_in_the_zone_the_browser_told(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let path = format!("/chat/room/{room}");
        a.submit(&path, &format!("cid={CID}&body=Now")).await;
        let utc = crate::ui::part::when::Moment::at(app.app.clock.now_ms(), crate::ui::part::when::Zone::Fixed(0));
        let there = crate::ui::part::when::Moment::at(app.app.clock.now_ms(), crate::ui::part::when::Zone::Fixed(345));
        let here = text(a.get(&path).await).await;
        assert!(here.contains(&format!(">{}<", utc.time())), "{here}");
        let moved = crate::tests::testapp::User { on: &app, cookie: format!("{}; zone=345", a.cookie) };
        let page = text(moved.get(&path).await).await;
        assert!(page.contains(&format!(">{}<", there.time())), "{page}");
    }
}
