//! The public API: what stands firm, and how it refuses.

use super::{on_both_databases, testapp::TestApp};
use crate::model::{account::Role, job::JobStatus};
use axum::http::{Method, StatusCode};
use serde_json::json;

on_both_databases! {
    async fn oneself_and_the_people_one_may_see(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.person("Eve", Role::Patient).await;
        let ingrid = app.person("Ingrid", Role::Staff).await;
        app.link(ana, ben).await;
        let (a, b) = (app.old("ana").await, app.old("ben").await);
        let (_, me) = a.get("/api/v1/me").await;
        assert_eq!((&me["id"], &me["name"], &me["email"], &me["is_online"]), (&json!(ana), &json!("Ana"), &json!("ana@x.org"), &json!(false)));
        let ids = |people: serde_json::Value| people["people"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
        assert_eq!(ids(a.get("/api/v1/people").await.1), [json!(ben)]);
        assert_eq!(ids(b.get("/api/v1/people").await.1), [json!(ana), json!(ingrid)]);
        let mut line = a.dial("/ws/presence/").await;
        line.hears(|frame| frame["type"] == "online_users").await;
        let mut seen = b.dial("/ws/presence/").await;
        seen.hears(|frame| frame["type"] == "online_users").await;
        assert_eq!(b.get("/api/v1/people").await.1["people"][0]["is_online"], true);
    }

    async fn a_message_is_stored_once_and_read_back_by_number(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        let (a, b) = (app.old("ana").await, app.old("ben").await);
        let (status, room) = a.post("/api/v1/rooms", json!({ "kind": "care", "with": ben })).await;
        assert_eq!((status, &room["kind"], &room["with"]), (StatusCode::CREATED, &json!("care"), &json!(ben)));
        let path = format!("/api/v1/rooms/{}", room["id"]);
        let wish = json!({ "cid": "000102030405060708090a0b0c0d0e0f", "text": "Good morning" });
        let (status, first) = a.post(&format!("{path}/messages"), wish.clone()).await;
        assert_eq!((status, &first["seq"], &first["cid"], &first["text"]), (StatusCode::CREATED, &json!(1), &wish["cid"], &wish["text"]));
        assert_eq!(a.post(&format!("{path}/messages"), wish.clone()).await, (StatusCode::OK, first.clone()));
        let other = json!({ "cid": wish["cid"], "text": "Good evening" });
        let (status, problem) = a.post(&format!("{path}/messages"), other).await;
        assert_eq!((status, &problem["code"], &problem["status"]), (StatusCode::CONFLICT, &json!("conflict"), &json!(409)));
        assert_eq!(a.post(&format!("{path}/messages"), json!({ "text": "x" })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        for number in 2..=5 {
            let wish = json!({ "cid": format!("{number:032x}"), "text": format!("No {number}") });
            b.post(&format!("{path}/messages"), wish).await;
        }
        let seqs = async |query: &str| {
            let (_, page) = a.get(&format!("{path}/messages{query}")).await;
            let seqs: Vec<i64> = page["messages"].as_array().unwrap().iter().map(|one| one["seq"].as_i64().unwrap()).collect();
            (seqs, page["more"].as_bool().unwrap())
        };
        assert_eq!(seqs("").await, (vec![1, 2, 3, 4, 5], false));
        assert_eq!(seqs("?limit=2").await, (vec![4, 5], true));
        assert_eq!(seqs("?before=4&limit=2").await, (vec![2, 3], true));
        assert_eq!(seqs("?after=3").await, (vec![4, 5], false));
        assert_eq!(a.get("/api/v1/rooms").await.1["rooms"][0]["unread"], 4);
        let (_, read) = a.post(&format!("{path}/read"), json!({ "seq": 4 })).await;
        assert_eq!((&read["read"], &read["unread"]), (&json!(4), &json!(1)));
        assert_eq!(a.post(&format!("{path}/read"), json!({ "seq": 99 })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (_, receipts) = b.get(&format!("{path}/receipts")).await;
        assert_eq!(receipts["receipts"][0]["read_seq"], 4);
    }

    async fn a_group_from_its_making_to_its_end(app: TestApp) {
        let mut people = Vec::new();
        for name in ["Ingrid", "Olga", "Sam"] {
            people.push(app.person(name, Role::Staff).await);
        }
        let (i, o) = (app.old("ingrid").await, app.old("olga").await);
        let (_, room) = i.post("/api/v1/rooms", json!({ "kind": "group", "title": "Ward 4", "members": [people[1]] })).await;
        let path = format!("/api/v1/rooms/{}", room["id"]);
        assert_eq!(i.post(&format!("{path}/members"), json!({ "account": people[2] })).await.1["members"].as_array().unwrap().len(), 3);
        assert_eq!(o.patch(&path, json!({ "title": "Mine" })).await.0, StatusCode::FORBIDDEN);
        assert_eq!(i.patch(&path, json!({ "title": "Ward 5" })).await.1["name"], "Ward 5");
        assert_eq!(i.delete(&format!("{path}/members/{}", people[2])).await.0, StatusCode::NO_CONTENT);
        assert_eq!(o.delete(&format!("{path}/members/{}", people[1])).await.0, StatusCode::NO_CONTENT);
        assert_eq!(o.get(&path).await.0, StatusCode::NOT_FOUND);
    }

    async fn a_job_over_the_api(app: TestApp) {
        app.person("Bell", Role::Client).await;
        let piotr = app.person("Piotr", Role::Worker).await;
        app.person("Olga", Role::Staff).await;
        let (b, p, o) = (app.old("bell").await, app.old("piotr").await, app.old("olga").await);
        let (status, job) = b.post("/api/v1/jobs", json!({ "title": "Gate", "at_ms": 1_800_000_000_000i64 })).await;
        assert_eq!((status, &job["status"]), (StatusCode::CREATED, &json!("requested")));
        let path = format!("/api/v1/jobs/{}", job["id"]);
        assert_eq!(p.get(&path).await.0, StatusCode::NOT_FOUND);
        let give = app.json(Method::PUT, &format!("{path}/worker"), Some(&o.access), Some(json!({ "worker": piotr }))).await;
        assert_eq!((give.0, &give.1["worker"]), (StatusCode::OK, &json!(piotr)));
        for (step, status) in [("confirm", JobStatus::Confirmed), ("start", JobStatus::Started), ("finish", JobStatus::Finished)] {
            assert_eq!(p.post(&format!("{path}/{step}"), json!({})).await.1["status"], status.word());
        }
        assert_eq!(p.post(&format!("{path}/cancel"), json!({})).await.0, StatusCode::FORBIDDEN);
        assert_eq!(o.post(&format!("{path}/cancel"), json!({})).await.0, StatusCode::CONFLICT);
        assert_eq!(p.post(&format!("{path}/fly"), json!({})).await.0, StatusCode::NOT_FOUND);
        assert_eq!(b.get("/api/v1/jobs?status=finished").await.1["jobs"][0]["id"], job["id"]);
        assert_eq!(b.get("/api/v1/jobs?status=lost").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        // Its conversation tells how it came along.
        let (_, page) = b.get(&format!("/api/v1/rooms/{}/messages", job["room"])).await;
        let words: Vec<&str> = page["messages"].as_array().unwrap().iter().map(|one| one["text"].as_str().unwrap()).collect();
        assert_eq!(words, ["Piotr joined.", "Piotr confirmed the job.", "Piotr started the job.", "Piotr finished the job."]);
    }

    async fn refusals_are_problems_and_tell_nothing(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        app.person("Eve", Role::Patient).await;
        let (a, e) = (app.old("ana").await, app.old("eve").await);
        let (_, room) = a.post("/api/v1/rooms", json!({ "kind": "care", "with": ben })).await;
        let (status, problem) = app.json(Method::GET, "/api/v1/me", None, None).await;
        assert_eq!((status, &problem["code"], &problem["type"]), (StatusCode::UNAUTHORIZED, &json!("sign_in"), &json!("urn:confer:error:sign_in")));
        for id in [room["id"].to_string(), "999".into(), "x".into()] {
            for path in [format!("/api/v1/rooms/{id}"), format!("/api/v1/rooms/{id}/messages"), format!("/api/v1/rooms/{id}/members"), format!("/api/v1/rooms/{id}/receipts")] {
                let (status, problem) = e.get(&path).await;
                assert_eq!((status, &problem["code"]), (StatusCode::NOT_FOUND, &json!("not_found")), "{path}");
            }
            let post = e.post(&format!("/api/v1/rooms/{id}/messages"), json!({ "cid": "000102030405060708090a0b0c0d0e0f", "text": "x" })).await;
            assert_eq!(post.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(e.post("/api/v1/rooms", json!({ "kind": "care", "with": ben })).await.0, StatusCode::NOT_FOUND);
        assert_eq!(e.post("/api/v1/rooms", json!({ "kind": "castle" })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(e.get("/api/v1/nothing").await.0, StatusCode::NOT_FOUND);
    }
}
