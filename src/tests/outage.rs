//! Outages: a database that takes no writes, or does not answer, is admitted at once and got over alone.

use super::{
    on_both_databases,
    testapp::{Socket, TestApp, User, config},
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, RoomId,
        wire::{Command, Event},
    },
    server::{
        db::{Db, Tx},
        writer,
    },
};
use axum::http::StatusCode;
use serde_json::json;
use std::time::{Duration, Instant};

async fn room_of(a: &User<'_>) -> RoomId {
    let (_, contacts) = a.call("care/contacts", json!({})).await;
    a.open(AccountId(contacts[0]["person"]["id"].as_i64().unwrap())).await
}

/// Somebody else who holds what every write needs.
async fn hold(app: &TestApp) -> Tx {
    held_by_another(app, "lock table room in access exclusive mode").await
}

async fn held_by_another(app: &TestApp, lock: &'static str) -> Tx {
    let other = Db::open(&app.url).await.unwrap();
    let mut tx = other.begin().await.unwrap();
    if !tx.is_alone() {
        tx.run(lock, args![]).await.unwrap();
    }
    tx
}

/// What a send is answered with, and after how long.
async fn answer_to(socket: &mut Socket, cid: Cid) -> (Event, Duration) {
    let began = Instant::now();
    loop {
        let event = socket.stream_next().await;
        match event {
            Event::Acked { cid: other, .. } | Event::Refused { cid: Some(other), .. } if other == cid => {
                return (event, began.elapsed());
            }
            _ => {}
        }
    }
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
            ana.say(&Command::Post { cid, room, body: format!("{number}") }).await;
            ben.hears_words(&format!("{number}")).await;
        }
        let stored: Option<(i64, i64)> = app.app.db.maybe("select count(*), max(seq) from message", args![]).await.unwrap();
        assert_eq!(stored, Some((40, 40)));
    }

    async fn a_count_that_is_not_answered_keeps_no_send_waiting(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = room_of(&a).await;
        let (mut ana, mut ben) = (a.connect().await, b.connect().await);
        for number in 1..=2 {
            ana.post(room, &format!("{number}")).await;
            ben.hears_words(&format!("{number}")).await;
        }
        // Where one has read to can be stored, how much is left unread cannot be counted.
        let held = held_by_another(&app, "lock table message in access exclusive mode").await;
        let held = (!held.is_alone()).then_some(held);
        ben.say(&Command::Seen { room, seq: 1 }).await;
        let read = "select read_seq from member where room_id = $1 and read_seq = 1";
        while app.app.db.maybe::<(i64,)>(read, args![room]).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let cid = ana.post(room, "3").await;
        let (event, took) = answer_to(&mut ana, cid).await;
        assert!(took < Duration::from_secs(6), "{event:?} after {took:?}");
        assert_eq!(matches!(event, Event::Refused { .. }), held.is_some(), "{event:?}");
        drop(held);
        // Nothing is forgotten: it is counted as soon as it can be.
        ben.hears(|event| matches!(event, Event::Standing { rooms } if rooms[0].room == room && rooms[0].read == 1)).await;
    }

    async fn what_was_read_while_the_database_was_held_is_stored_after_it(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = room_of(&a).await;
        let (mut ana, mut ben) = (a.connect().await, b.connect().await);
        ana.post(room, "1").await;
        ben.hears_words("1").await;
        let held = hold(&app).await;
        ben.say(&Command::Seen { room, seq: 1 }).await;
        let mut is_admitted = false;
        for _ in 0..80 {
            is_admitted = app.get("/readyz").await.status() == StatusCode::SERVICE_UNAVAILABLE;
            if is_admitted {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert!(is_admitted, "a mark that cannot be stored says as much as a message");
        drop(held);
        let read = "select read_seq from member where room_id = $1 and read_seq = 1 and read_at is not null \
                    and account_id <> (select sender_id from message where room_id = $1 limit 1)";
        let stored = async {
            while app.app.db.maybe::<(i64,)>(read, args![room]).await.unwrap_or(None).is_none() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), stored).await.unwrap();
        ana.hears(|event| matches!(event, Event::Receipt(receipt) if receipt.read_seq == 1)).await;
    }

    async fn a_send_behind_work_that_never_ends_is_answered_within_ten_seconds(app: TestApp) {
        let (a, _) = app.pair().await;
        let room = room_of(&a).await;
        let mut ana = a.connect().await;
        let stuck = || writer::step(&app.app, room, |_, _| Box::pin(std::future::pending()));
        let first = async { (stuck().await, stuck().await) };
        let second = async {
            tokio::time::sleep(Duration::from_millis(200)).await;
            stuck().await
        };
        let sent = async {
            // One before the second and one behind it, all taken together once the first has had its time.
            tokio::time::sleep(Duration::from_millis(100)).await;
            ana.post(room, "before it").await;
            tokio::time::sleep(Duration::from_millis(200)).await;
            let cid = ana.post(room, "after all that").await;
            answer_to(&mut ana, cid).await
        };
        let (first, second, (event, took)) = tokio::join!(first, second, sent);
        assert_eq!((first, second), ((Err(writer::AWAY), Err(writer::AWAY)), Err(writer::AWAY)));
        assert!(took < Duration::from_secs(9), "{event:?} after {took:?}");
        assert!(matches!(event, Event::Refused { ref error, .. } if *error == writer::AWAY), "{event:?}");
        // The database is well, and that is found out without anybody's help.
        let later = async {
            while app.get("/readyz").await.status() != StatusCode::OK {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(4), later).await.unwrap();
        ana.post(room, "now").await;
        ana.hears_words("now").await;
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
        let draft = crate::model::message::Draft::text(Cid(rand::random()), room, "there".into());
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
