//! Tokens: what opens doors, what does not, and what ends them.

use super::{
    on_both_databases,
    testapp::{PASSWORD, TestApp, config, knock},
};
use crate::{
    model::account::Role,
    server::{App, Timing, account, clock::Clock, config::IssuerArgs},
};
use axum::http::{Method, StatusCode};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const SECRET: &[u8] = b"9f8c1d0b7a6e5f4c3b2a190817263544";

/// The parts of a token, so that a test can spoil one of them.
fn parts(token: &str) -> (Value, Value) {
    let part = |at: usize| {
        let text = token.split('.').nth(at).unwrap();
        serde_json::from_slice::<Value>(&decode(text)).unwrap()
    };
    (part(0), part(1))
}

fn decode(text: &str) -> Vec<u8> {
    const SIGNS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bits = 0u32;
    let mut held = 0;
    let mut bytes = Vec::new();
    for sign in text.bytes() {
        bits = bits << 6 | SIGNS.iter().position(|other| *other == sign).unwrap() as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

fn sign(header: &Value, claims: &Value, secret: &[u8]) -> String {
    let mut named = Header::new(Algorithm::HS256);
    named.kid = header["kid"].as_str().map(str::to_owned);
    jsonwebtoken::encode(&named, claims, &EncodingKey::from_secret(secret)).unwrap()
}

async fn opens(app: &TestApp, token: &str) -> StatusCode {
    app.json(Method::GET, "/api/chatrooms/", Some(token), None).await.0
}

on_both_databases! {
    async fn an_old_client_signs_in_and_gets_the_next_token(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.old("ana").await;
        assert_eq!(opens(&app, &ana.access).await, StatusCode::OK);
        let (status, next) = app.json(Method::POST, "/api/token/refresh/", None, Some(json!({ "refresh": ana.refresh }))).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(opens(&app, next["access"].as_str().unwrap()).await, StatusCode::OK);
    }

    async fn a_wrong_password_and_a_missing_field_answer_as_they_did(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ask = async |body: Value| app.json(Method::POST, "/api/token", None, Some(body)).await;
        let (status, body) = ask(json!({ "email": "ana@x.org", "password": "wrong" })).await;
        assert_eq!((status, &body["detail"]), (StatusCode::UNAUTHORIZED, &json!("No active account found with the given credentials")));
        assert_eq!(ask(json!({ "email": "nobody@x.org", "password": PASSWORD })).await, (status, body));
        let (status, body) = ask(json!({ "email": "ana@x.org" })).await;
        assert_eq!((status, body), (StatusCode::BAD_REQUEST, json!({ "password": ["This field is required."] })));
        assert_eq!(ask(json!([1])).await.0, StatusCode::BAD_REQUEST);
        let wrong = app.json(Method::POST, "/api/token/refresh/", None, Some(json!({ "refresh": "a.b.c" }))).await;
        assert_eq!((wrong.0, &wrong.1["code"]), (StatusCode::UNAUTHORIZED, &json!("token_not_valid")));
    }

    async fn what_is_forged_or_spoilt_opens_nothing(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.old("ana").await;
        let (header, claims) = parts(&ana.access);
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            sign(&header, &claims, SECRET)
        };
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            sign(&header, &claims, SECRET)
        };
        assert_eq!(opens(&app, &with("jti", json!("x"))).await, StatusCode::OK, "the tools of this test work");
        let unsigned = {
            let body = ana.access.split('.').nth(1).unwrap();
            // {"alg":"none","typ":"JWT"}
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.")
        };
        let other_algorithm = {
            let named = Header { kid: header["kid"].as_str().map(str::to_owned), ..Header::new(Algorithm::HS512) };
            jsonwebtoken::encode(&named, &claims, &EncodingKey::from_secret(SECRET)).unwrap()
        };
        let now_s = app.app.clock.now_ms() / 1_000;
        for (what, token) in [
            ("none", unsigned),
            ("another algorithm", other_algorithm),
            ("another secret", sign(&header, &claims, b"00000000000000000000000000000001")),
            ("exp as text", with("exp", json!("9999999999"))),
            ("exp past", with("exp", json!(now_s - 1))),
            ("no exp", without("exp")),
            ("no nbf", without("nbf")),
            ("nbf ahead", with("nbf", json!(now_s + 60))),
            ("no sub", without("sub")),
            ("somebody else", with("sub", json!("999"))),
            ("another audience", with("aud", json!("elsewhere"))),
            ("another issuer", with("iss", json!("http://elsewhere.test"))),
            ("another session", with("sid", json!("00000000000000000000000000000000"))),
            ("a refresh token", ana.refresh.clone()),
            ("a megabyte", format!("{}{}", ana.access, "a".repeat(1_000_000))),
            ("nothing", String::new()),
        ] {
            assert_eq!(opens(&app, &token).await, StatusCode::UNAUTHORIZED, "{what}");
        }
        assert_eq!(app.dial("/ws/presence/?token=x.y.z").await.err(), Some(StatusCode::FORBIDDEN));
    }

    async fn an_access_token_lasts_a_quarter_of_an_hour(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.old("ana").await;
        app.app.clock.advance(15 * 60_000 - 1_500);
        assert_eq!(opens(&app, &ana.access).await, StatusCode::OK);
        app.app.clock.advance(2_000);
        assert_eq!(opens(&app, &ana.access).await, StatusCode::UNAUTHORIZED);
        let (status, _) = app.json(Method::POST, "/api/token/refresh/", None, Some(json!({ "refresh": ana.refresh }))).await;
        assert_eq!(status, StatusCode::OK);
    }

    async fn a_refresh_token_used_after_its_successor_ends_the_session(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.old("ana").await;
        let next = async |refresh: &str| app.json(Method::POST, "/api/token/refresh/", None, Some(json!({ "refresh": refresh }))).await;
        // An old client goes on with its first one, and a lost answer locks nobody out.
        let (status, second) = next(&ana.refresh).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(next(&ana.refresh).await.0, StatusCode::OK);
        let (_, third) = next(second["refresh"].as_str().unwrap()).await;
        let access = third["access"].as_str().unwrap().to_owned();
        assert_eq!(opens(&app, &access).await, StatusCode::OK);
        // Two who hold the same one: one of them stole it.
        assert_eq!(next(&ana.refresh).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(next(third["refresh"].as_str().unwrap()).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(opens(&app, &access).await, StatusCode::UNAUTHORIZED);
    }

    async fn a_session_that_ends_closes_the_sockets_of_its_token(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.old("ana").await;
        let mut line = ana.dial("/ws/presence/").await;
        line.hears(|frame| frame["type"] == "online_users").await;
        let ended = app.json(Method::POST, "/api/token/blacklist/", None, Some(json!({ "refresh": ana.refresh }))).await;
        assert_eq!(ended.0, StatusCode::OK);
        let code = loop {
            if let Err(code) = line.next().await {
                break code;
            }
        };
        assert_eq!(code, Some(4401));
        assert_eq!(opens(&app, &ana.access).await, StatusCode::UNAUTHORIZED);
    }

    async fn a_disabled_account_has_no_tokens_any_more(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.old("ana").await;
        account::disable(&app.app.db, "ana@x.org", app.app.clock.now_ms()).await.unwrap();
        app.app.proven.forget(parts(&ana.access).1["sid"].as_str().unwrap());
        assert_eq!(opens(&app, &ana.access).await, StatusCode::UNAUTHORIZED);
        let (status, _) = app.json(Method::POST, "/api/token/refresh/", None, Some(json!({ "refresh": ana.refresh }))).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
    }

    async fn a_token_needs_no_origin_and_a_cookie_does(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.old("ana").await;
        let bearer = format!("Bearer {}", ana.access);
        assert!(knock(&app, &[("authorization", &bearer)]).await.is_ok());
        let cookie = app.sign_in("ana").await.cookie;
        assert_eq!(knock(&app, &[("cookie", &cookie)]).await.err(), Some(StatusCode::FORBIDDEN));
        assert_eq!(knock(&app, &[("cookie", &cookie), ("origin", "http://evil.test")]).await.err(), Some(StatusCode::FORBIDDEN));
    }
}

/// An issuer somebody else runs: a key of theirs, and a server of ours that knows its public half.
mod elsewhere {
    use super::*;

    // Made for these tests, and used nowhere else.
    const PRIVATE: &str = include_str!("issuer/private.pem");
    const PUBLIC: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/tests/issuer/public.pem");

    async fn server(url: &str) -> App {
        let issuer = IssuerArgs {
            name: Some("https://id.example.org".into()),
            keys: Some(PUBLIC.into()),
            audience: Some("confer-app".into()),
            claims: vec!["name=full_name".into(), "role=position".into()],
            roles: vec!["doctor=practitioner".into()],
        };
        let config = crate::server::config::Config { issuer, ..config(url) };
        App::start(config, Clock::at(Clock::Wall.now_ms()), Timing::default()).await.unwrap()
    }

    fn token(change: impl FnOnce(&mut Value)) -> String {
        let now_s = Clock::Wall.now_ms() / 1_000;
        let mut claims = json!({
            "iss": "https://id.example.org", "aud": "confer-app", "sub": "u-17", "email": "Zoe@x.org",
            "full_name": "Zoe Marsh", "position": "doctor", "nbf": now_s - 5, "exp": now_s + 600,
        });
        change(&mut claims);
        let key = EncodingKey::from_ec_pem(PRIVATE.as_bytes()).unwrap();
        jsonwebtoken::encode(&Header::new(Algorithm::ES256), &claims, &key).unwrap()
    }

    on_both_databases! {
        async fn its_people_appear_on_first_sight_and_once(app: TestApp) {
            let server = server(&app.url).await;
            let first = crate::server::token::recognise(&server, &token(|_| {})).await.unwrap();
            assert_eq!((first.person.name.as_str(), first.role), ("Zoe Marsh", Role::Practitioner));
            // Under another address, they are the same to their issuer.
            let again = token(|claims| { claims["email"] = json!("z.marsh@x.org"); claims["full_name"] = json!("Zoe Marsh-Hill"); });
            let again = crate::server::token::recognise(&server, &again).await.unwrap();
            assert_eq!((again.account, again.person.name.as_str()), (first.account, "Zoe Marsh-Hill"));
            server.stop().await;
        }

        async fn whoever_was_imported_before_is_known_by_their_address(app: TestApp) {
            let zoe = app.person("Zoe", Role::Practitioner).await;
            let server = server(&app.url).await;
            // An address somebody merely claims opens nothing of its owner's.
            assert!(crate::server::token::recognise(&server, &token(|_| {})).await.is_err());
            let proven = |more: &dyn Fn(&mut Value)| token(|claims| { claims["email_verified"] = json!(true); more(claims); });
            let me = crate::server::token::recognise(&server, &proven(&|_| {})).await.unwrap();
            assert_eq!(me.account, zoe);
            // The address alone does not make somebody else them.
            let other = proven(&|claims| claims["sub"] = json!("u-18"));
            assert!(crate::server::token::recognise(&server, &other).await.is_err());
            server.stop().await;
        }

        async fn administrators_are_not_met_by_their_address(app: TestApp) {
            app.person("Zoe", Role::Admin).await;
            let server = server(&app.url).await;
            let claimed = token(|claims| claims["email_verified"] = json!(true));
            assert!(crate::server::token::recognise(&server, &claimed).await.is_err());
            server.stop().await;
        }

        async fn another_role_ends_what_was_opened_in_the_one_before(app: TestApp) {
            let server = server(&app.url).await;
            let first = token(|_| {});
            let before = crate::server::token::recognise(&server, &first).await.unwrap();
            let moved = token(|claims| claims["position"] = json!("porter"));
            let config = crate::server::config::Config { issuer: IssuerArgs {
                name: Some("https://id.example.org".into()), keys: Some(PUBLIC.into()), audience: Some("confer-app".into()),
                claims: vec!["name=full_name".into(), "role=position".into()],
                roles: vec!["doctor=practitioner".into(), "porter=staff".into()],
            }, ..config(&app.url) };
            let later = App::start(config, Clock::at(Clock::Wall.now_ms()), Timing::default()).await.unwrap();
            let now = crate::server::token::recognise(&later, &moved).await.unwrap();
            assert_eq!((now.account, now.role), (before.account, Role::Staff));
            assert!(crate::server::token::recognise(&later, &first).await.is_err());
            // One that was signed before, and never shown until now, brings back nothing.
            let older = token(|claims| { claims["nbf"] = json!(claims["nbf"].as_i64().unwrap() - 60); });
            assert!(crate::server::token::recognise(&later, &older).await.is_err());
            assert_eq!(crate::server::token::recognise(&later, &moved).await.unwrap().role, Role::Staff);
            server.stop().await;
            later.stop().await;
        }

        async fn what_it_did_not_sign_for_us_is_refused(app: TestApp) {
            let server = server(&app.url).await;
            let now_s = Clock::Wall.now_ms() / 1_000;
            for (what, token) in [
                ("another audience", token(|claims| claims["aud"] = json!("billing"))),
                ("another issuer", token(|claims| claims["iss"] = json!("https://evil.example.org"))),
                ("for longer than a day", token(|claims| claims["exp"] = json!(now_s + 25 * 3_600))),
                ("a name of its own for an administrator", token(|claims| claims["position"] = json!("admin"))),
                ("a name with a zero in it and nothing else", token(|claims| claims["sub"] = json!("\0"))),
                ("past", token(|claims| claims["exp"] = json!(now_s - 1))),
                ("exp as text", token(|claims| claims["exp"] = json!("9999999999"))),
                ("no nbf", token(|claims| { claims.as_object_mut().unwrap().remove("nbf"); })),
                ("a role nobody has", token(|claims| claims["position"] = json!("king"))),
                // Signed with what everybody knows, as if it were a secret.
                ("the public key as a secret", {
                    let public = std::fs::read(PUBLIC).unwrap();
                    let claims = json!({ "iss": "https://id.example.org", "aud": "confer-app", "sub": "u-17", "email": "zoe@x.org",
                        "full_name": "Z", "position": "admin", "nbf": now_s, "exp": now_s + 600 });
                    jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &EncodingKey::from_secret(&public)).unwrap()
                }),
            ] {
                assert!(crate::server::token::recognise(&server, &token).await.is_err(), "{what}");
            }
            server.stop().await;
        }
    }
}
