//! Messages: numbered without holes, stored once, read by their room alone.

use super::{
    on_both_databases,
    testapp::{TestApp, User},
};
use crate::{
    args,
    model::{
        Cid, Error, RoomId, Why,
        account::Role,
        message::{Draft, Message},
        wire::Event,
    },
    server::{App, gate::Scope, message},
};
use axum::http::StatusCode;
use serde_json::json;
use std::collections::BTreeSet;

/// A linked pair's room, and the patient's scope.
async fn room_of(app: &TestApp) -> (RoomId, Scope) {
    let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
    app.link(ana, ben).await;
    let room = app.sign_in("ana").await.open(ben).await;
    (room, app.scope("ana").await)
}

fn draft(room: RoomId, body: &str) -> Draft {
    Draft::text(Cid(rand::random()), room, body.into())
}

async fn since(app: &App, me: &Scope, room: RoomId, cursor: i64) -> crate::model::Result<message::Missed> {
    let head = message::head(app, me, room).await?;
    message::missed(app, room, cursor, head, 32).await
}

async fn stored(app: &App) -> Vec<(i64, i64, String)> {
    app.db.all("select room_id, seq, body from message order by room_id, seq", args![]).await.unwrap()
}

on_both_databases! {
    async fn a_hundred_at_once_are_numbered_without_holes(app: TestApp) {
        let (room, me) = room_of(&app).await;
        let posts = (0..100).map(|number| message::post(&app.app, &me, draft(room, &format!("message {number}"))));
        let receipts = futures::future::join_all(posts).await;
        let numbers: BTreeSet<i64> = receipts.iter().map(|receipt| receipt.as_ref().unwrap().message.seq).collect();
        assert_eq!(numbers, (1..=100).collect());
        assert_eq!(stored(&app.app).await.len(), 100);
    }

    async fn the_same_cid_a_hundred_times_at_once_is_one_message(app: TestApp) {
        let (room, me) = room_of(&app).await;
        let draft = draft(room, "once");
        let receipts = futures::future::join_all((0..100).map(|_| message::post(&app.app, &me, draft.clone()))).await;
        let ids: BTreeSet<i64> = receipts.iter().map(|receipt| receipt.as_ref().unwrap().message.id.0).collect();
        assert_eq!(ids.len(), 1);
        assert_eq!(receipts.iter().filter(|receipt| receipt.as_ref().unwrap().fresh).count(), 1);
        assert_eq!(stored(&app.app).await.len(), 1);
    }

    async fn the_same_cid_after_a_restart_is_still_the_same_message(app: TestApp) {
        let (room, me) = room_of(&app).await;
        let draft = draft(room, "once");
        let before = message::post(&app.app, &me, draft.clone()).await.unwrap().message;
        let app = app.restart().await;
        let after = message::post(&app.app, &me, draft).await.unwrap();
        assert_eq!((after.message, after.fresh), (before, false));
    }

    async fn a_cid_is_not_used_again_for_other_words_or_another_room(app: TestApp) {
        let (room, me) = room_of(&app).await;
        let first = draft(room, "once");
        message::post(&app.app, &me, first.clone()).await.unwrap();
        let other = Draft { body: "twice".into(), ..first };
        assert_eq!(message::post(&app.app, &me, other).await, Err(Error::conflict("cid_reused")));
        assert_eq!(stored(&app.app).await.len(), 1);
    }

    async fn two_people_may_happen_upon_the_same_cid(app: TestApp) {
        let (room, ana) = room_of(&app).await;
        app.sign_in("ben").await;
        let ben = app.scope("ben").await;
        let draft = draft(room, "hello");
        message::post(&app.app, &ana, draft.clone()).await.unwrap();
        message::post(&app.app, &ben, draft).await.unwrap();
        assert_eq!(stored(&app.app).await.len(), 2);
    }

    async fn a_refused_message_takes_no_number(app: TestApp) {
        let (room, me) = room_of(&app).await;
        message::post(&app.app, &me, draft(room, "one")).await.unwrap();
        for wrong in [draft(RoomId(999_999), "nowhere"), draft(room, " "), draft(room, &"x".repeat(8_001)), draft(room, "\0")] {
            assert!(message::post(&app.app, &me, wrong).await.is_err());
        }
        assert_eq!(message::post(&app.app, &me, draft(room, "two")).await.unwrap().message.seq, 2);
    }

    async fn one_bad_send_does_not_spoil_those_committed_with_it(app: TestApp) {
        let (room, me) = room_of(&app).await;
        let taken = draft(room, "taken");
        message::post(&app.app, &me, taken.clone()).await.unwrap();
        let posts = (0..60).map(|turn| {
            let wrong = Draft { body: "other words".into(), ..taken.clone() };
            let draft = match turn % 3 { 0 => wrong, 1 => draft(RoomId(4_242), "nowhere"), _ => draft(room, "fine") };
            message::post(&app.app, &me, draft)
        });
        let answers = futures::future::join_all(posts).await;
        for (turn, answer) in answers.iter().enumerate() {
            match turn % 3 {
                0 => assert_eq!(answer, &Err(Error::conflict("cid_reused"))),
                1 => assert_eq!(answer, &Err(Error::NotFound)),
                _ => assert!(answer.is_ok(), "{answer:?}"),
            }
        }
        let numbers: Vec<i64> = stored(&app.app).await.iter().map(|(_, seq, _)| *seq).collect();
        assert_eq!(numbers, (1..=21).collect::<Vec<_>>());
    }

    async fn words_are_kept_exactly_as_written(app: TestApp) {
        let (room, me) = room_of(&app).await;
        let words = "  naïve\n\n\t<script>alert(1)</script> 'quoted' \"twice\" ؟ 👩‍⚕️ \u{202e}abc $1 %s ";
        let receipt = message::post(&app.app, &me, draft(room, words)).await.unwrap();
        assert_eq!(receipt.message.body, words);
        assert_eq!(stored(&app.app).await[0].2, words);
    }

    async fn history_is_paged_both_ways_without_loss(app: TestApp) {
        let (room, me) = room_of(&app).await;
        for number in 1..=25 {
            message::post(&app.app, &me, draft(room, &format!("{number}"))).await.unwrap();
        }
        let ana = app.sign_in("ana").await;
        let newest = page(&ana, room, json!("newest"), 10).await;
        assert_eq!((seqs(&newest), newest["more"].as_bool()), ((16..=25).collect(), Some(true)));
        let before = page(&ana, room, json!({ "before": 16 }), 10).await;
        assert_eq!((seqs(&before), before["more"].as_bool()), ((6..=15).collect(), Some(true)));
        let first = page(&ana, room, json!({ "before": 6 }), 10).await;
        assert_eq!((seqs(&first), first["more"].as_bool()), ((1..=5).collect(), Some(false)));
        let after = page(&ana, room, json!({ "after": 5 }), 10).await;
        assert_eq!((seqs(&after), after["more"].as_bool()), ((6..=15).collect(), Some(true)));
        let exactly = page(&ana, room, json!({ "after": 15 }), 10).await;
        assert_eq!((seqs(&exactly), exactly["more"].as_bool()), ((16..=25).collect(), Some(false)));
    }

    async fn a_foreign_room_answers_like_one_that_does_not_exist(app: TestApp) {
        let (room, _) = room_of(&app).await;
        app.person("Cy", Role::Practitioner).await;
        let stranger = app.sign_in("cy").await;
        for (name, arguments) in [
            ("message/page", |room: i64| json!({ "room": room, "stretch": "newest", "limit": null })),
            ("room/enter", |room: i64| json!({ "room": room, "stretch": "newest" })),
        ] as [(&str, fn(i64) -> serde_json::Value); 2] {
            let foreign = stranger.call(name, arguments(room.0)).await;
            let missing = stranger.call(name, arguments(999_999)).await;
            assert_eq!(foreign.0, StatusCode::NOT_FOUND, "{name}");
            assert_eq!(foreign, missing, "{name}");
        }
        let me = app.scope("cy").await;
        assert_eq!(message::post(&app.app, &me, draft(room, "let me in")).await, Err(Error::NotFound));
        let page = stranger.get(&format!("/chat/room/{room}")).await;
        assert_eq!(page.status(), StatusCode::NOT_FOUND);
    }

    async fn what_was_missed_is_replayed_or_named(app: TestApp) {
        let (room, me) = room_of(&app).await;
        for number in 0..5 {
            message::post(&app.app, &me, draft(room, &format!("{number}"))).await.unwrap();
        }
        let message::Missed::Some(missed) = since(&app.app, &me, room, 2).await.unwrap() else { panic!() };
        assert_eq!(missed.iter().map(|message: &Message| message.seq).collect::<Vec<_>>(), [3, 4, 5]);
        assert_eq!(since(&app.app, &me, room, 5).await, Ok(message::Missed::Some(vec![])));
        assert_eq!(since(&app.app, &me, room, 6).await, Ok(message::Missed::Ahead));
        app.app.db.run("update room set last_seq = 500 where id = $1", args![room]).await.unwrap();
        assert_eq!(since(&app.app, &me, room, 2).await, Ok(message::Missed::TooMany { from: 3, to: 500 }));
    }

    async fn an_ack_comes_after_the_commit(app: TestApp) {
        let (a, b) = app.pair().await;
        let mut socket = a.connect().await;
        let ben: Option<(i64,)> = app.app.db.maybe("select id from account where name = 'Ben'", args![]).await.unwrap();
        let room = a.open(crate::model::AccountId(ben.unwrap().0)).await;
        let _ = b;
        for number in 0..20 {
            let cid = socket.post(room, &format!("{number}")).await;
            socket.hears(|event| matches!(event, Event::Acked { cid: acked, .. } if *acked == cid)).await;
            let on_disk: Vec<(i64,)> = app.app.db.all("select id from message where cid = $1", args![cid]).await.unwrap();
            assert_eq!(on_disk.len(), 1, "acked before it was stored");
        }
    }

    async fn a_stopped_server_refuses_instead_of_forgetting(app: TestApp) {
        let (room, me) = room_of(&app).await;
        message::post(&app.app, &me, draft(room, "before")).await.unwrap();
        app.app.stop().await;
        let answer = message::post(&app.app, &me, draft(room, "after")).await;
        assert!(matches!(answer, Err(Error::Unavailable { .. })), "{answer:?}");
    }
}

async fn page(user: &User<'_>, room: RoomId, stretch: serde_json::Value, limit: u32) -> serde_json::Value {
    let arguments = json!({ "room": room, "stretch": stretch, "limit": limit });
    let (status, page) = user.call("message/page", arguments).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

fn seqs(page: &serde_json::Value) -> Vec<i64> {
    page["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_i64().unwrap()).collect()
}

#[test]
fn the_rule_for_empty_is_the_same_on_both_sides() {
    assert_eq!(draft(RoomId(1), "").check(), Err(Error::invalid("body", Why::Empty)));
}
