//! Rooms: the direct room of two colleagues, and the list of one's rooms, whole and in order.

use super::{on_both_databases, testapp::TestApp};
use crate::{
    args,
    model::{Error, account::Role, wire::Event},
};
use serde_json::{Value, json};

on_both_databases! {
    async fn two_colleagues_have_one_room_whoever_begins(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Staff).await, app.person("Ben", Role::Practitioner).await);
        let (a, b) = (app.sign_in("ana").await, app.sign_in("ben").await);
        let mut bens = b.connect().await;
        let rooms = futures::future::join_all((0..20).map(|turn| async move {
            if turn % 2 == 0 { ben } else { ana }
        })).await;
        let opened = futures::future::join_all(rooms.into_iter().map(|with| {
            let from = if with == ben { &a } else { &b };
            from.open(with)
        })).await;
        assert!(opened.windows(2).all(|pair| pair[0] == pair[1]), "{opened:?}");
        bens.hears(|event| *event == Event::Opened { room: opened[0] }).await;
        a.connect().await.post(opened[0], "Hello, colleague").await;
        bens.hears_words("Hello, colleague").await;
    }

    async fn nobody_else_reaches_anybody_directly(app: TestApp) {
        let roles = [Role::Patient, Role::Client, Role::Staff];
        let mut ids = Vec::new();
        for (name, role) in [("Ana", roles[0]), ("Bea", roles[0]), ("Cy", roles[1]), ("Di", roles[2])] {
            ids.push((name, app.person(name, role).await, role));
        }
        for (name, id, role) in &ids {
            let user = app.sign_in(&name.to_lowercase()).await;
            for (_, other, other_role) in &ids {
                let allowed = id != other && role.is_colleague() && other_role.is_colleague();
                let (status, answer) = user.call("room/open", json!({ "with": other })).await;
                assert_eq!(status.is_success(), allowed, "{name} {other_role:?}");
                if !allowed {
                    assert_eq!(serde_json::from_value::<Error>(answer).unwrap(), Error::NotFound);
                }
            }
        }
    }

    async fn the_list_is_paged_without_loss_and_the_last_active_comes_first(app: TestApp) {
        let me = app.person("Ana", Role::Staff).await;
        let a = app.sign_in("ana").await;
        let mut tx = app.app.db.begin().await.unwrap();
        for number in 0..230i64 {
            let added: Option<(i64,)> = tx.maybe(
                "insert into room (kind, title, owner_id, created_at, active_at) values ('group', $1, $2, 1, $3) returning id",
                args![format!("Group {number}"), me, number / 2],
            ).await.unwrap();
            crate::server::room::join(&mut tx, crate::model::RoomId(added.unwrap().0), &[me], 1).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (mut seen, mut behind, mut pages) = (Vec::new(), Value::Null, 0);
        loop {
            let (_, page) = a.call("room/list", json!({ "behind": behind })).await;
            let rooms = page["rooms"].as_array().unwrap().clone();
            let last = rooms.last().unwrap();
            behind = json!({ "active_ms": last["active_ms"], "id": last["id"] });
            seen.extend(rooms.iter().map(|room| (room["active_ms"].as_i64().unwrap(), room["id"].as_i64().unwrap())));
            pages += 1;
            if page["more"] == json!(false) {
                break;
            }
        }
        assert_eq!((pages, seen.len()), (3, 230));
        let mut sorted = seen.clone();
        sorted.sort_unstable_by(|one, other| other.cmp(one));
        sorted.dedup();
        assert_eq!(seen, sorted);
    }

    async fn history_is_entered_at_a_date(app: TestApp) {
        let (a, _) = app.pair().await;
        let (_, contacts) = a.call("care/contacts", json!({})).await;
        let room = a.open(serde_json::from_value(contacts[0]["person"]["id"].clone()).unwrap()).await;
        let mut ana = a.connect().await;
        let start_ms = app.app.clock.now_ms();
        for number in 0..40 {
            ana.post(room, &format!("{number}")).await;
            ana.hears(|event| matches!(event, Event::Acked { .. })).await;
            app.app.clock.advance(600_000);
        }
        let from = async |ms: i64| {
            let (_, page) = a.call("message/page", json!({ "room": room, "stretch": { "since": ms }, "limit": 3 })).await;
            page["messages"].as_array().unwrap().iter().map(|one| one["body"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(from(start_ms + 10 * 600_000).await, ["10", "11", "12"]);
        assert_eq!(from(start_ms + 10 * 600_000 + 1).await, ["11", "12", "13"]);
        assert_eq!(from(0).await, ["0", "1", "2"]);
        assert!(from(start_ms + 400 * 600_000).await.is_empty());
    }
}
