//! Signing in: who gets in, who does not, and that the answer tells nothing.

use super::{
    on_both_databases,
    testapp::{PASSWORD, TestApp, cookie_of, text},
};
use crate::{model::account::Role, server::account};
use axum::http::{StatusCode, header};
use std::time::Instant;

on_both_databases! {
    async fn the_right_password_opens_and_a_wrong_one_does_not(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        assert_eq!(app.try_sign_in("ana", PASSWORD).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(app.try_sign_in("ana", "wrong horse").await.status(), StatusCode::UNAUTHORIZED);
    }

    async fn unknown_wrong_and_disabled_answer_alike(app: TestApp) {
        for name in ["Ana", "Ben"] {
            app.person(name, Role::Patient).await;
        }
        account::disable(&app.app.db, "ben@x.org", app.app.clock.now_ms()).await.unwrap();
        let mut answers = Vec::new();
        for (name, password) in [("ana", "wrong horse"), ("ben", PASSWORD), ("nobody", PASSWORD)] {
            let response = app.try_sign_in(name, password).await;
            let status = response.status();
            let page = text(response).await.replace(&format!("{name}@x.org"), "ADDRESS");
            // The nonce differs on every page.
            let sentence = page.split("id=\"password-error\"").nth(1).unwrap().split("</p>").next().unwrap().to_owned();
            answers.push((status, sentence));
        }
        assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }

    async fn an_unknown_address_takes_as_long_as_a_wrong_password(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        app.try_sign_in("nobody", PASSWORD).await;
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..4 {
            for (name, times) in ["ana", "nobody"].iter().zip(&mut times) {
                let start = Instant::now();
                app.try_sign_in(name, "wrong horse").await;
                times.push(start.elapsed());
            }
        }
        let [known, unknown] = times.map(|mut times| { times.sort(); times[1].as_secs_f64() });
        let ratio = known / unknown;
        assert!((0.5..2.0).contains(&ratio), "known {known} s, unknown {unknown} s");
    }

    async fn a_failed_try_keeps_the_address_and_says_what_to_do(app: TestApp) {
        let response = app.try_sign_in("ana", "wrong horse").await;
        let page = text(response).await;
        assert!(page.contains(r#"value="ana@x.org""#), "{page}");
        assert!(page.contains("does not match"));
        assert!(!page.contains("wrong horse"));
    }

    async fn the_eleventh_try_within_a_minute_waits(app: TestApp) {
        for _ in 0..10 {
            assert_eq!(app.try_sign_in("nobody", "wrong horse").await.status(), StatusCode::UNAUTHORIZED);
        }
        app.app.clock.advance(20_000);
        let refused = app.try_sign_in("nobody", "wrong horse").await;
        assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "40");
        app.app.clock.advance(40_000);
        assert_eq!(app.try_sign_in("nobody", "wrong horse").await.status(), StatusCode::UNAUTHORIZED);
    }

    async fn a_new_password_ends_every_session(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        assert_eq!(ana.get("/").await.status(), StatusCode::OK);
        // As the command line does it, in another process.
        account::set_password(&app.app.db, "ana@x.org", "another horse".into(), app.app.clock.now_ms()).await.unwrap();
        let knock = ana.knock(&[("origin", "http://confer.test")]).await;
        assert_eq!(knock.err(), Some(StatusCode::UNAUTHORIZED), "no new socket, not for a moment");
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        assert_eq!(ana.get("/").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(app.try_sign_in("ana", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(app.try_sign_in("ana", "another horse").await.status(), StatusCode::SEE_OTHER);
    }

    async fn an_address_belongs_to_one_person_whatever_its_case(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let new = account::NewAccount {
            email: " ANA@x.org ".into(),
            name: "Another".into(),
            role: Role::Staff,
            headline: None,
            born: None,
        };
        let mut tx = app.app.db.begin().await.unwrap();
        let added = account::add(&mut tx, &new, "x", 0).await;
        assert_eq!(added, Err(crate::model::Error::conflict("email_taken")));
    }

    async fn the_cookie_is_kept_from_scripts_and_other_sites(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let response = app.try_sign_in("ana", PASSWORD).await;
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_lowercase();
        assert!(cookie.contains("httponly") && cookie.contains("samesite=lax") && cookie.contains("path=/"), "{cookie}");
        assert!(cookie_of(&response).unwrap().starts_with("confer="));
    }
}
