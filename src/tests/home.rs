//! Home: who waits for an answer, who comes, and that nobody sees another one's.

use super::{
    on_both_databases,
    testapp::{TestApp, text},
};
use crate::{
    model::{
        Cid, Error, RoomId, account::Role, home::Patient, job::Step, message::Draft, timeline::Delivery,
    },
    server::{home, job, message, receipt},
};
use axum::http::StatusCode;
use serde_json::json;

async fn post(app: &TestApp, name: &str, room: RoomId, words: &str) {
    let draft = Draft::text(Cid(rand::random()), room, words.into());
    message::post(&app.app, &app.scope(name).await, draft).await.unwrap();
    app.app.clock.advance(60_000);
}

async fn patients(app: &TestApp) -> Vec<(String, Option<i64>, bool, Option<Delivery>)> {
    let now_ms = app.app.clock.now_ms();
    let patients = home::patients(&app.app, &app.scope("ben").await).await.unwrap();
    let told = |one: Patient| {
        let waits_min = one.waits_since_ms.map(|ms| (now_ms - ms) / 60_000);
        (one.contact.person.name.clone(), waits_min, one.is_unseen(), one.delivery)
    };
    patients.into_iter().map(told).collect()
}

on_both_databases! {
    async fn whoever_waits_longest_stands_first_and_an_answer_ends_the_wait(app: TestApp) {
        let (a, _b) = app.pair().await;
        let ben = app.scope("ben").await;
        let cleo = app.person("Cleo", Role::Patient).await;
        app.link(cleo, ben.account).await;
        let c = app.sign_in("cleo").await;
        let (with_ana, with_cleo) = (a.open(ben.account).await, c.open(ben.account).await);
        let ana = || "Ana".to_owned();
        let cleo = || "Cleo".to_owned();
        assert_eq!(patients(&app).await, [(ana(), None, false, None), (cleo(), None, false, None)]);
        post(&app, "cleo", with_cleo, "My chest is tight").await;
        post(&app, "ana", with_ana, "It hurts").await;
        post(&app, "cleo", with_cleo, "Are you there?").await;
        // Since the first of what nobody has answered.
        assert_eq!(patients(&app).await, [(cleo(), Some(3), true, None), (ana(), Some(2), true, None)]);
        // Who has been read still waits, behind those nobody has read.
        receipt::read_now(&app.app, &ben, with_cleo, 2).await.unwrap();
        assert_eq!(patients(&app).await, [(ana(), Some(2), true, None), (cleo(), Some(3), false, None)]);
        post(&app, "ben", with_ana, "I come at ten").await;
        assert_eq!(patients(&app).await, [(cleo(), Some(4), false, None), (ana(), None, false, Some(Delivery::Sent))]);
        receipt::read_now(&app.app, &app.scope("ana").await, with_ana, 2).await.unwrap();
        assert_eq!(patients(&app).await[1], (ana(), None, false, Some(Delivery::Read)));
        assert_eq!(home::patients(&app.app, &app.scope("ana").await).await.unwrap().len(), 0, "patients have none");
    }

    async fn whoever_says_that_no_answer_is_needed_ends_the_wait_up_to_what_they_saw(app: TestApp) {
        let (a, b) = app.pair().await;
        let ben = app.scope("ben").await;
        let room = a.open(ben.account).await;
        let ana = app.scope("ana").await.account;
        post(&app, "ben", room, "The plaster may come off").await;
        post(&app, "ana", room, "I will").await;
        post(&app, "ana", room, "And thank you").await;
        let waits = async || patients(&app).await[0].1;
        assert_eq!(waits().await, Some(2));
        let path = format!("/patients/{ana}/settle");
        let offers = async || {
            let page = text(b.get("/").await).await;
            assert!(page.contains("“And thank you”"), "{page}");
            page.contains(&path).then(|| page.contains("name=\"seq\" value=\"3\"") && page.contains("No answer needed"))
        };
        assert_eq!(offers().await, None, "nobody can say so of words they have not read");
        b.submit(&path, "seq=3").await;
        assert_eq!(waits().await, Some(2), "not even by hand");
        receipt::read_now(&app.app, &ben, room, 3).await.unwrap();
        assert_eq!(offers().await, Some(true));
        // What came while the page was on the screen is not settled with it.
        post(&app, "ana", room, "But now it bleeds").await;
        assert_eq!(b.submit(&path, "seq=3").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(waits().await, Some(1));
        receipt::read_now(&app.app, &ben, room, 4).await.unwrap();
        b.submit(&path, "seq=4").await;
        assert_eq!(waits().await, None);
        assert!(!text(b.get("/").await).await.contains("Waiting longest"));
        // Neither the past nor the future is settled by a number.
        b.submit(&path, "seq=2").await;
        b.submit(&path, "seq=99").await;
        post(&app, "ana", room, "It still does").await;
        assert_eq!(waits().await, Some(1));
        receipt::read_now(&app.app, &ben, room, 5).await.unwrap();
        // A note behind what was read, which nobody has to read, changes nothing.
        let nurse = app.person("Ingrid", Role::Staff).await;
        b.call("member/invite", json!({ "room": room, "account": nurse })).await;
        let page = text(b.get("/").await).await;
        assert!(page.contains("name=\"seq\" value=\"5\""), "{page}");
        let shown = format!("/patients/{}/settle", ben.account);
        assert_eq!(a.submit(&shown, "seq=5").await.status(), StatusCode::NOT_FOUND, "a patient settles nothing");
        app.person("Olga", Role::Practitioner).await;
        let olga = app.sign_in("olga").await;
        assert_eq!(olga.submit(&path, "seq=5").await.status(), StatusCode::NOT_FOUND, "nor does another one's doctor");
        assert_eq!(waits().await, Some(1));
        b.submit(&path, "seq=5").await;
        assert_eq!(waits().await, None);
    }

    async fn the_page_says_who_waits_and_finds_a_patient_by_name_or_birthday(app: TestApp) {
        let (a, b) = app.pair().await;
        let ben = app.scope("ben").await;
        let cleo = app.person("Cleo", Role::Patient).await;
        app.link(cleo, ben.account).await;
        let room = a.open(ben.account).await;
        post(&app, "ana", room, "It hurts <b>here</b>").await;
        let page = text(b.get("/").await).await;
        assert!(page.contains("Waiting longest") && page.contains("“It hurts &lt;b&gt;here&lt;/b&gt;”"), "{page}");
        assert!(page.contains("1 min"));
        for (address, ana, cleo) in [
            ("/patients", true, true),
            ("/patients?q=an", true, false),
            ("/patients?q=1952", false, false),
            ("/patients?q=1951", true, true),
            ("/patients?q=12%2F03%2F1951", true, true),
            ("/patients?q=03%2F12%2F1951", false, false),
            ("/patients?q=1951-03-12", true, true),
            ("/patients?q=12+March+1951", true, true),
            ("/patients?q=cleo", false, true),
            ("/patients?show=waiting", true, false),
            ("/patients?q=%3Cscript%3E", false, false),
        ] {
            let page = text(b.get(address).await).await;
            let has = |name: &str| page.contains(&format!("<b>{name}<"));
            assert_eq!((has("Ana"), has("Cleo")), (ana, cleo), "{address}");
            assert!(!page.contains("<script>\""), "what was typed is no markup");
        }
        let page = text(a.get("/patients").await).await;
        assert!(!page.contains("<b>Cleo<"), "a patient sees no patients");
    }

    async fn what_a_colleague_answers_is_not_taken_for_the_patients_words(app: TestApp) {
        let (a, b) = app.pair().await;
        let ben = app.scope("ben").await;
        let nurse = app.person("Ingrid", Role::Staff).await;
        let room = a.open(ben.account).await;
        assert_eq!(b.call("member/invite", json!({ "room": room, "account": nurse })).await.0, StatusCode::OK);
        app.sign_in("ingrid").await;
        post(&app, "ana", room, "My chest is tight").await;
        let page = text(b.get("/").await).await;
        assert!(page.contains("“My chest is tight”"), "the queue quotes the patient: {page}");
        post(&app, "ingrid", room, "Please take the white tablet").await;
        let page = text(b.get("/").await).await;
        assert!(page.contains("Ingrid: Please take the white tablet"), "{page}");
        assert!(!page.contains("“Please take"), "{page}");
        assert_eq!(patients(&app).await[0].1, None, "somebody has answered");
    }

    async fn a_patient_sees_their_visits_and_nobody_elses(app: TestApp) {
        let (a, b) = app.pair().await;
        let ana = app.scope("ana").await;
        app.person("Olga", Role::Staff).await;
        app.person("Eve", Role::Patient).await;
        let nina = app.person("Nina", Role::Staff).await;
        let (olga, eve) = (app.sign_in("olga").await, app.sign_in("eve").await);
        let office = app.scope("olga").await;
        let at_ms = app.app.clock.now_ms() + 3_600_000;
        let visit = job::request(&app.app, &office, "Change of dressing", at_ms, Some(ana.account)).await.unwrap();
        job::assign(&app.app, &office, visit.id, Some(nina)).await.unwrap();
        let asked = job::request(&app.app, &ana, "Another one", at_ms, None).await;
        assert_eq!(asked, Err(Error::Forbidden), "a visit is planned by the office");
        let home = text(a.get("/").await).await;
        assert!(home.contains("Coming visits") && home.contains("Change of dressing"), "{home}");
        assert!(home.contains("Nina"));
        let open = format!("/jobs/{}", visit.id);
        assert!(text(a.get(&open).await).await.contains("data-from"));
        let ask = json!({ "job": visit.id });
        assert_eq!(a.call("job/room", ask.clone()).await, (StatusCode::OK, json!(visit.room)));
        // The office plans the visit, and does not read what is said about it.
        for other in [&b, &eve, &olga] {
            assert_eq!(other.call("job/room", ask.clone()).await.0, StatusCode::NOT_FOUND);
        }
        for other in [&b, &eve] {
            for page in ["/", "/jobs", "/jobs?show=all", &open] {
                assert!(!text(other.get(page).await).await.contains("Change of dressing"), "{page}");
            }
        }
        assert!(text(olga.get("/jobs?q=dressing").await).await.contains("Change of dressing"));
        assert!(!text(olga.get("/jobs?q=gutters").await).await.contains("Change of dressing"));
        job::take(&app.app, &ana, visit.id, Step::Cancel).await.unwrap();
        let home = text(a.get("/").await).await;
        assert!(home.contains("No visits are planned"), "{home}");
    }
}
