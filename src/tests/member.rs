//! Members: who brings whom into a room, who takes whom out, and that the line says so to those it concerns.

use super::{
    on_both_databases,
    testapp::{TestApp, User},
};
use crate::model::{
    AccountId, Error, RoomId,
    account::Role,
    message::Note,
    wire::{Command, Cursor, Event},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

async fn team(app: &TestApp, names: &[&str]) -> Vec<AccountId> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(app.person(name, Role::Staff).await);
    }
    ids
}

async fn group(owner: &User<'_>, title: &str, members: &[AccountId]) -> RoomId {
    let (status, room) = owner.call("member/group", json!({ "title": title, "members": members })).await;
    assert_eq!(status, StatusCode::OK, "{room}");
    serde_json::from_value(room).unwrap()
}

/// What a room's line holds, as one of its members reads it.
async fn line(reader: &User<'_>, room: RoomId) -> Vec<(i64, String)> {
    let (status, page) =
        reader.call("message/page", json!({ "room": room, "stretch": "newest", "limit": 100 })).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    let messages = page["messages"].as_array().unwrap().iter();
    messages.map(|one| (one["seq"].as_i64().unwrap(), one["body"].as_str().unwrap().to_owned())).collect()
}

async fn refused(user: &User<'_>, call: &str, arguments: Value, wanted: Error) {
    let (status, answer) = user.call(call, arguments).await;
    let error: Error = serde_json::from_value(answer.clone()).unwrap_or_else(|_| panic!("{call}: {answer}"));
    assert_eq!((status.as_u16(), error), (wanted.status(), wanted), "{call}");
}

on_both_databases! {
    async fn a_group_is_made_filled_renamed_handed_over_and_left(app: TestApp) {
        let ids = team(&app, &["Ana", "Ben", "Cy"]).await;
        let (a, b, c) = (app.sign_in("ana").await, app.sign_in("ben").await, app.sign_in("cy").await);
        let mut ben = b.connect().await;
        let mut cy = c.connect().await;
        let room = group(&a, " Heart team ", &[ids[1]]).await;
        ben.hears(|event| *event == Event::Opened { room }).await;
        assert_eq!(a.call("member/invite", json!({ "room": room, "account": ids[2] })).await.0, StatusCode::OK);
        cy.hears(|event| *event == Event::Opened { room }).await;
        ben.hears(|event| matches!(event, Event::Posted(message) if message.note == Some(Note::Joined { account: ids[2] }))).await;
        a.call("member/rename", json!({ "room": room, "title": "Hearts" })).await;
        a.call("member/hand_over", json!({ "room": room, "account": ids[1] })).await;
        assert_eq!(a.call("member/leave", json!({ "room": room })).await.0, StatusCode::OK);
        let said = line(&b, room).await;
        assert_eq!(said, [
            (1, "Ana made the group “Heart team”.".into()),
            (2, "Ana added Cy.".into()),
            (3, "Ana renamed the group to “Hearts”.".into()),
            (4, "Ana handed the group over to Ben.".into()),
            (5, "Ana left.".into()),
        ]);
        refused(&a, "message/page", json!({ "room": room, "stretch": "newest", "limit": null }), Error::NotFound).await;
        let (_, list) = b.call("room/list", json!({ "behind": null })).await;
        assert_eq!(list["rooms"][0]["name"], "Hearts");
    }

    async fn whoever_is_taken_out_hears_and_reads_nothing_more(app: TestApp) {
        let ids = team(&app, &["Ana", "Ben", "Cy"]).await;
        let (a, b, c) = (app.sign_in("ana").await, app.sign_in("ben").await, app.sign_in("cy").await);
        let room = group(&a, "Team", &ids).await;
        let (mut ana, mut ben, mut cy) = (a.connect().await, b.connect().await, c.connect().await);
        ana.post(room, "All of us").await;
        cy.hears_words("All of us").await;
        assert_eq!(a.call("member/remove", json!({ "room": room, "account": ids[2] })).await.0, StatusCode::OK);
        cy.hears(|event| *event == Event::Removed { room }).await;
        ana.post(room, "Without Cy").await;
        ben.hears_words("Without Cy").await;
        assert!(cy.is_quiet().await, "{:?}", cy.broken_by);
        let cid = cy.post(room, "Still here?").await;
        cy.hears(|event| *event == Event::Refused { cid: Some(cid), error: Error::NotFound }).await;
        cy.say(&Command::Follow { room, seq: 0 }).await;
        cy.hears(|event| *event == Event::Removed { room }).await;
        cy.say(&Command::Seen { room, seq: 1 }).await;
        cy.hears(|event| *event == Event::Refused { cid: None, error: Error::NotFound }).await;
        let mut again = c.knock(&[("origin", "http://confer.test")]).await.unwrap();
        again.say(&Command::Resume { epoch: None, rooms: vec![Cursor { room, seq: 1 }] }).await;
        again.hears(|event| *event == Event::Removed { room }).await;
        refused(&c, "room/enter", json!({ "room": room, "stretch": "newest" }), Error::NotFound).await;
    }

    async fn taking_somebody_out_in_mid_stream_cuts_between_two_numbers(app: TestApp) {
        let ids = team(&app, &["Ana", "Ben", "Cy"]).await;
        let (a, b, c) = (app.sign_in("ana").await, app.sign_in("ben").await, app.sign_in("cy").await);
        let room = group(&a, "Team", &ids).await;
        let (mut ana, mut ben, mut cy) = (a.connect().await, b.connect().await, c.connect().await);
        let posting = async {
            for number in 0..60 {
                ana.post(room, &format!("{number}")).await;
                tokio::task::yield_now().await;
            }
            ana
        };
        let arguments = json!({ "room": room, "account": ids[2] });
        let removing = async {
            tokio::time::sleep(std::time::Duration::from_millis(15)).await;
            a.call("member/remove", arguments).await.0
        };
        let (mut ana, status) = tokio::join!(posting, removing);
        assert_eq!(status, StatusCode::OK);
        ana.post(room, "last").await;
        ben.hears_words("last").await;
        let note = ben.heard.iter().find_map(|event| match event {
            Event::Posted(message) if message.note.is_some() => Some(message.seq),
            _ => None,
        });
        let cut = note.unwrap();
        cy.hears(|event| *event == Event::Removed { room }).await;
        assert!(cy.is_quiet().await, "{:?}", cy.broken_by);
        let heard: Vec<i64> = cy.heard.iter().filter_map(|event| match event {
            Event::Posted(message) => Some(message.seq),
            _ => None,
        }).collect();
        assert_eq!(heard, (2..cut).collect::<Vec<_>>(), "everything before the cut, and nothing after");
    }

    async fn an_owner_hands_over_before_leaving_and_the_last_one_just_goes(app: TestApp) {
        let ids = team(&app, &["Ana", "Ben"]).await;
        let (a, b) = (app.sign_in("ana").await, app.sign_in("ben").await);
        let room = group(&a, "Team", &ids).await;
        refused(&a, "member/leave", json!({ "room": room }), Error::conflict("owner_leaves")).await;
        assert_eq!(b.call("member/leave", json!({ "room": room })).await.0, StatusCode::OK);
        assert_eq!(a.call("member/leave", json!({ "room": room })).await.0, StatusCode::OK);
    }

    async fn only_the_owner_changes_a_group_and_strangers_do_not_find_it(app: TestApp) {
        let ids = team(&app, &["Ana", "Ben", "Cy", "Di"]).await;
        let patient = app.person("Pat", Role::Patient).await;
        let (a, b, d) = (app.sign_in("ana").await, app.sign_in("ben").await, app.sign_in("di").await);
        let room = group(&a, "Team", &ids[..3]).await;
        for (call, arguments) in [
            ("member/invite", json!({ "room": room, "account": ids[3] })),
            ("member/remove", json!({ "room": room, "account": ids[2] })),
            ("member/rename", json!({ "room": room, "title": "Mine" })),
            ("member/hand_over", json!({ "room": room, "account": ids[1] })),
        ] {
            refused(&b, call, arguments.clone(), Error::Forbidden).await;
            refused(&d, call, arguments, Error::NotFound).await;
        }
        refused(&a, "member/invite", json!({ "room": room, "account": patient }), Error::Forbidden).await;
        refused(&a, "member/invite", json!({ "room": room, "account": 99_999 }), Error::NotFound).await;
        refused(&a, "member/group", json!({ "title": "T", "members": [patient] }), Error::NotFound).await;
        refused(&app.sign_in("pat").await, "member/group", json!({ "title": "T", "members": [] }), Error::Forbidden).await;
        assert_eq!(line(&a, room).await.len(), 1, "a refused change leaves no note");
    }

    async fn a_group_has_five_hundred_members_and_no_more(app: TestApp) {
        let ids = team(&app, &["Ana", "Zoe"]).await;
        let a = app.sign_in("ana").await;
        let room = group(&a, "Everybody", &[]).await;
        let mut tx = app.app.db.begin().await.unwrap();
        for number in 0..499 {
            let added: Option<(i64,)> = tx.maybe(
                "insert into account (email, name, role, password, created_at) values ($1, $1, 'staff', '', 0) returning id",
                crate::args![format!("crowd{number}@x.org")],
            ).await.unwrap();
            crate::server::room::join(&mut tx, room, &[AccountId(added.unwrap().0)], 0).await.unwrap();
        }
        tx.commit().await.unwrap();
        refused(&a, "member/invite", json!({ "room": room, "account": ids[1] }), Error::conflict("group_full")).await;
    }

    async fn a_practitioner_adds_a_colleague_whom_the_patient_sees(app: TestApp) {
        let (a, b) = app.pair().await;
        let nurse = app.person("Ingrid", Role::Staff).await;
        let (_, contacts) = b.call("care/contacts", json!({})).await;
        let patient = AccountId(contacts[0]["person"]["id"].as_i64().unwrap());
        let room = b.open(patient).await;
        let mut ana = a.connect().await;
        refused(&a, "member/invite", json!({ "room": room, "account": nurse }), Error::Forbidden).await;
        assert_eq!(b.call("member/invite", json!({ "room": room, "account": nurse })).await.0, StatusCode::OK);
        ana.hears(|event| matches!(event, Event::Posted(message) if message.body == "Ben added Ingrid.")).await;
        let (_, visit) = a.call("room/enter", json!({ "room": room, "stretch": "newest" })).await;
        assert_eq!(visit["room"]["members"].as_array().unwrap().len(), 3);
        // Whoever is added sees the patient's name on the room, the pair still see each other's.
        let i = app.sign_in("ingrid").await;
        let name = async |user: &User<'_>| {
            user.call("room/list", json!({ "behind": null })).await.1["rooms"][0]["name"].as_str().unwrap().to_owned()
        };
        assert_eq!((name(&a).await, name(&b).await, name(&i).await), ("Ben".into(), "Ana".into(), "Ana".into()));
        for stays in [&a, &b] {
            refused(stays, "member/leave", json!({ "room": room }), Error::Forbidden).await;
        }
        refused(&b, "member/remove", json!({ "room": room, "account": patient }), Error::Forbidden).await;
        assert_eq!(i.call("member/leave", json!({ "room": room })).await.0, StatusCode::OK);
    }

    async fn a_jobs_room_follows_its_worker(app: TestApp) {
        let client = app.person("Bell", Role::Client).await;
        let (first, second) = (app.person("Piotr", Role::Worker).await, app.person("Olga", Role::Worker).await);
        app.person("Boss", Role::Admin).await;
        let mut tx = app.app.db.begin().await.unwrap();
        let new = crate::server::job::NewJob {
            title: "Windows".into(), client, worker: Some(first), status: crate::model::job::JobStatus::Confirmed, at_ms: 1,
        };
        let (job, room, _) = crate::server::job::add(&mut tx, &new, 1).await.unwrap();
        tx.commit().await.unwrap();
        let (c, p, o) = (app.sign_in("bell").await, app.sign_in("piotr").await, app.sign_in("olga").await);
        let (mut bell, mut piotr, mut olga) = (c.connect().await, p.connect().await, o.connect().await);
        app.sign_in("boss").await;
        let boss = app.scope("boss").await;
        crate::server::job::assign(&app.app, &boss, job, Some(second)).await.unwrap();
        olga.hears(|event| *event == Event::Opened { room }).await;
        piotr.hears(|event| *event == Event::Removed { room }).await;
        bell.post(room, "Welcome, Olga").await;
        olga.hears_words("Welcome, Olga").await;
        assert!(piotr.is_quiet().await, "{:?}", piotr.broken_by);
        assert_eq!(line(&c, room).await.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>(), ["Olga joined.", "Piotr left.", "Welcome, Olga"]);
        let worker = app.scope("olga").await;
        assert_eq!(crate::server::job::assign(&app.app, &worker, job, None).await, Err(Error::Forbidden));
        refused(&c, "member/invite", json!({ "room": room, "account": first }), Error::Forbidden).await;
    }
}
