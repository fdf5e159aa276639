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
        app.person("Cy", Role::Practitioner).await;
        let mut stranger = app.sign_in("cy").await.connect().await;
        let _doctor = b.connect().await;
        assert!(stranger.is_quiet().await);
    }
}
