//! Without WebSockets: the same frames over plain HTTP, and no loss or doubling when ways are changed.

use super::{
    on_both_databases,
    testapp::{TestApp, User, text},
};
use crate::model::{
    Cid, Error, RoomId, Why,
    account::Role,
    wire::{Command, Cursor, Event, FRAME_MAX_BYTES},
};
use axum::{
    body::{Body, BodyDataStream},
    http::{Method, Request, StatusCode, header},
};
use futures::StreamExt;
use serde_json::json;
use std::time::Duration;

/// A stream of server-sent events, read as they come.
struct Events {
    body: BodyDataStream,
    text: String,
}

impl Events {
    async fn open(user: &User<'_>, query: &str) -> Events {
        let response = user.get(&format!("/events?{query}")).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        assert!(!response.headers().contains_key(header::CONTENT_ENCODING));
        Events { body: response.into_body().into_data_stream(), text: String::new() }
    }

    async fn hears(&mut self, fits: impl Fn(&Event) -> bool) -> Vec<Event> {
        let mut heard = Vec::new();
        loop {
            while let Some((frame, rest)) = self.text.split_once("\n\n") {
                let event: Event = serde_json::from_str(frame.strip_prefix("data: ").unwrap()).unwrap();
                self.text = rest.to_owned();
                heard.push(event.clone());
                if fits(&event) {
                    return heard;
                }
            }
            let piece = tokio::time::timeout(Duration::from_secs(5), self.body.next()).await;
            let piece = piece.unwrap_or_else(|_| panic!("nothing more after {heard:?}")).unwrap().unwrap();
            self.text.push_str(std::str::from_utf8(&piece).unwrap());
        }
    }
}

async fn command(user: &User<'_>, body: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method(Method::POST)
        .uri("/commands")
        .header(header::COOKIE, &user.cookie)
        .header("sec-fetch-site", "same-origin")
        .body(Body::from(body.to_owned()))
        .unwrap();
    let response = user.on.ask(request).await;
    (response.status(), text(response).await)
}

async fn say(user: &User<'_>, commands: &[Command]) -> Vec<Event> {
    let (status, answer) = command(user, &serde_json::to_string(commands).unwrap()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    serde_json::from_str(&answer).unwrap()
}

async fn poll(user: &User<'_>, query: &str) -> Vec<Event> {
    let response = user.get(&format!("/events/poll?{query}")).await;
    assert_eq!(response.status(), StatusCode::OK);
    serde_json::from_str(&text(response).await).unwrap()
}

fn words(events: &[Event]) -> Vec<&str> {
    let posted = events.iter().filter_map(|event| match event {
        Event::Posted(message) => Some(message.body.as_str()),
        _ => None,
    });
    posted.collect()
}

fn post(room: RoomId, body: &str) -> Command {
    Command::Post { cid: Cid(rand::random()), room, body: body.into() }
}

async fn room_of(a: &User<'_>) -> RoomId {
    let (_, contacts) = a.call("care/contacts", json!({})).await;
    a.open(serde_json::from_value(contacts[0]["person"]["id"].clone()).unwrap()).await
}

on_both_databases! {
    async fn two_people_talk_over_a_stream_and_a_socket(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = room_of(&a).await;
        let mut ben = b.connect().await;
        let mut stream = Events::open(&a, "").await;
        let opening = stream.hears(|event| matches!(event, Event::Ready {})).await;
        assert!(matches!(opening[0], Event::Welcome { .. }) && matches!(opening[1], Event::Standing { .. }));
        ben.post(room, "From the socket").await;
        stream.hears(|event| matches!(event, Event::Posted(message) if message.body == "From the socket")).await;
        let answers = say(&a, &[post(room, "From the stream"), Command::Ping {}]).await;
        assert!(matches!(answers[..], [Event::Acked { seq: 2, .. }, Event::Pong {}]), "{answers:?}");
        ben.hears_words("From the stream").await;
        stream.hears(|event| matches!(event, Event::Posted(message) if message.body == "From the stream")).await;
    }

    async fn the_same_cid_on_two_ways_is_one_message(app: TestApp) {
        let (a, _) = app.pair().await;
        let room = room_of(&a).await;
        let mut ana = a.connect().await;
        let cid = ana.post(room, "once").await;
        let again = Command::Post { cid, room, body: "once".into() };
        let answers = say(&a, &[again.clone(), again]).await;
        for answer in &answers {
            assert!(matches!(answer, Event::Acked { seq: 1, .. }), "{answer:?}");
        }
        assert_eq!(answers.len(), 2);
        ana.hears(|event| matches!(event, Event::Acked { seq: 1, .. })).await;
    }

    async fn polls_go_on_where_the_socket_ended_without_loss_or_doubling(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = room_of(&a).await;
        let mut ben = b.connect().await;
        for number in 1..=3 {
            ben.post(room, &format!("{number}")).await;
            ben.hears_words(&format!("{number}")).await;
        }
        let epoch = app.app.epoch.clone();
        let first = poll(&a, &format!("epoch={epoch}&rooms={room}:1")).await;
        assert_eq!(words(&first), ["2", "3"]);
        assert_eq!(first.last(), Some(&Event::Ready {}));
        // Nothing new: it waits, and answers as soon as there is something.
        let query = format!("epoch={epoch}&rooms={room}:3");
        let waiting = poll(&a, &query);
        let writing = async {
            tokio::time::sleep(Duration::from_millis(150)).await;
            ben.post(room, "4").await;
        };
        let (answer, ()) = tokio::join!(waiting, writing);
        assert_eq!(words(&answer), ["4"]);
    }

    async fn a_poll_that_holds_nothing_is_answered_at_once(app: TestApp) {
        let (a, _) = app.pair().await;
        let answer = tokio::time::timeout(Duration::from_secs(2), poll(&a, "")).await.unwrap();
        assert!(matches!(answer[0], Event::Welcome { .. }));
    }

    async fn a_poll_that_knows_the_epoch_waits_for_something_to_tell(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = room_of(&a).await;
        let mut ben = b.connect().await;
        ben.post(room, "Before").await;
        ben.hears_words("Before").await;
        let query = format!("epoch={}", app.app.epoch);
        let waiting = poll(&a, &query);
        let writing = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            ben.post(room, "At last").await;
        };
        let (answer, ()) = tokio::join!(waiting, writing);
        assert_eq!(words(&answer), ["At last"]);
        assert!(matches!(answer[..], [Event::Welcome { .. }, Event::Standing { .. }, .., Event::Ready {}]), "{answer:?}");
    }

    async fn a_poll_that_is_not_to_wait_or_starts_afresh_is_answered_at_once(app: TestApp) {
        let (a, _) = app.pair().await;
        room_of(&a).await;
        for (query, is_resync) in [(format!("epoch={}&wait=0", app.app.epoch), false), ("epoch=another".into(), true)] {
            let answer = tokio::time::timeout(Duration::from_secs(2), poll(&a, &query)).await.unwrap();
            assert_eq!(answer.contains(&Event::Resync {}), is_resync, "{query}");
        }
    }

    async fn whoever_polls_is_there(app: TestApp) {
        let (a, b) = app.pair().await;
        room_of(&a).await;
        let mut ben = b.connect().await;
        let waiting = poll(&a, "rooms=999:0");
        let seen = ben.hears(|event| matches!(event, Event::Presence(presence) if presence.online));
        tokio::join!(waiting, seen);
    }

    async fn a_stream_ends_with_its_session(app: TestApp) {
        let (a, _) = app.pair().await;
        let mut stream = Events::open(&a, "").await;
        stream.hears(|event| matches!(event, Event::Ready {})).await;
        a.submit("/logout", "").await;
        let end = tokio::time::timeout(Duration::from_secs(2), stream.body.next()).await.unwrap();
        assert!(end.is_none(), "{end:?}");
        assert_eq!(app.app.hub.size().0, 0);
    }

    async fn a_reader_who_goes_away_is_noticed(app: TestApp) {
        let (a, _) = app.pair().await;
        let mut stream = Events::open(&a, "").await;
        stream.hears(|event| matches!(event, Event::Ready {})).await;
        assert_eq!(app.app.hub.size().0, 1);
        drop(stream);
        for _ in 0..100 {
            if app.app.hub.size().0 == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("a stream without a reader is still fed");
    }

    async fn strangers_and_nonsense_are_answered(app: TestApp) {
        let (a, _) = app.pair().await;
        let room = room_of(&a).await;
        for path in ["/events", "/events/poll"] {
            assert_eq!(app.get(path).await.status(), StatusCode::UNAUTHORIZED);
            assert_eq!(a.get(&format!("{path}?rooms=1:x")).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        }
        app.person("Pat", Role::Patient).await;
        let p = app.sign_in("pat").await;
        let told = poll(&p, &format!("rooms={room}:0")).await;
        assert!(told.contains(&Event::Removed { room }) && words(&told).is_empty(), "{told:?}");
        let got = Command::Got { rooms: vec![Cursor { room, seq: 1 }] };
        let seen = Command::Seen { room, seq: 1 };
        let refused = say(&p, &[post(room, "x"), Command::Type { room, on: true }, got, seen]).await;
        assert!(refused.iter().all(|event| matches!(event, Event::Refused { error: Error::NotFound, .. })), "{refused:?}");
        assert_eq!(refused.len(), 3);
        for (body, status) in [("", 422), ("{}", 422), ("[", 422), ("null", 422)] {
            assert_eq!(command(&a, body).await.0.as_u16(), status, "{body}");
        }
        let (status, answer) = command(&a, r#"[{"fly":{}},{"ping":{}}]"#).await;
        let events: Vec<Event> = serde_json::from_str(&answer).unwrap();
        assert_eq!(status, StatusCode::OK);
        assert_eq!(events, [Event::Refused { cid: None, error: Error::invalid("frame", Why::Unknown) }, Event::Pong {}]);
        let many = format!("[{}]", vec![r#"{"ping":{}}"#; 65].join(","));
        assert_eq!(command(&a, &many).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let foreign = Request::post("/commands").header(header::COOKIE, &a.cookie).body(Body::from("[]")).unwrap();
        assert_eq!(app.ask(foreign).await.status(), StatusCode::FORBIDDEN);
    }

    async fn a_post_that_cannot_be_read_is_refused_by_its_name_and_the_others_stand(app: TestApp) {
        let (a, _) = app.pair().await;
        let room = room_of(&a).await;
        let cid = Cid(rand::random());
        let frame = |body: &str| format!(r#"{{"post":{{"cid":"{cid}","room":{room},"body":"{body}"}}}}"#);
        let (half, large) = (frame("\\ud800"), frame(&"x".repeat(FRAME_MAX_BYTES)));
        let (_, answer) = command(&a, &format!("[{half},{large},{{\"ping\":{{}}}}]")).await;
        let events: Vec<Event> = serde_json::from_str(&answer).unwrap();
        let refused = |error| Event::Refused { cid: Some(cid), error };
        let too_large = Error::TooLarge { limit_bytes: FRAME_MAX_BYTES as u32 };
        assert_eq!(events, [refused(Error::invalid("frame", Why::Malformed)), refused(too_large), Event::Pong {}]);
    }
}
