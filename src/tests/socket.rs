//! The socket: who may open it, what it answers to nonsense, and what it makes up for.

use super::{
    on_both_databases,
    testapp::{TestApp, knock},
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, RoomId, Why,
        account::Role,
        wire::{Command, Cursor, Event, FRAME_MAX_BYTES, close},
    },
};
use axum::http::StatusCode;
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message as Frame;

const ORIGIN: (&str, &str) = ("origin", "http://confer.test");

async fn id_of(app: &TestApp, name: &str) -> AccountId {
    let found: Option<(i64,)> =
        app.app.db.maybe("select id from account where name = $1", args![name]).await.unwrap();
    AccountId(found.unwrap().0)
}

on_both_databases! {
    async fn two_people_hear_each_other_at_once_and_once(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let (mut ana, mut ben) = (a.connect().await, b.connect().await);
        ana.post(room, "Good morning").await;
        ben.hears_words("Good morning").await;
        ben.post(room, "Good morning, Ana").await;
        ana.hears_words("Good morning, Ana").await;
        for (who, socket) in [("Ana", &mut ana), ("Ben", &mut ben)] {
            while tokio::time::timeout(Duration::from_millis(300), socket.next()).await.is_ok() {}
            for words in ["Good morning", "Good morning, Ana"] {
                let heard = socket.heard.iter();
                let times = heard.filter(|event| matches!(event, Event::Posted(message) if message.body == words));
                assert_eq!(times.count(), 1, "{who} heard {words:?}");
            }
        }
    }

    async fn every_tab_of_the_sender_hears_it_too(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let (mut first, mut second) = (a.connect().await, a.connect().await);
        first.post(room, "From the first tab").await;
        second.hears_words("From the first tab").await;
    }

    async fn a_room_made_while_connected_is_heard_at_once(app: TestApp) {
        let (a, b) = app.pair().await;
        let mut ana = a.connect().await;
        let room = b.open(id_of(&app, "Ana").await).await;
        ana.hears(|event| *event == Event::Opened { room }).await;
        b.connect().await.post(room, "First words").await;
        ana.hears_words("First words").await;
    }

    async fn who_was_away_gets_what_was_missed_in_order(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let mut ana = a.connect().await;
        for number in 1..=7 {
            let cid = ana.post(room, &format!("{number}")).await;
            ana.hears(|event| matches!(event, Event::Acked { cid: acked, .. } if *acked == cid)).await;
        }
        let mut ben = b.knock(&[ORIGIN]).await.unwrap();
        let rooms = vec![Cursor { room, seq: 4 }];
        ben.say(&Command::Resume { epoch: Some(app.app.epoch.clone()), rooms }).await;
        ben.hears(|event| matches!(event, Event::Ready {})).await;
        let heard: Vec<i64> = ben.heard.iter().filter_map(|event| match event {
            Event::Posted(message) => Some(message.seq),
            _ => None,
        }).collect();
        assert_eq!(heard, [5, 6, 7]);
    }

    async fn more_than_can_be_replayed_is_named_never_passed_off_as_whole(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        app.app.db.run("update room set last_seq = 400 where id = $1", args![room]).await.unwrap();
        let mut ana = a.knock(&[ORIGIN]).await.unwrap();
        ana.say(&Command::Resume { epoch: None, rooms: vec![Cursor { room, seq: 10 }] }).await;
        ana.hears(|event| *event == Event::Gap { room, from: 11, to: 400 }).await;
    }

    async fn another_database_or_a_cursor_from_the_future_means_starting_afresh(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        for (epoch, seq) in [(Some("another".to_owned()), 0), (Some(app.app.epoch.clone()), 9)] {
            let mut ana = a.knock(&[ORIGIN]).await.unwrap();
            ana.say(&Command::Resume { epoch, rooms: vec![Cursor { room, seq }] }).await;
            ana.hears(|event| *event == Event::Resync {}).await;
        }
    }

    async fn a_cursor_in_somebody_elses_room_tells_nothing(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        a.connect().await.post(room, "Between us").await;
        app.person("Cy", Role::Practitioner).await;
        let stranger = app.sign_in("cy").await;
        let mut cy = stranger.connect().await;
        for room in [room, RoomId(999_999)] {
            cy.say(&Command::Follow { room, seq: 0 }).await;
            cy.hears(|event| *event == Event::Removed { room }).await;
        }
        let cid = cy.post(room, "Let me in").await;
        cy.hears(|event| *event == Event::Refused { cid: Some(cid), error: Error::NotFound }).await;
        a.connect().await.post(room, "Still between us").await;
        assert!(cy.is_quiet().await);
    }

    async fn nonsense_is_answered_and_harms_nobody(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let (mut ana, mut ben) = (a.connect().await, b.connect().await);
        let malformed = Error::invalid("frame", Why::Malformed);
        let unknown = Error::invalid("frame", Why::Unknown);
        let cid = Cid([7; 16]);
        let post = |body: &str, room: RoomId| {
            Frame::text(serde_json::to_string(&Command::Post { cid, room, body: body.into() }).unwrap())
        };
        let table: Vec<(&str, Frame, Option<Cid>, Error)> = vec![
            ("unknown frame", Frame::text(r#"{"fly":{}}"#), None, unknown.clone()),
            ("no frame at all", Frame::text("[]"), None, unknown.clone()),
            ("a null", Frame::text("null"), None, unknown.clone()),
            ("two commands in one", Frame::text(r#"{"post":{},"resume":{}}"#), None, unknown),
            ("not JSON", Frame::text("hello"), None, malformed.clone()),
            ("empty", Frame::text(""), None, malformed.clone()),
            ("not UTF-8", Frame::binary(vec![0xff, 0xfe, 0x00]), None, malformed.clone()),
            ("a field of the wrong type", Frame::text(r#"{"post":{"cid":"07070707070707070707070707070707","room":"one","body":"x"}}"#), Some(cid), malformed.clone()),
            ("half of a character", Frame::text(r#"{"post":{"cid":"07070707070707070707070707070707","room":1,"body":"\ud800"}}"#), Some(cid), malformed.clone()),
            ("a frame cut short", Frame::text(r#"{"post":{"cid":"07070707070707070707070707070707","#), Some(cid), malformed.clone()),
            ("a malformed cid", Frame::text(r#"{"post":{"cid":"07-07","room":1,"body":"x"}}"#), None, malformed.clone()),
            ("a field missing", Frame::text(r#"{"post":{"cid":"07070707070707070707070707070707","room":1}}"#), Some(cid), malformed),
            ("an empty message", post(" \n", room), Some(cid), Error::invalid("body", Why::Empty)),
            ("a message too long", post(&"x".repeat(8_001), room), Some(cid), Error::invalid("body", Why::TooLong)),
            ("a message with a NUL", post("a\0b", room), Some(cid), Error::invalid("body", Why::Malformed)),
            ("a foreign room", post("hello", RoomId(999_999)), Some(cid), Error::NotFound),
        ];
        for (what, frame, cid, error) in table {
            ana.say_raw(frame).await;
            let answer = ana.hears(|event| matches!(event, Event::Refused { .. })).await;
            assert_eq!(answer, Event::Refused { cid, error }, "{what}");
        }
        // The same connection, and everybody else's, goes on as before.
        ana.post(room, "Still here").await;
        ben.hears_words("Still here").await;
    }

    async fn a_frame_too_large_ends_its_own_connection_only(app: TestApp) {
        let (a, b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let mut ben = b.connect().await;
        for (bytes, is_read) in [(FRAME_MAX_BYTES, true), (FRAME_MAX_BYTES + 1, false), (40 * FRAME_MAX_BYTES, false)] {
            let mut ana = a.connect().await;
            let sent = futures::SinkExt::send(&mut ana.stream, Frame::text("x".repeat(bytes))).await;
            if is_read {
                sent.unwrap();
                ana.hears(|event| matches!(event, Event::Refused { error: Error::Invalid { .. }, .. })).await;
            } else {
                let code = ana.closes().await;
                let told = ana.heard.iter().any(|event| matches!(event, Event::Refused { error: Error::TooLarge { .. }, .. }));
                assert!(code == Some(close::TOO_BIG) || (bytes > 5 * FRAME_MAX_BYTES && code.is_none()), "{bytes}: {code:?}");
                assert!(told || code.is_none(), "{bytes}");
            }
        }
        a.connect().await.post(room, "Still here").await;
        ben.hears_words("Still here").await;
    }

    async fn a_post_too_large_is_refused_by_its_name(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let mut ana = a.connect().await;
        let cid = ana.post(room, &"x".repeat(FRAME_MAX_BYTES)).await;
        let limit_bytes = FRAME_MAX_BYTES as u32;
        ana.hears(|event| *event == Event::Refused { cid: Some(cid), error: Error::TooLarge { limit_bytes } }).await;
        assert_eq!(ana.closes().await, Some(close::TOO_BIG));
    }

    async fn before_the_resume_commands_are_answered_and_sends_only_after_it(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let mut ana = a.knock(&[ORIGIN]).await.unwrap();
        ana.say(&Command::Ping {}).await;
        ana.hears(|event| *event == Event::Pong {}).await;
        let cid = ana.post(room, "Early").await;
        ana.say(&Command::Resume { epoch: None, rooms: vec![] }).await;
        ana.hears(|event| matches!(event, Event::Acked { cid: acked, .. } if *acked == cid)).await;
        let ready = ana.heard.iter().position(|event| *event == Event::Ready {});
        assert!(ready.is_some_and(|ready| ready < ana.heard.len() - 1), "{:?}", ana.heard);
    }

    async fn only_our_own_pages_open_the_socket(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let ana = app.sign_in("ana").await;
        let wrong: Vec<Vec<(&str, &str)>> = vec![
            vec![],
            vec![("origin", "null")],
            vec![("origin", "")],
            vec![("origin", "http://confer.test:81")],
            vec![("origin", "https://confer.test")],
            vec![("origin", "http://a.confer.test")],
            vec![("origin", "http://confer.test.evil.org")],
            vec![("origin", "http://notconfer.test")],
            vec![("origin", "http://CONFER.test")],
            vec![("origin", "http://confer.test@evil.org")],
            vec![("origin", "http://confer.test/")],
            vec![("origin", "http://confer.test"), ("origin", "http://evil.org")],
        ];
        for headers in wrong {
            let answer = ana.knock(&headers).await.err();
            assert_eq!(answer, Some(StatusCode::FORBIDDEN), "{headers:?}");
        }
        assert!(ana.knock(&[ORIGIN]).await.is_ok());
        assert_eq!(knock(&app, &[ORIGIN]).await.err(), Some(StatusCode::UNAUTHORIZED));
        assert_eq!(knock(&app, &[ORIGIN, ("cookie", "confer=made-up")]).await.err(), Some(StatusCode::UNAUTHORIZED));
    }

    async fn whoever_says_nothing_is_not_kept_waiting_for(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let mut silent = app.sign_in("ana").await.knock(&[ORIGIN]).await.unwrap();
        assert_eq!(silent.closes().await, Some(close::SILENT));
    }

    async fn whoever_answers_no_ping_is_dropped_and_counts_as_gone(app: TestApp) {
        let timing = crate::server::Timing { ping_every: Duration::from_millis(200), ..app.app.timing };
        let app = app.restart_with(timing).await;
        let (a, b) = app.pair().await;
        let mut ana = a.connect().await;
        let deaf = b.connect().await;
        ana.hears(|event| matches!(event, Event::Presence(presence) if presence.online)).await;
        ana.hears(|event| matches!(event, Event::Presence(presence) if !presence.online)).await;
        assert_eq!(app.app.hub.size(), (1, 1));
        drop(deaf);
    }

    async fn a_restart_is_announced_and_nothing_acked_is_lost(app: TestApp) {
        let (a, _b) = app.pair().await;
        let room = a.open(id_of(&app, "Ben").await).await;
        let cookie = a.cookie.clone();
        let mut ana = a.connect().await;
        let cid = ana.post(room, "Before the restart").await;
        ana.hears(|event| matches!(event, Event::Acked { cid: acked, .. } if *acked == cid)).await;
        let app = app.restart().await;
        assert_eq!(ana.closes().await, Some(close::RESTART));
        let again = crate::tests::testapp::User { on: &app, cookie };
        let mut ana = again.knock(&[ORIGIN]).await.unwrap();
        ana.say(&Command::Resume { epoch: Some(app.app.epoch.clone()), rooms: vec![Cursor { room, seq: 0 }] }).await;
        ana.hears_words("Before the restart").await;
        // The client that never heard the ack sends again: still one message.
        ana.say(&Command::Post { cid, room, body: "Before the restart".into() }).await;
        ana.hears(|event| matches!(event, Event::Acked { seq: 1, .. })).await;
    }
}
