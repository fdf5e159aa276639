//! Care rooms: one for each linked pair, ever, and none for anybody else.

use super::{on_both_databases, testapp::TestApp};
use crate::{
    args,
    model::{AccountId, account::Role},
};
use axum::http::StatusCode;
use serde_json::json;

on_both_databases! {
    async fn a_linked_pair_has_one_room_whoever_opens_it(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        let (a, b) = (app.sign_in("ana").await, app.sign_in("ben").await);
        assert_eq!(a.open(ben).await, b.open(ana).await);
        assert_eq!(a.open(ben).await, b.open(ana).await);
    }

    async fn fifty_at_once_make_one_room(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        let (a, b) = (app.sign_in("ana").await, app.sign_in("ben").await);
        let opened = futures::future::join_all((0..50).map(|turn| {
            let (a, b) = (&a, &b);
            async move { if turn % 2 == 0 { a.open(ben).await } else { b.open(ana).await } }
        })).await;
        assert!(opened.iter().all(|room| *room == opened[0]), "{opened:?}");
        let rooms: Vec<(i64,)> = app.app.db.all("select count(*) from room", args![]).await.unwrap();
        let members: Vec<(i64,)> = app.app.db.all("select count(*) from member", args![]).await.unwrap();
        assert_eq!((rooms[0].0, members[0].0), (1, 2));
    }

    async fn people_who_are_not_linked_and_people_who_do_not_exist_answer_alike(app: TestApp) {
        let stranger = app.person("Cy", Role::Practitioner).await;
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let foreign = ana.call("room/open", json!({ "with": stranger })).await;
        let missing = ana.call("room/open", json!({ "with": AccountId(999_999) })).await;
        assert_eq!(foreign.0, StatusCode::NOT_FOUND);
        assert_eq!(foreign, missing);
        let form = ana.submit("/chat/open", &format!("with={stranger}")).await;
        assert_eq!(form.status(), StatusCode::NOT_FOUND);
    }

    async fn patients_never_reach_each_other(app: TestApp) {
        let (ana, bea) = (app.person("Ana", Role::Patient).await, app.person("Bea", Role::Patient).await);
        let ben = app.person("Ben", Role::Practitioner).await;
        app.link(ana, ben).await;
        app.link(bea, ben).await;
        let user = app.sign_in("ana").await;
        assert_eq!(user.call("room/open", json!({ "with": bea })).await.0, StatusCode::NOT_FOUND);
        let (_, contacts) = user.call("care/contacts", json!({})).await;
        assert!(!contacts.to_string().contains("Bea"), "{contacts}");
    }

    async fn a_practitioner_sees_her_patients_with_their_birthdays_and_nobody_elses(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.person("Bea", Role::Patient).await;
        app.link(ana, ben).await;
        let (_, contacts) = app.sign_in("ben").await.call("care/contacts", json!({})).await;
        assert_eq!(contacts.as_array().unwrap().len(), 1);
        assert_eq!(contacts[0]["person"]["name"], "Ana");
        assert_eq!(contacts[0]["person"]["born"], "1951-03-12");
    }

    async fn a_room_tells_a_patient_nobody_elses_birthday(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        let bea = app.person("Bea", Role::Patient).await;
        app.link(ana, ben).await;
        let user = app.sign_in("ana").await;
        let room = user.open(ben).await;
        app.app.db.run("insert into member (room_id, account_id, joined_at) values ($1, $2, 0)", args![room, bea]).await.unwrap();
        let (_, visit) = user.call("room/enter", json!({ "room": room, "stretch": "newest" })).await;
        let members = visit["room"]["members"].as_array().unwrap();
        let born = |name: &str| members.iter().find(|member| member["name"] == name).unwrap()["born"].clone();
        assert_eq!(born("Ana"), "1951-03-12");
        assert_eq!(born("Bea"), serde_json::Value::Null);
    }
}
