//! Receipts and unread: two cursors a member, told to whom they concern, counted without a mistake.

use super::{
    on_both_databases,
    testapp::{Socket, TestApp, User},
};
use crate::model::{
    AccountId, RoomId,
    receipt::{Receipt, Standing},
    wire::{Command, Cursor, Event},
};
use serde_json::json;

async fn room_of<'a>(app: &'a TestApp) -> (User<'a>, User<'a>, AccountId, AccountId, RoomId) {
    let (a, b) = app.pair().await;
    let other = async |user: &User<'_>| {
        let (_, contacts) = user.call("care/contacts", json!({})).await;
        AccountId(contacts[0]["person"]["id"].as_i64().unwrap())
    };
    let (ben, ana) = (other(&a).await, other(&b).await);
    let room = a.open(ben).await;
    (a, b, ana, ben, room)
}

async fn said(socket: &mut Socket, room: RoomId, times: usize) {
    for number in 0..times {
        let cid = socket.post(room, &format!("{number}")).await;
        socket.hears(|event| matches!(event, Event::Acked { cid: acked, .. } if *acked == cid)).await;
    }
}

async fn hears_receipt(socket: &mut Socket, fits: impl Fn(&Receipt) -> bool) -> Receipt {
    match socket.hears(|event| matches!(event, Event::Receipt(receipt) if fits(receipt))).await {
        Event::Receipt(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

async fn standing(socket: &mut Socket, fits: impl Fn(&Standing) -> bool) {
    socket.hears(|event| matches!(event, Event::Standing { rooms } if rooms.iter().any(&fits))).await;
}

on_both_databases! {
    async fn the_sender_is_told_what_was_received_and_read_and_by_whom(app: TestApp) {
        let (a, b, _, ben, room) = room_of(&app).await;
        let (mut anas, mut bens) = (a.connect().await, b.connect().await);
        said(&mut anas, room, 3).await;
        bens.say(&Command::Got { rooms: vec![Cursor { room, seq: 3 }] }).await;
        let got = hears_receipt(&mut anas, |receipt| receipt.account == ben && receipt.delivered_seq == 3).await;
        assert_eq!((got.read_seq, got.read_ms), (0, None));
        assert!(got.delivered_ms.is_some());
        app.app.clock.advance(60_000);
        bens.say(&Command::Seen { room, seq: 2 }).await;
        let seen = hears_receipt(&mut anas, |receipt| receipt.account == ben && receipt.read_seq == 2).await;
        assert_eq!(seen.delivered_ms, got.delivered_ms, "what was received earlier was not received later");
        assert_eq!(seen.read_ms.unwrap() - got.delivered_ms.unwrap(), 60_000);
        let (_, visit) = a.call("room/enter", json!({ "room": room, "stretch": "newest" })).await;
        let receipts: Vec<Receipt> = serde_json::from_value(visit["receipts"].clone()).unwrap();
        assert!(receipts.contains(&seen), "{receipts:?}");
    }

    async fn a_cursor_never_goes_back_nor_ahead_of_its_room(app: TestApp) {
        let (a, b, _, ben, room) = room_of(&app).await;
        let (mut anas, mut bens) = (a.connect().await, b.connect().await);
        said(&mut anas, room, 5).await;
        bens.say(&Command::Seen { room, seq: 4 }).await;
        hears_receipt(&mut anas, |receipt| receipt.account == ben && receipt.read_seq == 4).await;
        for seq in [1, 0, -3, 6, i64::MAX, i64::MIN] {
            bens.say(&Command::Seen { room, seq }).await;
            bens.say(&Command::Got { rooms: vec![Cursor { room, seq }] }).await;
            tokio::time::sleep(std::time::Duration::from_millis(60)).await;
        }
        assert!(anas.is_quiet().await);
        let rows: Vec<(i64, i64)> = app.app.db.all(
            "select delivered_seq, read_seq from member where account_id = $1", crate::args![ben],
        ).await.unwrap();
        assert_eq!(rows, [(4, 4)]);
    }

    async fn unread_is_exact_in_every_tab_and_after_coming_back(app: TestApp) {
        let (a, b, _, _, room) = room_of(&app).await;
        let mut anas = a.connect().await;
        said(&mut anas, room, 4).await;
        let mut first = b.knock(&[("origin", "http://confer.test")]).await.unwrap();
        first.say(&Command::Resume { epoch: None, rooms: vec![] }).await;
        standing(&mut first, |one| *one == Standing { room, head: 4, read: 0, unread: 4 }).await;
        first.hears(|event| matches!(event, Event::Ready {})).await;
        let mut second = b.connect().await;
        // What one has written oneself is not unread, and does not make the rest read.
        said(&mut first, room, 1).await;
        first.say(&Command::Seen { room, seq: 3 }).await;
        for tab in [&mut first, &mut second] {
            standing(tab, |one| *one == Standing { room, head: 5, read: 3, unread: 1 }).await;
        }
        drop(first);
        said(&mut anas, room, 2).await;
        let mut back = b.knock(&[("origin", "http://confer.test")]).await.unwrap();
        back.say(&Command::Resume { epoch: None, rooms: vec![] }).await;
        standing(&mut back, |one| *one == Standing { room, head: 7, read: 3, unread: 3 }).await;
        let (_, list) = b.call("room/list", json!({ "behind": null })).await;
        assert_eq!((&list["rooms"][0]["unread"], &list["unread"]), (&json!(3), &json!(3)));
        let (_, contacts) = b.call("care/contacts", json!({})).await;
        assert_eq!(contacts[0]["unread"], 3);
    }

    async fn whoever_joins_begins_with_nothing_unread(app: TestApp) {
        let (_, b, ana, _, _) = room_of(&app).await;
        let nurse = app.person("Ingrid", crate::model::account::Role::Staff).await;
        let room = b.open(ana).await;
        let mut bens = b.connect().await;
        said(&mut bens, room, 5).await;
        b.call("member/invite", json!({ "room": room, "account": nurse })).await;
        let i = app.sign_in("ingrid").await;
        let (_, list) = i.call("room/list", json!({ "behind": null })).await;
        assert_eq!(list["unread"], 0);
        said(&mut bens, room, 1).await;
        let (_, list) = i.call("room/list", json!({ "behind": null })).await;
        assert_eq!(list["unread"], 1);
    }

    async fn a_thousand_rooms_are_counted_quickly(app: TestApp) {
        let (a, _, ana, ben, _) = room_of(&app).await;
        let mut tx = app.app.db.begin().await.unwrap();
        for number in 0..1_000i64 {
            let added: Option<(i64,)> = tx.maybe(
                "insert into room (kind, title, last_seq, created_at, active_at) values ('group', 'x', 5, 1, $1) returning id",
                crate::args![number],
            ).await.unwrap();
            let room = added.unwrap().0;
            tx.run("insert into member (room_id, account_id, joined_at) values ($1, $2, 1)", crate::args![room, ana]).await.unwrap();
            for seq in 1..=5i64 {
                tx.run(
                    "insert into message (room_id, seq, change, sender_id, cid, body, sent_at) values ($1, $2, $2, $3, $4, 'x', 1)",
                    crate::args![room, seq, ben, crate::model::Cid(rand::random())],
                ).await.unwrap();
            }
        }
        tx.commit().await.unwrap();
        let began = std::time::Instant::now();
        let (_, list) = a.call("room/list", json!({ "behind": null })).await;
        assert_eq!(list["unread"], 5_000);
        let took = began.elapsed();
        assert!(took < std::time::Duration::from_millis(1_500), "{took:?}");
    }
}
