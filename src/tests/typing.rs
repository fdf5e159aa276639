//! Typing: shown to the others of the room, for as long as it goes on, and never to oneself.

use super::{on_both_databases, testapp::TestApp};
use crate::model::{
    Error, RoomId,
    account::Role,
    presence::Typing,
    wire::{Command, Event},
};
use serde_json::json;
use std::time::{Duration, Instant};

on_both_databases! {
    async fn others_see_it_begin_and_end_and_the_writer_in_no_tab(app: TestApp) {
        let (a, b) = app.pair().await;
        let (_, contacts) = a.call("care/contacts", json!({})).await;
        let room = a.open(serde_json::from_value(contacts[0]["person"]["id"].clone()).unwrap()).await;
        let (mut ana, mut other_tab, mut ben) = (a.connect().await, a.connect().await, b.connect().await);
        ana.hears(|event| matches!(event, Event::Presence(_))).await;
        other_tab.is_quiet().await;
        ana.say(&Command::Type { room, on: true }).await;
        let Event::Typing(Typing { account, on: true, .. }) = ben.hears(|event| matches!(event, Event::Typing(_))).await else {
            panic!("{:?}", ben.heard)
        };
        ana.say(&Command::Type { room, on: false }).await;
        ben.hears(|event| *event == Event::Typing(Typing { room, account, on: false })).await;
        assert!(ana.is_quiet().await, "{:?}", ana.broken_by);
        assert!(other_tab.is_quiet().await, "{:?}", other_tab.broken_by);
    }

    async fn it_is_told_once_a_second_at_most_and_ends_by_itself(app: TestApp) {
        let (a, b) = app.pair().await;
        let (_, contacts) = a.call("care/contacts", json!({})).await;
        let room = a.open(serde_json::from_value(contacts[0]["person"]["id"].clone()).unwrap()).await;
        let (mut ana, mut ben) = (a.connect().await, b.connect().await);
        let began = Instant::now();
        for _ in 0..20 {
            ana.say(&Command::Type { room, on: true }).await;
        }
        ben.hears(|event| matches!(event, Event::Typing(Typing { on: false, .. }))).await;
        let lasted = began.elapsed();
        assert!((Duration::from_millis(2_900)..Duration::from_millis(4_500)).contains(&lasted), "{lasted:?}");
        let told = ben.heard.iter().filter(|event| matches!(event, Event::Typing(Typing { on: true, .. })));
        assert_eq!(told.count(), 1);
    }

    async fn in_somebody_elses_room_it_is_refused_and_told_to_nobody(app: TestApp) {
        let (a, _) = app.pair().await;
        let (_, contacts) = a.call("care/contacts", json!({})).await;
        let room = a.open(serde_json::from_value(contacts[0]["person"]["id"].clone()).unwrap()).await;
        let mut ana = a.connect().await;
        app.person("Pat", Role::Patient).await;
        let mut pat = app.sign_in("pat").await.connect().await;
        for room in [room, RoomId(4_711)] {
            pat.say(&Command::Type { room, on: true }).await;
            pat.hears(|event| *event == Event::Refused { cid: None, error: Error::NotFound }).await;
        }
        assert!(ana.is_quiet().await);
    }
}
