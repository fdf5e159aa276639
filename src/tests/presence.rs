//! Presence: who is told that somebody came or went.

use super::{on_both_databases, testapp::TestApp};
use crate::model::{AccountId, account::Role, wire::Event};

fn is_about(event: &Event, account: AccountId, online: bool) -> bool {
    matches!(event, Event::Presence(presence) if presence.account == account && presence.online == online)
}

on_both_databases! {
    async fn a_patient_sees_the_doctor_come_and_go(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        let (a, b) = (app.sign_in("ana").await, app.sign_in("ben").await);
        let mut patient = a.connect().await;
        let mut doctor = b.connect().await;
        patient.hears(|event| is_about(event, ben, true)).await;
        let (_, contacts) = a.call("care/contacts", serde_json::json!({})).await;
        assert_eq!(contacts[0]["presence"]["online"], true);
        doctor.stream.close(None).await.unwrap();
        let gone = patient.hears(|event| is_about(event, ben, false)).await;
        assert!(matches!(gone, Event::Presence(presence) if presence.last_seen_ms.is_some()));
    }

    async fn whoever_connects_later_is_told_who_is_there(app: TestApp) {
        let (ana, ben) = (app.person("Ana", Role::Patient).await, app.person("Ben", Role::Practitioner).await);
        app.link(ana, ben).await;
        let (a, b) = (app.sign_in("ana").await, app.sign_in("ben").await);
        let _doctor = b.connect().await;
        let patient = a.connect().await;
        let told = patient.heard.iter().any(|event| {
            matches!(event, Event::Welcome { presence, .. } if presence.len() == 1 && presence[0].account == ben)
        });
        assert!(told, "{:?}", patient.heard);
    }

    async fn closing_one_of_two_tabs_is_not_going(app: TestApp) {
        let (a, b) = app.pair().await;
        let mut patient = a.connect().await;
        let mut first = b.connect().await;
        let _second = b.connect().await;
        patient.hears(|event| matches!(event, Event::Presence(presence) if presence.online)).await;
        first.stream.close(None).await.unwrap();
        assert!(patient.is_quiet().await);
    }

    async fn a_reload_is_no_absence(app: TestApp) {
        let (a, b) = app.pair().await;
        let mut patient = a.connect().await;
        let mut doctor = b.connect().await;
        patient.hears(|event| matches!(event, Event::Presence(presence) if presence.online)).await;
        doctor.stream.close(None).await.unwrap();
        drop(doctor);
        let _again = b.connect().await;
        let gone = tokio::time::timeout(std::time::Duration::from_millis(500), async {
            patient.hears(|event| matches!(event, Event::Presence(presence) if !presence.online)).await
        });
        assert!(gone.await.is_err(), "told of an absence that was none");
    }

    async fn strangers_are_told_nothing(app: TestApp) {
        let (_, b) = app.pair().await;
        app.person("Cy", Role::Patient).await;
        let mut stranger = app.sign_in("cy").await.connect().await;
        let _doctor = b.connect().await;
        assert!(stranger.is_quiet().await);
    }

    async fn of_fifty_five_people_with_two_connected_exactly_two_are_there_for_everybody(app: TestApp) {
        let mut names = Vec::new();
        for number in 0..55 {
            let name = format!("Person{number}");
            app.person(&name, Role::Staff).await;
            names.push(name.to_lowercase());
        }
        let (first, second) = (app.sign_in(&names[3]).await, app.sign_in(&names[40]).await);
        let (mut one, _two) = (first.connect().await, second.connect().await);
        one.hears(|event| matches!(event, Event::Presence(presence) if presence.online)).await;
        assert!(one.is_quiet().await, "{:?}", one.heard);
        let members: Vec<i64> = app.app.db.all("select id from account", crate::args![]).await.unwrap().into_iter().map(|(id,): (i64,)| id).collect();
        let (_, room) = first.call("member/group", serde_json::json!({ "title": "All", "members": members })).await;
        for user in [&first, &second] {
            let (_, visit) = user.call("room/enter", serde_json::json!({ "room": room, "stretch": "newest" })).await;
            let presence = visit["presence"].as_array().unwrap();
            assert_eq!(presence.len(), 55);
            assert_eq!(presence.iter().filter(|one| one["online"] == true).count(), 2);
        }
        let third = app.sign_in(&names[7]).await.connect().await;
        let Event::Welcome { presence, .. } = &third.heard[0] else { panic!("{:?}", third.heard) };
        assert_eq!(presence.len(), 2);
    }

    async fn whoever_does_nothing_for_minutes_is_away_until_they_stir(app: TestApp) {
        let timing = crate::server::Timing { idle_after: std::time::Duration::from_millis(700), ..app.app.timing };
        let app = app.restart_with(timing).await;
        let (a, b) = app.pair().await;
        let (mut patient, mut doctor) = (a.connect().await, b.connect().await);
        patient.hears(|event| matches!(event, Event::Presence(presence) if presence.online)).await;
        let gone = patient.hears(|event| matches!(event, Event::Presence(presence) if !presence.online)).await;
        assert!(matches!(gone, Event::Presence(presence) if presence.last_seen_ms.is_some()));
        // A sign of life from the machine is none from the person.
        doctor.say(&crate::model::wire::Command::Ping {}).await;
        doctor.hears(|event| *event == Event::Pong {}).await;
        patient.say(&crate::model::wire::Command::Active {}).await;
        assert!(patient.is_quiet().await);
        doctor.say(&crate::model::wire::Command::Active {}).await;
        patient.hears(|event| matches!(event, Event::Presence(presence) if presence.online)).await;
    }

    async fn a_twenty_first_tab_is_told_so(app: TestApp) {
        app.person("Ana", Role::Patient).await;
        let user = app.sign_in("ana").await;
        let mut tabs = Vec::new();
        for _ in 0..20 {
            tabs.push(user.connect().await);
        }
        let mut one_more = user.knock(&[("origin", "http://confer.test")]).await.unwrap();
        one_more.hears(|event| matches!(event, Event::Refused { error: crate::model::Error::Slow { retry_ms }, .. } if *retry_ms > 0)).await;
        assert_eq!(one_more.closes().await, Some(crate::model::wire::close::CROWDED));
        tabs.pop();
        for _ in 0..50 {
            if app.app.hub.size().0 < 20 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        user.connect().await;
    }
}
