//! The public API: what stands firm, and how it refuses.

use super::{
    oldapp::Old,
    on_both_databases,
    testapp::{TestApp, text},
};
use crate::model::{account::Role, job::JobStatus};
use axum::{
    body::Body,
    http::{Method, Response, StatusCode},
};
use serde_json::json;

/// What a header of an answer says.
fn said(response: &Response<Body>, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

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

    async fn everybody_sees_their_own_care_links_and_the_office_sees_all(app: TestApp) {
        let (ana, bea) = (app.person("Ana", Role::Patient).await, app.person("Bea", Role::Patient).await);
        let (ben, cy) = (app.person("Ben", Role::Practitioner).await, app.person("Cy", Role::Practitioner).await);
        for (name, role) in [("Olga", Role::Staff), ("Ruth", Role::Admin), ("Bell", Role::Client), ("Piotr", Role::Worker)] {
            app.person(name, role).await;
        }
        for (patient, practitioner) in [(ana, ben), (bea, ben), (bea, cy)] {
            app.link(patient, practitioner).await;
        }
        let seen = async |name: &str, query: &str| {
            let (status, page) = app.old(name).await.get(&format!("/api/v1/care{query}")).await;
            assert_eq!(status, StatusCode::OK, "{page}");
            let pairs = page["care"].as_array().unwrap().iter().map(|one| (one["patient"]["id"].clone(), one["practitioner"]["id"].clone()));
            (pairs.collect::<Vec<_>>(), page["more"] == true, page["next"].clone())
        };
        let pair = |patient, practitioner| (json!(patient), json!(practitioner));
        assert_eq!(seen("ana", "").await.0, [pair(ana, ben)]);
        assert_eq!(seen("bea", "").await.0, [pair(bea, ben), pair(bea, cy)]);
        assert_eq!(seen("ben", "").await.0, [pair(ana, ben), pair(bea, ben)]);
        assert_eq!(seen("bell", "").await.0, []);
        assert_eq!(seen("piotr", "").await.0, []);
        for name in ["olga", "ruth"] {
            let (first, more, next) = seen(name, "?limit=2").await;
            assert_eq!((first, more), (vec![pair(ana, ben), pair(bea, ben)], true));
            assert_eq!(seen(name, &format!("?limit=2&behind={next}")).await, (vec![pair(bea, cy)], false, json!(null)));
        }
        // A birthday is for the two alone, and the number of a room for who is in it.
        let (b, o) = (app.old("ben").await, app.old("olga").await);
        let (_, room) = b.post("/api/v1/rooms", json!({ "kind": "care", "with": ana })).await;
        let first = async |old: &Old<'_>| old.get("/api/v1/care").await.1["care"][0].clone();
        let (his, hers) = (first(&b).await, first(&o).await);
        assert_eq!((&his["patient"]["born"], &his["room"]), (&json!("1951-03-12"), &room["id"]));
        assert_eq!((&hers["patient"]["born"], &hers["room"]), (&json!(null), &json!(null)));
        // Whoever is shut out is on no list.
        crate::server::account::disable(&app.app.db, "ana@x.org", app.app.clock.now_ms()).await.unwrap();
        assert_eq!(seen("ben", "").await.0, [pair(bea, ben)]);
    }

    async fn an_administrator_puts_a_patient_into_care_and_nobody_else_does(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        let olga = app.person("Olga", Role::Staff).await;
        app.person("Ruth", Role::Admin).await;
        let wish = json!({ "patient": ana, "practitioner": ben });
        for name in ["ana", "ben", "olga"] {
            let (status, problem) = app.old(name).await.put("/api/v1/care", wish.clone()).await;
            assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("forbidden")), "{name}");
        }
        let (a, b, r) = (app.old("ana").await, app.old("ben").await, app.old("ruth").await);
        assert_eq!(a.post("/api/v1/rooms", json!({ "kind": "care", "with": ben })).await.0, StatusCode::NOT_FOUND);
        let mut patient = app.sign_in("ana").await.connect().await;
        let (status, link) = r.put("/api/v1/care", wish.clone()).await;
        assert_eq!((status, &link["patient"]["id"], &link["practitioner"]["id"], &link["room"]), (StatusCode::OK, &json!(ana), &json!(ben), &json!(null)));
        patient.hears(|event| matches!(event, crate::model::wire::Event::Opened { .. })).await;
        assert_eq!(r.put("/api/v1/care", wish).await, (StatusCode::OK, link));
        let rooms = [a.get("/api/v1/rooms").await.1, b.get("/api/v1/rooms").await.1];
        assert!(rooms.iter().all(|rooms| rooms["rooms"].as_array().unwrap().len() == 1), "{rooms:?}");
        let missing = json!({ "patient": ana, "practitioner": 999 });
        assert_eq!(r.put("/api/v1/care", missing).await.0, StatusCode::NOT_FOUND);
        for (patient, practitioner, field) in [(ana, olga, "practitioner"), (ben, ana, "patient")] {
            let (status, problem) = r.put("/api/v1/care", json!({ "patient": patient, "practitioner": practitioner })).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)));
        }
    }

    async fn colleagues_know_their_team_and_nobody_else_does(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.person("Bell", Role::Client).await;
        let (olga, piotr) = (app.person("Olga", Role::Staff).await, app.person("Piotr", Role::Worker).await);
        let ruth = app.person("Ruth", Role::Admin).await;
        app.link(ana, ben).await;
        for name in ["ana", "bell"] {
            assert_eq!(app.old(name).await.get("/api/v1/team").await.0, StatusCode::FORBIDDEN, "{name}");
        }
        let _line = app.sign_in("piotr").await.connect().await;
        let o = app.old("olga").await;
        let page = async |query: &str| {
            let (_, page) = o.get(&format!("/api/v1/team{query}")).await;
            let team = page["team"].as_array().unwrap().iter().map(|one| (one["id"].clone(), one["is_online"] == true));
            (team.collect::<Vec<_>>(), page["next"].clone())
        };
        let all = [(json!(ben), false), (json!(piotr), true), (json!(ruth), false)];
        assert_eq!(page("").await, (all.to_vec(), json!(null)));
        assert_eq!(page("?limit=2").await, (all[..2].to_vec(), json!(piotr)));
        assert_eq!(page(&format!("?limit=2&behind={piotr}")).await, (all[2..].to_vec(), json!(null)));
        // Where a patient's name would stand is not told.
        assert_eq!(page(&format!("?behind={ana}")).await, (vec![], json!(null)));
        assert_eq!(o.get("/api/v1/team?behind=x").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page(&format!("?behind={olga}")).await.0, all[1..]);
    }

    async fn presence_is_told_of_those_one_may_see(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.person("Eve", Role::Patient).await;
        app.link(ana, ben).await;
        app.app.db.run("update account set last_seen = 1795254000007 where id = $1", crate::args![ana]).await.unwrap();
        let _line = app.sign_in("ben").await.connect().await;
        let (a, b, e) = (app.old("ana").await, app.old("ben").await, app.old("eve").await);
        let told = async |old: &Old<'_>| old.get("/api/v1/presence").await.1["presence"].clone();
        let his = told(&a).await;
        assert_eq!((his.as_array().unwrap().len(), &his[0]["account"], &his[0]["is_online"]), (1, &json!(ben), &json!(true)));
        assert_eq!(told(&b).await, json!([{ "account": ana, "is_online": false, "last_seen_ms": 1_795_254_000_007i64, "last_seen": "2026-11-21T09:40:00.007000Z" }]));
        assert_eq!(told(&e).await, json!([]));
    }

    async fn what_has_not_changed_is_not_sent_again(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        let (a, b) = (app.old("ana").await, app.old("ben").await);
        let (_, room) = a.post("/api/v1/rooms", json!({ "kind": "care", "with": ben })).await;
        let messages = format!("/api/v1/rooms/{}/messages", room["id"]);
        let tag = async |old: &Old<'_>, method: Method, path: &str| {
            said(&old.ask(method, path, ("accept", "*/*"), None).await, "etag")
        };
        let paths = [messages.as_str(), "/api/v1/rooms", "/api/v1/people", "/api/v1/jobs", "/api/v1/care", "/api/v1/openapi.json"];
        for path in paths {
            let known = tag(&a, Method::GET, path).await;
            assert_eq!(tag(&a, Method::HEAD, path).await, known, "{path}");
            let again = a.ask(Method::GET, path, ("if-none-match", &format!("\"other\", W/{known}")), None).await;
            assert_eq!((again.status(), said(&again, "etag")), (StatusCode::NOT_MODIFIED, known), "{path}");
            assert_eq!(text(again).await, "", "{path}");
        }
        let known = tag(&a, Method::GET, &messages).await;
        b.post(&messages, json!({ "cid": format!("{:032x}", 1), "text": "News" })).await;
        let news = a.ask(Method::GET, &messages, ("if-none-match", &known), None).await;
        assert_eq!(news.status(), StatusCode::OK);
        assert!(text(news).await.contains("News"));
        // A tag opens nothing.
        let known = tag(&a, Method::GET, &messages).await;
        app.person("Eve", Role::Patient).await;
        let foreign = app.old("eve").await.ask(Method::GET, &messages, ("if-none-match", &known), None).await;
        assert_eq!(foreign.status(), StatusCode::NOT_FOUND);
    }

    async fn what_counts_tells_what_is_left(app: TestApp) {
        let app = app.restart_limited().await;
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        let a = app.old("ana").await;
        let limits = |response: &Response<Body>| (said(response, "ratelimit-policy"), said(response, "ratelimit"));
        let told = |policy: &str, left: &str| (policy.to_owned(), left.to_owned());
        let json = ("content-type", "application/json");
        let opened = a.ask(Method::POST, "/api/v1/rooms", json, Some(json!({ "kind": "care", "with": ben }))).await;
        assert_eq!(limits(&opened), told("\"changes\";q=60;w=12", "\"changes\";r=59;t=1"));
        let room = serde_json::from_str::<serde_json::Value>(&text(opened).await).unwrap();
        let path = format!("/api/v1/rooms/{}", room["id"]);
        let post = async |number: u32| {
            let wish = json!({ "cid": format!("{number:032x}"), "text": "Hello" });
            a.ask(Method::POST, &format!("{path}/messages"), json, Some(wish)).await
        };
        for number in 1..=30 {
            let posted = post(number).await;
            let (_, left) = limits(&posted);
            assert!(left.starts_with(&format!("\"messages\";r={};", 30 - number)));
        }
        let slow = post(31).await;
        assert_eq!((slow.status(), said(&slow, "retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1".into()));
        assert_eq!(limits(&slow), told("\"messages\";q=30;w=3", "\"messages\";r=0;t=3"));
        app.app.clock.advance(1_000);
        assert_eq!(limits(&post(31).await), told("\"messages\";q=30;w=3", "\"messages\";r=9;t=3"));
        let read = a.ask(Method::POST, &format!("{path}/read"), json, Some(json!({ "seq": 1 }))).await;
        assert_eq!(limits(&read), told("\"marks\";q=60;w=3", "\"marks\";r=59;t=1"));
        for path in ["/api/v1/rooms", &format!("{path}/messages")] {
            assert_eq!(limits(&a.ask(Method::GET, path, ("accept", "*/*"), None).await), told("", ""), "{path}");
        }
        let stranger = app.json(Method::POST, "/api/v1/rooms", None, Some(json!({}))).await;
        assert_eq!(stranger.0, StatusCode::UNAUTHORIZED);
    }

    async fn without_limits_none_are_told(app: TestApp) {
        app.person("Olga", Role::Staff).await;
        let o = app.old("olga").await;
        let wish = json!({ "kind": "group", "title": "Ward 4", "members": [] });
        let made = o.ask(Method::POST, "/api/v1/rooms", ("content-type", "application/json"), Some(wish)).await;
        assert_eq!(made.status(), StatusCode::CREATED);
        assert!(!made.headers().contains_key("ratelimit") && !made.headers().contains_key("ratelimit-policy"));
    }

    async fn an_administrator_keeps_webhooks_and_nobody_else(app: TestApp) {
        app.person("Ada", Role::Admin).await;
        app.person("Olga", Role::Staff).await;
        let (a, o) = (app.old("ada").await, app.old("olga").await);
        let wish = json!({ "url": "https://practice.example.org/told", "events": ["message.posted", "job.changed"] });
        assert_eq!(o.post("/api/v1/hooks", wish.clone()).await.0, StatusCode::FORBIDDEN);
        let (status, made) = a.post("/api/v1/hooks", wish.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
        let (_, listed) = a.get("/api/v1/hooks").await;
        assert_eq!((&listed["hooks"][0]["url"], &listed["hooks"][0]["events"]), (&wish["url"], &wish["events"]));
        assert!(listed["hooks"][0].get("secret").is_none(), "a secret is shown once");
        let (status, problem) = a.post("/api/v1/hooks", json!({ "url": "https://127.0.0.2/", "events": ["job.changed"] })).await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("url")));
        assert_eq!(a.post("/api/v1/hooks", json!({ "url": wish["url"], "events": ["all"] })).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let path = format!("/api/v1/hooks/{}", made["id"]);
        assert_eq!(o.delete(&path).await.0, StatusCode::FORBIDDEN);
        assert_eq!(a.post(&format!("{path}/enable"), json!({})).await.1["disabled_ms"], json!(null));
        assert_eq!(a.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert_eq!(a.delete(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(a.post(&format!("{path}/enable"), json!({})).await.0, StatusCode::NOT_FOUND);
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
        // Also what is refused before a route is reached is a problem.
        let large = e.ask(Method::POST, "/api/v1/rooms", ("content-type", "application/json"), Some(json!({ "title": "x".repeat(300_000) }))).await;
        assert_eq!((large.status(), said(&large, "content-type")), (StatusCode::PAYLOAD_TOO_LARGE, "application/problem+json".into()));
        let browser = app.sign_in("eve").await;
        let elsewhere = axum::http::Request::post("/api/v1/rooms").header("cookie", &browser.cookie).header("origin", "http://evil.test");
        let forged = app.ask(elsewhere.body("{}".into()).unwrap()).await;
        assert_eq!((forged.status(), said(&forged, "content-type")), (StatusCode::FORBIDDEN, "application/problem+json".into()));
    }
}
