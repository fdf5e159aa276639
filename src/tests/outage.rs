//! Outages: a database that takes no writes, or does not answer, is admitted at once and got over alone.

use super::{
    on_both_databases,
    testapp::{TestApp, User, config},
};
use crate::{
    args,
    model::{AccountId, Error, RoomId, wire::Event},
    server::db::Db,
};
use axum::http::StatusCode;
use serde_json::json;
use std::time::{Duration, Instant};

async fn room_of(a: &User<'_>) -> RoomId {
    let (_, contacts) = a.call("care/contacts", json!({})).await;
    a.open(AccountId(contacts[0]["person"]["id"].as_i64().unwrap())).await
}

/// Somebody else who holds what every write needs.
async fn hold(app: &TestApp) -> crate::server::db::Tx {
    let other = Db::open(&app.url).await.unwrap();
    let mut tx = other.begin().await.unwrap();
    if !tx.is_alone() {
        tx.run("lock table room in access exclusive mode", args![]).await.unwrap();
    }
    tx
}

on_both_databases! {
    async fn every_send_is_answered_within_ten_seconds_while_the_database_is_held(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = room_of(&a).await;
        let (mut ana, mut ben) = (a.connect().await, b.connect().await);
        let held = hold(&app).await;
        let began = Instant::now();
        let mut cids = Vec::new();
        for number in 0..40 {
            cids.push((ana.post(room, &format!("{number}")).await, number));
        }
        let mut refused = 0;
        while refused < cids.len() {
            let event = tokio::time::timeout(Duration::from_secs(10), ana.stream_next()).await.unwrap();
            if let Event::Refused { cid: Some(_), error } = event {
                assert!(matches!(error, Error::Unavailable { retry_ms } if retry_ms > 0), "{error:?}");
                refused += 1;
            }
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
        assert_eq!(app.get("/readyz").await.status(), StatusCode::SERVICE_UNAVAILABLE);
        drop(held);
        for _ in 0..60 {
            if app.get("/readyz").await.status() == StatusCode::OK {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(app.get("/readyz").await.status(), StatusCode::OK, "it does not get over it by itself");
        for (cid, number) in cids {
            ana.say(&crate::model::wire::Command::Post { cid, room, body: format!("{number}") }).await;
            ben.hears_words(&format!("{number}")).await;
        }
        let stored: Option<(i64, i64)> = app.app.db.maybe("select count(*), max(seq) from message", args![]).await.unwrap();
        assert_eq!(stored, Some((40, 40)));
    }

    async fn what_another_process_stored_is_told_here(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = room_of(&a).await;
        let (mut ana, mut ben) = (a.connect().await, b.connect().await);
        ana.post(room, "here").await;
        ben.hears_words("here").await;
        let other = crate::server::App::start(
            config(&app.url), app.app.clock.clone(), app.app.timing,
        ).await.unwrap();
        let scope = app.scope("ana").await;
        let draft = crate::model::message::Draft::text(crate::model::Cid(rand::random()), room, "there".into());
        crate::server::message::post(&other, &scope, draft).await.unwrap();
        ben.hears_words("there").await;
        ana.post(room, "and here again").await;
        ben.hears_words("and here again").await;
        let heard: Vec<i64> = ben.heard.iter().filter_map(|event| match event {
            Event::Posted(message) => Some(message.seq),
            _ => None,
        }).collect();
        assert_eq!(heard, [1, 2, 3]);
        other.stop().await;
    }
}
