//! Sessions: they end when they are ended, and stay ended.

use super::{
    on_both_databases,
    testapp::{PASSWORD, TestApp, cookie_of, form_request, location},
};
use crate::{
    args,
    model::{account::Role, wire::close},
    server::{account, session},
};
use axum::http::{StatusCode, header};
use tower_sessions::{SessionStore, session::Record};

on_both_databases! {
    async fn signing_out_ends_the_session_and_its_sockets(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let mut socket = ana.connect().await;
        let response = ana.submit("/logout", "").await;
        assert_eq!((response.status(), location(&response)), (StatusCode::SEE_OTHER, "/login"));
        assert!(response.headers().contains_key("clear-site-data"));
        assert_eq!(socket.closes().await, Some(close::SIGNED_OUT));
        assert_eq!(location(&ana.get("/").await), "/login");
        assert_eq!(ana.knock(&[("origin", "http://confer.test")]).await.err(), Some(StatusCode::UNAUTHORIZED));
    }

    async fn a_session_ended_elsewhere_closes_its_socket_soon(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let mut socket = ana.connect().await;
        // As another process does it: through the database alone.
        app.app.db.run("update session set revoked_at = $1", args![app.app.clock.now_ms()]).await.unwrap();
        assert_eq!(socket.closes().await, Some(close::SIGNED_OUT));
    }

    async fn disabling_an_account_shuts_every_way_in(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let mut socket = ana.connect().await;
        account::disable(&app.app.db, "ana@x.org", app.app.clock.now_ms()).await.unwrap();
        assert_eq!(socket.closes().await, Some(close::SIGNED_OUT));
        assert_eq!(ana.get("/").await.status(), StatusCode::SEE_OTHER);
        let (status, _) = ana.call("room/list", serde_json::json!({})).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(ana.knock(&[("origin", "http://confer.test")]).await.err(), Some(StatusCode::UNAUTHORIZED));
        assert_eq!(app.try_sign_in("ana", PASSWORD).await.status(), StatusCode::UNAUTHORIZED);
    }

    async fn a_slow_request_that_saves_after_signing_out_does_not_bring_the_session_back(app: TestApp) {
        let store = session::Store::new(&app.app);
        let mut record = Record {
            id: Default::default(),
            data: Default::default(),
            expiry_date: time::OffsetDateTime::now_utc() + time::Duration::hours(1),
        };
        store.create(&mut record).await.unwrap();
        assert!(store.load(&record.id).await.unwrap().is_some());
        store.delete(&record.id).await.unwrap();
        store.save(&record).await.unwrap();
        assert!(store.load(&record.id).await.unwrap().is_none());
    }

    async fn an_id_taken_by_chance_is_not_shared(app: TestApp) {
        let store = session::Store::new(&app.app);
        let mut first = Record {
            id: Default::default(),
            data: Default::default(),
            expiry_date: time::OffsetDateTime::now_utc() + time::Duration::hours(1),
        };
        store.create(&mut first).await.unwrap();
        let mut second = Record { id: first.id, data: Default::default(), expiry_date: first.expiry_date };
        store.create(&mut second).await.unwrap();
        assert_ne!(first.id, second.id);
    }

    async fn a_session_lasts_half_a_day_and_no_longer(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        app.app.clock.advance(11 * 3_600_000);
        assert_eq!(ana.get("/").await.status(), StatusCode::OK);
        app.app.clock.advance(2 * 3_600_000);
        assert_eq!(ana.get("/").await.status(), StatusCode::SEE_OTHER);
    }

    async fn signing_in_again_gives_a_new_id_and_the_table_holds_none(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let mut again = form_request("/login", "email=ana%40x.org&password=correct+horse");
        again.headers_mut().insert(header::COOKIE, ana.cookie.parse().unwrap());
        let second = cookie_of(&app.ask(again).await).unwrap();
        assert_ne!(ana.cookie, second);
        assert_eq!(ana.get("/").await.status(), StatusCode::SEE_OTHER, "the id from before still opens");
        let keys: Vec<(String,)> = app.app.db.all("select key from session", args![]).await.unwrap();
        let id = second.strip_prefix("confer=").unwrap();
        assert!(keys.iter().all(|(key,)| key.len() == 64 && !key.contains(id)));
    }
}
