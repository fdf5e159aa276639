//! The predecessors' clients, unchanged. Each test's name begins with the rows of the predecessors it stands for.

use super::{
    oldapp::{Line, Old},
    on_both_databases,
    testapp::{TestApp, form_request, text},
};
use crate::model::{AccountId, JobId, RoomId, account::Role, job::JobStatus};
use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};

/// Ana, a patient; Ben, who looks after her; and their room.
struct Care {
    ana: AccountId,
    ben: AccountId,
    room: RoomId,
}

async fn care(app: &TestApp) -> Care {
    let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
    app.link(ana, ben).await;
    let room = app.sign_in("ana").await.open(ben).await;
    Care { ana, ben, room }
}

/// Bell, who asked for a job; Piotr, who does it; and its room.
struct Work {
    bell: AccountId,
    piotr: AccountId,
    job: JobId,
    room: RoomId,
}

async fn work(app: &TestApp, status: JobStatus) -> Work {
    let (bell, piotr) = (app.person("Bell", Role::Client).await, app.person("Piotr", Role::Worker).await);
    let mut tx = app.app.db.begin().await.unwrap();
    let new = crate::server::job::NewJob {
        title: "Windows".into(),
        client: bell,
        worker: Some(piotr),
        status,
        at_ms: 1,
    };
    let (job, room, _) = crate::server::job::add(&mut tx, &new, app.app.clock.now_ms()).await.unwrap();
    tx.commit().await.unwrap();
    Work { bell, piotr, job, room }
}

async fn both<'a>(app: &'a TestApp, path: &str, names: (&str, &str)) -> (Old<'a>, Old<'a>, Line, Line) {
    let (one, other) = (app.old(names.0).await, app.old(names.1).await);
    let (first, second) = (one.dial(path).await, other.dial(path).await);
    (one, other, first, second)
}

fn is_presence(frame: &Value, of: AccountId, online: bool) -> bool {
    frame["type"] == "presence_update" && frame["user_id"] == json!(of) && frame["is_online"] == json!(online)
}

on_both_databases! {
    async fn p1_1_p1_3_p1_5_connecting_and_leaving_is_told_at_once(app: TestApp) {
        let Care { ana, .. } = care(&app).await;
        let ben = app.old("ben").await;
        let mut seen = ben.dial("/ws/presence/").await;
        let list = seen.hears(|frame| frame["type"] == "online_users").await;
        assert!(list["users"].as_array().unwrap().iter().all(|user| user["user_id"] != json!(ana)), "{list}");
        let old = app.old("ana").await;
        let (first, second) = (old.dial("/ws/presence/").await, old.dial("/ws/presence").await);
        seen.hears(|frame| is_presence(frame, ana, true)).await;
        // Two tabs: closing one keeps her there.
        drop(first);
        assert_eq!(seen.count("\"is_online\":false").await, 0);
        drop(second);
        let gone = seen.hears(|frame| is_presence(frame, ana, false)).await;
        assert!(gone["last_seen"].as_str().unwrap().ends_with('Z'), "{gone}");
    }

    async fn p1_2_every_user_object_tells_who_is_there_and_since_when_not(app: TestApp) {
        let Care { ana, ben, room } = care(&app).await;
        let (b, mut line) = { let b = app.old("ben").await; let line = b.dial("/ws/presence/").await; (b, line) };
        line.hears(|frame| frame["type"] == "online_users").await;
        let (_, people) = b.get(&format!("/api/chatrooms/{room}/participants/")).await;
        let of = |id: AccountId| people.as_array().unwrap().iter().find(|user| user["id"] == json!(id)).unwrap().clone();
        assert_eq!(of(ana)["is_online"], json!(false));
        assert_eq!(of(ben)["is_online"], json!(true));
        assert!(of(ana).get("last_seen").is_some());
    }

    async fn p1_4_a_heartbeat_is_answered(app: TestApp) {
        care(&app).await;
        let mut line = app.old("ana").await.dial("/ws/presence/").await;
        line.say(json!({ "type": "heartbeat" })).await;
        line.hears(|frame| frame["type"] == "heartbeat_ack").await;
    }

    async fn p1_7_of_fifty_five_people_two_are_there(app: TestApp) {
        for number in 0..55 {
            app.person(&format!("P{number}"), Role::Staff).await;
        }
        let (one, other) = (app.old("p3").await, app.old("p40").await);
        let mut first = one.dial("/ws/presence/").await;
        first.hears(|frame| frame["type"] == "online_users").await;
        let mut second = other.dial("/ws/presence/").await;
        first.hears(|frame| frame["type"] == "presence_update").await;
        let list = second.hears(|frame| frame["type"] == "online_users").await;
        assert_eq!(list["users"].as_array().unwrap().len(), 2, "{list}");
        assert_eq!(first.count("\"is_online\":true").await, 2, "the list and the one who came: {:?}", first.heard);
    }

    async fn p2_1_p2_2_p2_3_a_team_talks_over_the_presence_socket(app: TestApp) {
        let (ingrid, olga) = (app.person("Ingrid", Role::Staff).await, app.person("Olga", Role::Staff).await);
        let (_i, _o, mut a, mut b) = both(&app, "/ws/presence/", ("ingrid", "olga")).await;
        a.say(json!({ "type": "create_chat_room", "participants": [olga] })).await;
        let made = a.hears(|frame| frame["type"] == "chat_room_created").await;
        let room = made["room_id"].clone();
        a.say(json!({ "type": "create_chat_room", "participants": [olga] })).await;
        // Made once, found again after.
        a.hears(|frame| frame["type"] == "chat_room_created" && frame["room_id"] == room).await;
        b.hears(|frame| frame["type"] == "chat_room_created" && frame["room_id"] == room).await;
        b.say(json!({ "type": "send_message", "room_id": room, "content": "Is the list ready?" })).await;
        for line in [&mut a, &mut b] {
            let heard = line.hears(|frame| frame["type"] == "new_message").await;
            assert_eq!(heard["message"]["content"], "Is the list ready?");
            assert_eq!(heard["message"]["sender"]["id"], json!(olga));
        }
        // To a person, the room is found.
        b.say(json!({ "type": "send_message", "recipient_id": ingrid, "message": "Hello?" })).await;
        let heard = a.hears_words("Hello?").await;
        assert_eq!(heard["room_id"], room);
        a.say(json!({ "type": "get_chat_history", "room_id": room })).await;
        let history = a.hears(|frame| frame["type"] == "chat_history").await;
        let words: Vec<&str> = history["messages"].as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap()).collect();
        assert_eq!(words, ["Is the list ready?", "Hello?"]);
    }

    async fn p2_4_p2_5_typing_and_reading_are_told(app: TestApp) {
        let olga = { app.person("Ingrid", Role::Staff).await; app.person("Olga", Role::Staff).await };
        let (_i, _o, mut a, mut b) = both(&app, "/ws/presence/", ("ingrid", "olga")).await;
        a.say(json!({ "type": "send_message", "recipient_id": olga, "content": "One" })).await;
        let sent = a.hears(|frame| frame["type"] == "new_message").await;
        let (room, id) = (sent["room_id"].clone(), sent["message"]["id"].clone());
        b.hears_words("One").await;
        b.say(json!({ "type": "typing_start", "room_id": room })).await;
        a.hears(|frame| frame["type"] == "typing_start" && frame["room_id"] == room).await;
        b.say(json!({ "type": "typing_stop", "room_id": room })).await;
        a.hears(|frame| frame["type"] == "typing_stop").await;
        b.say(json!({ "type": "mark_message_read", "message_id": id })).await;
        let read = a.hears(|frame| frame["type"] == "message_read").await;
        assert_eq!((&read["message_id"], &read["user_id"]), (&id, &json!(olga)));
        // What nobody goes on with ends by itself.
        b.say(json!({ "type": "typing_start", "room_id": room })).await;
        a.hears(|frame| frame["type"] == "typing_start").await;
        a.hears(|frame| frame["type"] == "typing_stop").await;
    }

    async fn p2_2_a_group_is_made_by_its_first_message_of_many(app: TestApp) {
        let mut people = Vec::new();
        for name in ["Ingrid", "Olga", "Sam"] {
            people.push(app.person(name, Role::Staff).await);
        }
        let (_i, _o, mut a, mut b) = both(&app, "/ws/presence/", ("ingrid", "olga")).await;
        a.say(json!({ "type": "create_chat_room", "name": "Ward 4", "room_type": "group", "participants": people })).await;
        let made = b.hears(|frame| frame["type"] == "chat_room_created").await;
        assert_eq!(made["room"]["name"], "Ward 4");
        assert_eq!(made["room"]["participants"].as_array().unwrap().len(), 3);
    }

    async fn p2_2_whoever_may_make_no_group_does_not_learn_who_there_is(app: TestApp) {
        care(&app).await;
        app.person("Olga", Role::Staff).await;
        let ana = app.old("ana").await;
        for other in ["olga@x.org", "nobody@x.org"] {
            for body in [json!({ "participants": ["ben@x.org", other] }), json!({ "name": "Us", "participants": [other] })] {
                assert_eq!(ana.post("/api/chatrooms/", body).await.0, StatusCode::FORBIDDEN, "{other}");
            }
            let alone = ana.post("/api/chatrooms/", json!({ "participants": [other] })).await;
            assert_eq!(alone, (StatusCode::NOT_FOUND, json!({ "detail": "Not found." })), "{other}");
        }
    }

    async fn p2_2_a_room_is_announced_to_its_maker_once(app: TestApp) {
        app.person("Ingrid", Role::Staff).await;
        let olga = app.person("Olga", Role::Staff).await;
        let (_i, _o, mut a, mut b) = both(&app, "/ws/presence/", ("ingrid", "olga")).await;
        a.say(json!({ "type": "create_chat_room", "recipient_id": olga })).await;
        b.hears(|frame| frame["type"] == "chat_room_created").await;
        a.say(json!({ "type": "send_message", "recipient_id": olga, "content": "Here" })).await;
        a.hears_words("Here").await;
        assert_eq!(a.count("chat_room_created").await, 1);
    }

    async fn p2_1_what_is_no_number_is_not_taken_for_none(app: TestApp) {
        app.person("Ingrid", Role::Staff).await;
        let (_i, mut a) = { let old = app.old("ingrid").await; let line = old.dial("/ws/presence/").await; (old, line) };
        for frame in [
            json!({ "type": "mark_message_read", "room_id": 1, "message_id": "newest" }),
            json!({ "type": "get_chat_history", "room_id": "first" }),
            json!({ "type": "send_message", "recipient_id": [1], "content": "x" }),
        ] {
            a.say(frame.clone()).await;
            let heard = a.hears(|heard| heard["type"] == "error").await;
            assert_eq!(heard["code"], "invalid", "{frame}: {heard}");
        }
    }

    async fn a_message_sent_again_under_its_name_is_answered_to_its_sender_alone(app: TestApp) {
        let Care { room, .. } = care(&app).await;
        let (_a, _b, mut a, mut b) = both(&app, &format!("/ws/chat/{room}/"), ("ana", "ben")).await;
        let named = json!({ "message": "Once", "cid": "0123456789abcdef0123456789abcdef" });
        for _ in 0..2 {
            a.say(named.clone()).await;
        }
        let one = a.hears_words("Once").await;
        assert_eq!(a.hears_words("Once").await, one);
        b.hears_words("Once").await;
        b.say(json!({ "message": "Twice?" })).await;
        b.hears_words("Twice?").await;
        assert_eq!(b.count("Once").await, 1);
    }

    async fn p3_2_a_client_that_knows_no_types_hears_messages_alone(app: TestApp) {
        let Care { room, .. } = care(&app).await;
        let (_a, _b, mut a, mut b) = both(&app, &format!("/ws/chat/{room}/"), ("ana", "ben")).await;
        a.say(json!({ "message": "My knee hurts" })).await;
        b.hears_words("My knee hurts").await;
        b.say(json!({ "type": "typing", "is_typing": true })).await;
        b.say(json!({ "type": "read" })).await;
        b.say(json!({ "message": "Since when?" })).await;
        a.hears_words("Since when?").await;
        a.say(json!({ "message": "Monday" })).await;
        a.hears_words("Monday").await;
        assert_eq!((a.count("\"typing\"").await, a.count("read_at").await), (0, 0));
        // Whoever names a type themselves is told, but never of themselves.
        a.say(json!({ "type": "typing", "is_typing": false })).await;
        b.say(json!({ "type": "read" })).await;
        a.hears(|frame| frame["type"] == "read").await;
        assert_eq!(b.count("read_at").await, 0);
    }

    async fn p3_3_a_link_from_elsewhere_reads_nothing_for_anybody(app: TestApp) {
        let Care { room, .. } = care(&app).await;
        let (ana, cookie) = (app.old("ana").await, app.sign_in("ben").await.cookie);
        ana.post("/chat/send-message/", json!({ "room_id": room, "message": "Read me" })).await;
        let path = format!("/chat/messages/{room}/");
        for (site, is_read) in [("cross-site", false), ("none", false), ("same-origin", true)] {
            let request = axum::http::Request::get(&path).header(header::COOKIE, &cookie).header("sec-fetch-site", site);
            let page = app.ask(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_eq!(page.status(), StatusCode::OK);
            assert!(text(page).await.contains("Read me"));
            assert_eq!(ana.get(&path).await.1["messages"][0]["is_read"], is_read, "{site}");
        }
    }

    async fn p3_1_p3_2_a_message_comes_to_both_with_the_senders_side(app: TestApp) {
        let Care { ana, room, .. } = care(&app).await;
        let (_a, _b, mut a, mut b) = both(&app, &format!("/ws/chat/{room}/"), ("ana", "ben")).await;
        a.say(json!({ "message": "My knee hurts" })).await;
        for line in [&mut a, &mut b] {
            let heard = line.hears_words("My knee hurts").await;
            assert_eq!((&heard["message"], &heard["sender_type"], &heard["sender"]), (&json!("My knee hurts"), &json!("patient"), &json!(ana)));
            assert!(heard["id"].is_i64() && heard["timestamp"].is_string(), "{heard}");
        }
        b.say(json!({ "message": "Since when?" })).await;
        assert_eq!(a.hears_words("Since when?").await["sender_type"], "practitioner");
        assert_eq!(a.count("Since when?").await, 1);
    }

    async fn p3_3_where_no_socket_goes_http_does_the_same(app: TestApp) {
        let Care { room, .. } = care(&app).await;
        let (a, b) = (app.old("ana").await, app.old("ben").await);
        let mut line = b.dial(&format!("/ws/chat/{room}/")).await;
        let (status, sent) = a.post("/chat/send-message/", json!({ "room_id": room, "message": "By letter" })).await;
        assert_eq!(status, StatusCode::OK, "{sent}");
        line.hears_words("By letter").await;
        let (_, listed) = a.get(&format!("/chat/messages/{room}/")).await;
        assert_eq!(listed["messages"][0]["is_read"], false);
        // Whoever has fetched them has read them.
        let (_, fetched) = b.get(&format!("/chat/messages/{room}")).await;
        assert_eq!(fetched["messages"][0]["message"], "By letter");
        let (_, listed) = a.get(&format!("/chat/messages/{room}/")).await;
        assert_eq!(listed["messages"][0]["is_read"], true);
    }

    async fn p3_3_a_page_with_its_cookie_posts_from_our_origin_only(app: TestApp) {
        let Care { room, .. } = care(&app).await;
        let cookie = app.sign_in("ana").await.cookie;
        let post = async |origin: &str| {
            let mut request = form_request("/chat/send-message/", &format!("room_id={room}&message=Form"));
            request.headers_mut().remove("sec-fetch-site");
            request.headers_mut().insert(header::ORIGIN, origin.parse().unwrap());
            request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
            app.ask(request).await.status()
        };
        assert_eq!(post("http://confer.test").await, StatusCode::OK);
        assert_eq!(post("http://evil.test").await, StatusCode::FORBIDDEN);
    }

    async fn p3_4_the_pages_stand_where_they_stood(app: TestApp) {
        let Care { room, .. } = care(&app).await;
        let ana = app.sign_in("ana").await;
        for path in ["/chat/".to_owned(), "/chat".into(), format!("/chat/room/{room}/"), format!("/chat/room/{room}")] {
            let page = ana.get(&path).await;
            assert_eq!(page.status(), StatusCode::OK, "{path}");
            assert!(text(page).await.contains("<h1"), "{path}");
        }
    }

    async fn p3_9_nobody_reads_or_writes_in_a_room_of_others(app: TestApp) {
        let Care { room, .. } = care(&app).await;
        app.person("Eve", Role::Patient).await;
        let eve = app.old("eve").await;
        let missing = RoomId(room.0 + 1_000);
        for room in [room, missing] {
            let path = format!("/ws/chat/{room}/?token={}", eve.access);
            assert_eq!(app.dial(&path).await.err(), Some(StatusCode::FORBIDDEN));
            assert_eq!(eve.post("/chat/send-message/", json!({ "room_id": room, "message": "x" })).await, (StatusCode::NOT_FOUND, json!({ "detail": "Not found." })));
            assert_eq!(eve.get(&format!("/chat/messages/{room}/")).await.0, StatusCode::NOT_FOUND);
        }
        assert_eq!(app.dial(&format!("/ws/chat/{room}/")).await.err(), Some(StatusCode::FORBIDDEN));
        assert_eq!(app.json(Method::GET, &format!("/chat/messages/{room}/"), None, None).await.0, StatusCode::UNAUTHORIZED);
    }

    async fn p4_1_p4_2_p4_8_client_and_worker_talk_about_a_job(app: TestApp) {
        let Work { bell, job, room, .. } = work(&app, JobStatus::Confirmed).await;
        let (_b, _p, mut b, mut p) = both(&app, &format!("/ws/job_chat/{job}/"), ("bell", "piotr")).await;
        b.say(json!({ "action": "send_message", "content": "Hello!", "message_type": "text" })).await;
        for line in [&mut b, &mut p] {
            let heard = line.hears(|frame| frame["type"] == "chat_message").await;
            assert_eq!((&heard["content"], &heard["message"]["content"]), (&json!("Hello!"), &json!("Hello!")));
            assert_eq!((&heard["message"]["sender"]["id"], &heard["room"]), (&json!(bell), &json!(room)));
        }
        p.say(json!({ "action": "typing_start" })).await;
        b.hears(|frame| frame["type"] == "typing_indicator" && frame["is_typing"] == json!(true)).await;
        // Nobody says stop: it ends by itself.
        b.hears(|frame| frame["type"] == "typing_indicator" && frame["is_typing"] == json!(false)).await;
        let id = b.heard.iter().find(|frame| frame["type"] == "chat_message").unwrap()["id"].clone();
        p.say(json!({ "action": "read_message", "message_id": id })).await;
        let read = b.hears(|frame| frame["type"] == "message_read").await;
        assert_eq!(read["message_id"], id);
    }

    async fn p4_3_kinds_of_messages_are_kept_and_the_houses_own_is_refused(app: TestApp) {
        let Work { job, room, .. } = work(&app, JobStatus::Started).await;
        let (old, _p, mut b, mut p) = both(&app, &format!("/ws/job_chat/{job}/"), ("bell", "piotr")).await;
        for kind in ["image", "file"] {
            b.say(json!({ "action": "send_message", "content": format!("a {kind}"), "message_type": kind })).await;
            assert_eq!(p.hears_words(&format!("a {kind}")).await["message_type"], kind);
        }
        for kind in [json!("system"), json!("song"), json!(7)] {
            b.say(json!({ "action": "send_message", "content": "no", "message_type": kind })).await;
            b.hears(|frame| frame["type"] == "error").await;
        }
        assert_eq!(old.get(&format!("/api/chatrooms/{room}/messages/")).await.1["count"], 2);
    }

    async fn p4_4_rooms_and_messages_over_http(app: TestApp) {
        let Work { bell, piotr, job, room } = work(&app, JobStatus::Confirmed).await;
        let (b, p) = (app.old("bell").await, app.old("piotr").await);
        let (status, sent) = b.post(&format!("/api/chatrooms/{room}/send_message/"), json!({ "content": "Ring twice", "message_type": "text" })).await;
        assert_eq!((status, &sent["content"], &sent["sender_id"]), (StatusCode::CREATED, &json!("Ring twice"), &json!(bell)));
        let (_, rooms) = p.get("/api/chatrooms/").await;
        assert_eq!((&rooms["count"], &rooms["next"], &rooms["results"][0]["unread_count"]), (&json!(1), &Value::Null, &json!(1)));
        assert_eq!((&rooms["results"][0]["job"], &rooms["results"][0]["last_message"]["content"]), (&json!(job), &json!("Ring twice")));
        assert_eq!(p.get(&format!("/api/chatrooms/{room}")).await.1["participants"].as_array().unwrap().len(), 2);
        let (_, people) = p.get(&format!("/api/chatrooms/{room}/participants/")).await;
        assert_eq!(people[1]["id"], json!(piotr));
        assert_eq!(people[1]["unread_count"], 1);
        let (_, unread) = p.get("/api/messages/?unread=true").await;
        assert_eq!(unread["count"], 1);
        let (status, read) = p.post(&format!("/api/messages/{}/mark_read/", sent["id"]), json!({})).await;
        assert_eq!((status, &read["is_read"]), (StatusCode::OK, &json!(true)));
        assert_eq!(p.get("/api/messages/?unread=true").await.1["count"], 0);
        assert_eq!(p.get("/api/chatrooms/").await.1["results"][0]["unread_count"], 0);
        assert_eq!(b.get(&format!("/api/chatrooms/{room}/messages/")).await.1["results"][0]["is_read"], true);
    }

    async fn p4_4_messages_are_filtered_by_values_and_paged(app: TestApp) {
        let Work { bell, piotr, room, .. } = work(&app, JobStatus::Confirmed).await;
        let (b, p) = (app.old("bell").await, app.old("piotr").await);
        for number in 1..=7 {
            let who = if number % 2 == 0 { &p } else { &b };
            who.post(&format!("/api/chatrooms/{room}/send_message/"), json!({ "content": format!("No {number} at 100%") })).await;
        }
        let found = async |query: &str| b.get(&format!("/api/messages/?{query}")).await.1["count"].clone();
        assert_eq!(found(&format!("sender={piotr}")).await, 3);
        assert_eq!(found(&format!("room={room}&sender={bell}")).await, 4);
        assert_eq!(found("text=no%203").await, 1);
        assert_eq!(found("text=100%25").await, 7);
        assert_eq!(found("text=100_").await, 0);
        assert_eq!(found("text='%20or%201=1--").await, 0);
        assert_eq!(found("since=2999-01-01").await, 0);
        assert_eq!(found("since=2020-01-01T00:00:00Z").await, 7);
        for wrong in ["room=x", "since=soon", "unread=perhaps"] {
            assert_eq!(b.get(&format!("/api/messages/?{wrong}")).await.0, StatusCode::BAD_REQUEST, "{wrong}");
        }
        let (_, page) = b.get(&format!("/api/chatrooms/{room}/messages/?page_size=3")).await;
        let words: Vec<&str> = page["results"].as_array().unwrap().iter().map(|one| one["content"].as_str().unwrap()).collect();
        assert_eq!(words, ["No 5 at 100%", "No 6 at 100%", "No 7 at 100%"]);
        let next = page["next"].as_str().unwrap().replace("http://confer.test", "");
        let (_, page) = b.get(&next).await;
        assert_eq!((&page["results"][0]["content"], page["previous"].is_string()), (&json!("No 2 at 100%"), true));
        assert_eq!(b.get(&format!("/api/chatrooms/{room}/messages/?page=9")).await.0, StatusCode::NOT_FOUND);
    }

    async fn p4_4_rooms_are_made_renamed_and_ended_as_rights_allow(app: TestApp) {
        let Work { job, room, .. } = work(&app, JobStatus::Confirmed).await;
        let (olga, sam) = (app.person("Olga", Role::Staff).await, app.person("Sam", Role::Staff).await);
        let (b, o, s) = (app.old("bell").await, app.old("olga").await, app.old("sam").await);
        let (status, found) = b.post("/api/chatrooms/", json!({ "job": job })).await;
        assert_eq!((status, &found["id"]), (StatusCode::CREATED, &json!(room)));
        let (status, group) = o.post("/api/chatrooms/", json!({ "name": "Rota", "participants": [olga, sam] })).await;
        assert_eq!(status, StatusCode::CREATED);
        let path = format!("/api/chatrooms/{}/", group["id"]);
        assert_eq!(s.patch(&path, json!({ "name": "Mine" })).await.0, StatusCode::FORBIDDEN);
        assert_eq!(o.patch(&path, json!({ "name": "Rota 2" })).await.1["name"], "Rota 2");
        assert_eq!(b.patch(&path, json!({ "name": "Mine" })).await.0, StatusCode::NOT_FOUND);
        assert_eq!(s.delete(&path).await.0, StatusCode::FORBIDDEN);
        assert_eq!(b.delete(&format!("/api/chatrooms/{room}/")).await.0, StatusCode::FORBIDDEN);
        assert_eq!(o.delete(&path).await.0, StatusCode::NO_CONTENT);
        for (user, name) in [(&o, "olga"), (&s, "sam")] {
            assert_eq!(user.get(&path).await.0, StatusCode::NOT_FOUND, "{name}");
        }
    }

    async fn p4_bad_input_is_answered_and_harms_nothing(app: TestApp) {
        let Work { job, room, .. } = work(&app, JobStatus::Confirmed).await;
        app.person("Eve", Role::Client).await;
        let eve = app.old("eve").await;
        let other = |path: String| { let token = eve.access.clone(); async move { format!("{path}?token={token}") } };
        for job in [job.to_string(), "999".into(), "x".into()] {
            let path = other(format!("/ws/job_chat/{job}/")).await;
            assert_eq!(app.dial(&path).await.err(), Some(StatusCode::FORBIDDEN), "{job}");
        }
        for path in [format!("/api/chatrooms/{room}/"), "/api/chatrooms/999/".into(), "/api/chatrooms/x/".into(), format!("/api/chatrooms/{room}/messages/")] {
            assert_eq!(eve.get(&path).await, (StatusCode::NOT_FOUND, json!({ "detail": "Not found." })), "{path}");
        }
        let (old, _p, mut b, mut p) = both(&app, &format!("/ws/job_chat/{job}/"), ("bell", "piotr")).await;
        for (frame, words) in [
            ("{\"action\":\"fly\"}", "Unknown action"),
            ("{\"action\":\"send_message\"}", "cannot be empty"),
            ("{\"action\":\"send_message\",\"content\":\"  \"}", "cannot be empty"),
            ("{\"action\":\"send_message\",\"content\":7}", "error"),
            ("{\"content\":\"x\"}", "action is required"),
            ("{", "Invalid JSON"),
            ("[1]", "Invalid JSON"),
        ] {
            b.say_raw(frame).await;
            let heard = b.hears(|frame| frame["type"] == "error").await;
            assert!(heard.to_string().contains(words), "{frame}: {heard}");
        }
        b.say(json!({ "action": "send_message", "content": "x".repeat(9_000) })).await;
        b.hears(|frame| frame["type"] == "error").await;
        // And the conversation goes on.
        b.say(json!({ "action": "send_message", "content": "still here" })).await;
        p.hears_words("still here").await;
        let (status, wrong) = old.post(&format!("/api/chatrooms/{room}/send_message/"), json!({ "content": "" })).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(wrong["content"][0].is_string(), "{wrong}");
        assert_eq!(app.json(Method::GET, "/api/chatrooms/", None, None).await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(old.get(&format!("/api/chatrooms/{room}/messages/")).await.1["count"], 1);
    }

    async fn p4_a_closed_job_is_read_and_no_longer_written_in(app: TestApp) {
        let Work { job, room, .. } = work(&app, JobStatus::Finished).await;
        let (old, _p, mut b, _line) = both(&app, &format!("/ws/job_chat/{job}/"), ("bell", "piotr")).await;
        b.say(json!({ "action": "send_message", "content": "too late" })).await;
        b.hears(|frame| frame["type"] == "error").await;
        let (status, _) = old.post(&format!("/api/chatrooms/{room}/send_message/"), json!({ "content": "too late" })).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert_eq!(old.get(&format!("/api/chatrooms/{room}/messages/")).await.1["count"], 0);
    }

    async fn p5_1_p5_4_a_message_goes_to_an_address(app: TestApp) {
        care(&app).await;
        let (a, b) = (app.old("ana").await, app.old("ben").await);
        let (mut line, mut tab, mut other) = (a.dial("/ws/ana@x.org").await, a.dial("/ws/ana@x.org").await, b.dial("/ws/ben@x.org").await);
        line.say(json!({ "receiver_email": "ben@x.org", "message": "Good morning" })).await;
        for line in [&mut line, &mut tab, &mut other] {
            let heard = line.hears_words("Good morning").await;
            let mut names: Vec<&String> = heard.as_object().unwrap().keys().collect();
            names.sort();
            assert_eq!(names, ["delivered", "id", "message", "read", "receiver_email", "sender_email", "timestamp"]);
            assert_eq!((&heard["sender_email"], &heard["receiver_email"]), (&json!("ana@x.org"), &json!("ben@x.org")));
            assert_eq!((&heard["read"], &heard["delivered"]), (&json!(false), &json!(true)));
        }
        assert_eq!(other.count("Good morning").await, 1);
    }

    async fn p5_2_p5_3_history_and_reading_are_for_the_two(app: TestApp) {
        care(&app).await;
        app.person("Eve", Role::Patient).await;
        let (a, b, e) = (app.old("ana").await, app.old("ben").await, app.old("eve").await);
        let mut line = a.dial("/ws/ana@x.org").await;
        for words in ["One", "Two"] {
            line.say(json!({ "receiver_email": "ben@x.org", "message": words })).await;
            line.hears_words(words).await;
        }
        let (status, told) = b.get("/messages/ana@x.org/ben@x.org").await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(told.as_array().unwrap().iter().map(|one| one["message"].as_str().unwrap()).collect::<Vec<_>>(), ["One", "Two"]);
        assert_eq!(told[1]["read"], false);
        let (status, marked) = b.patch("/messages/mark-read/ana@x.org", json!({})).await;
        assert_eq!((status, &marked["modified_count"]), (StatusCode::OK, &json!(2)));
        assert_eq!(a.get("/messages/ben@x.org/ana@x.org").await.1[1]["read"], true);
        for (one, other) in [("ana@x.org", "ben@x.org"), ("eve@x.org", "ben@x.org"), ("eve@x.org", "nobody@x.org"), ("eve@x.org", "ana@x.org")] {
            let (status, body) = e.get(&format!("/messages/{one}/{other}")).await;
            assert_eq!((status, &body["detail"]), (StatusCode::FORBIDDEN, &json!("Not authorized to access these messages")), "{one} {other}");
        }
        let (status, body) = app.json(Method::GET, "/messages/ana@x.org/ben@x.org", None, None).await;
        assert_eq!((status, &body["detail"]), (StatusCode::UNAUTHORIZED, &json!("Not authenticated")));
    }

    async fn p5_1_an_address_is_its_owners_alone(app: TestApp) {
        care(&app).await;
        app.person("Eve", Role::Patient).await;
        let eve = app.old("eve").await;
        for address in ["ana@x.org", "nobody@x.org"] {
            assert_eq!(app.dial(&format!("/ws/{address}?token={}", eve.access)).await.err(), Some(StatusCode::FORBIDDEN));
        }
        let mut line = eve.dial("/ws/eve@x.org").await;
        for address in ["ben@x.org", "nobody@x.org", "ana@x.org"] {
            line.say(json!({ "receiver_email": address, "message": "Hello" })).await;
            let heard = line.hears(|frame| frame.get("error").is_some()).await;
            assert_eq!(heard["error"], "You cannot write to this address");
        }
        line.say(json!({ "message": "Hello" })).await;
        line.hears_words("receiver_email is required").await;
    }

    async fn a_message_of_each_dialect_is_heard_once_in_every_other(app: TestApp) {
        let Care { ana, ben, room } = care(&app).await;
        let (a, b) = (app.old("ana").await, app.old("ben").await);
        let web = app.sign_in("ben").await;
        let mut ways = vec![
            ("P2", a.dial("/ws/presence/").await, b.dial("/ws/presence/").await),
            ("P3", a.dial(&format!("/ws/chat/{room}/")).await, b.dial(&format!("/ws/chat/{room}/")).await),
            ("P5", a.dial("/ws/ana@x.org").await, b.dial("/ws/ben@x.org").await),
        ];
        let mut own = web.connect().await;
        let saying = [
            json!({ "type": "send_message", "room_id": room, "content": "from P2" }),
            json!({ "message": "from P3" }),
            json!({ "receiver_email": "ben@x.org", "message": "from P5" }),
        ];
        for (at, frame) in saying.into_iter().enumerate() {
            let (name, left, right) = &mut ways[at];
            left.say(frame).await;
            right.hears_words(&format!("from {name}")).await;
        }
        a.post(&format!("/api/chatrooms/{room}/send_message/"), json!({ "content": "from P4" })).await;
        a.post("/chat/send-message/", json!({ "room_id": room, "message": "from P3 over HTTP" })).await;
        own.post(room, "from the web").await;
        let all = ["from P2", "from P3\"", "from P5", "from P4", "from P3 over HTTP", "from the web"];
        for words in all {
            own.hears_words(words.trim_end_matches('"')).await;
        }
        for (name, left, right) in &mut ways {
            for line in [left, right] {
                line.count("nothing").await;
                for words in all {
                    let fresh = line.heard.iter().filter(|frame| frame["type"] != "chat_history");
                    let count = fresh.filter(|frame| frame.to_string().contains(words)).count();
                    assert_eq!(count, 1, "{words} in {name}: {:?}", line.heard);
                }
            }
        }
        let lists = [
            b.get(&format!("/api/chatrooms/{room}/messages/")).await.1.to_string(),
            b.get(&format!("/chat/messages/{room}/")).await.1.to_string(),
            b.get("/messages/ana@x.org/ben@x.org").await.1.to_string(),
        ];
        for (list, words) in lists.iter().flat_map(|list| all.map(|words| (list, words))) {
            assert_eq!(list.matches(words).count(), 1, "{words} in {list}");
        }
        assert_ne!(ana, ben);
    }
}
