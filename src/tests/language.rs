//! Pages speak their reader's language, and no other.

use super::{
    on_both_databases,
    testapp::{TestApp, User, form_request, text},
};
use crate::{
    args,
    model::{JobId, account::Role, job::Step, language::Language},
    server::{job, member},
    ui::text::{Text, still::StillText},
};
use axum::{
    body::Body,
    http::{Request, header},
};

const CID: &str = "000102030405060708090a0b0c0d0e0f";
/// Shorter pieces stand in names, addresses and classes by chance.
const TOO_SHORT: usize = 12;

/// What stands between the places of the English templates, beside the name of each.
fn english() -> Vec<(&'static str, &'static str)> {
    let (texts, still) = (Text::of(Language::En).all(), StillText::of(Language::En).all());
    let pieces = |(name, text): (&'static str, &'static str)| {
        text.split(['{', '}']).filter(|piece| piece.len() > TOO_SHORT).map(move |piece| (name, piece))
    };
    texts.into_iter().chain(still).flat_map(pieces).collect()
}

/// A page, asked for by a browser that is set to German.
async fn german(app: &TestApp, who: Option<&User<'_>>, path: &str) -> String {
    let mut request = Request::get(path).header(header::ACCEPT_LANGUAGE, "de-DE,de;q=0.9,en;q=0.8");
    if let Some(user) = who {
        request = request.header(header::COOKIE, &user.cookie);
    }
    text(app.ask(request.body(Body::empty()).unwrap()).await).await
}

fn is_german(page: &str, path: &str) {
    assert!(page.contains(r#"<html lang="de">"#), "{path}: {page}");
    for (name, piece) in english() {
        assert!(!page.contains(piece), "{path} says {name}: {piece}\n{page}");
    }
}

on_both_databases! {
    async fn a_german_reader_reads_german_everywhere(app: TestApp) {
        let (ana, ben) = app.pair().await;
        let ids: Vec<(i64,)> = app.app.db.all("select id from account where name = $1", args!["Ben"]).await.unwrap();
        let room = ana.open(crate::model::AccountId(ids[0].0)).await;
        ana.submit(&format!("/chat/room/{room}"), &format!("cid={CID}&body=Hallo")).await;
        app.person("Cora", Role::Client).await;
        let worker = app.person("Willi", Role::Worker).await;
        app.person("Olga", Role::Staff).await;
        let (cora, olga) = (app.sign_in("cora").await, app.sign_in("olga").await);
        let willi = app.sign_in("willi").await;
        let (client, office) = (app.scope("cora").await, app.scope("olga").await);
        let at_ms = app.app.clock.now_ms();
        let made = job::request(&app.app, &client, "Fenster", at_ms, None).await.unwrap();
        let JobId(id) = made.id;
        job::assign(&app.app, &office, made.id, Some(worker)).await.unwrap();
        job::take(&app.app, &office, made.id, Step::Confirm).await.unwrap();
        let (room, job) = (format!("/chat/room/{room}"), format!("/jobs/{id}"));
        let pages: Vec<(Option<&User>, &str, &str)> = vec![
            (None, "/login", "<title>Anmelden · Confer</title>"),
            (Some(&ana), "/", "Wählen Sie im Notfall die 999"),
            (Some(&ben), "/", "Meine Patientinnen und Patienten"),
            (Some(&olga), "/", "Hier stehen die Unterhaltungen"),
            (Some(&ana), "/chat", "Wählen Sie eine Unterhaltung"),
            (Some(&olga), "/chat", "Noch keine Unterhaltungen"),
            (Some(&ana), room.as_str(), "Nachricht an "),
            (Some(&cora), "/jobs", "Heute, "),
            (Some(&cora), "/jobs?new=1", "Auftrag anfragen"),
            (Some(&olga), job.as_str(), "Auftrag absagen"),
            (Some(&willi), job.as_str(), "Auftrag beginnen"),
            (Some(&cora), "/jobs/999999", "Diesen Auftrag gibt es hier nicht"),
            (Some(&olga), "/team", "gerade nicht da"),
            (Some(&ben), "/team", "Im Team: "),
            (Some(&ana), "/nowhere", "vielleicht veraltet oder vertippt"),
            (Some(&ana), "/chat/room/999999", "nicht für Sie bestimmt"),
        ];
        for (who, path, words) in pages {
            let page = german(&app, who, path).await;
            is_german(&page, path);
            assert!(page.contains(words), "{path} does not say {words}: {page}");
        }
    }

    async fn forms_answer_in_the_language_they_were_sent_in(app: TestApp) {
        let (ana, _ben) = app.pair().await;
        let unsent = format!("cid={CID}&body=Hallo");
        let forms = [
            (None, "/login", "email=ana%40x.org&password=no", "Dieses Passwort passt nicht"),
            (None, "/chat/room/1", unsent.as_str(), "Ihre Nachricht ist noch da"),
            (Some(&ana), "/chat/open", "with=999999", "<title>Etwas ist schiefgegangen · Confer</title>"),
            (Some(&ana), "/jobs/1/confirm", "", "nicht für Sie bestimmt"),
        ];
        for (who, path, form, words) in forms {
            let mut request = form_request(path, form);
            request.headers_mut().insert(header::ACCEPT_LANGUAGE, "de".parse().unwrap());
            if let Some(user) = who {
                request.headers_mut().insert(header::COOKIE, user.cookie.parse().unwrap());
            }
            let page = text(app.ask(request).await).await;
            is_german(&page, path);
            assert!(page.contains(words), "{path} does not say {words}: {page}");
        }
    }

    async fn whatever_the_house_writes_into_a_conversation_has_german_words(app: TestApp) {
        let mut ids = Vec::new();
        for name in ["Ana", "Ben", "Cy"] {
            ids.push(app.person(name, Role::Staff).await);
        }
        let worker = app.person("Willi", Role::Worker).await;
        app.person("Cora", Role::Client).await;
        for name in ["ana", "ben", "cy", "cora"] {
            app.sign_in(name).await;
        }
        let (ana, ben, cy) = (app.scope("ana").await, app.scope("ben").await, app.scope("cy").await);
        let room = member::group(&app.app, &ana, "Heart team", &[ids[1]]).await.unwrap();
        member::invite(&app.app, &ana, room, ids[2]).await.unwrap();
        member::rename(&app.app, &ana, room, "Hearts").await.unwrap();
        member::hand_over(&app.app, &ana, room, ids[1]).await.unwrap();
        member::remove(&app.app, &ben, room, ids[0]).await.unwrap();
        member::leave(&app.app, &cy, room).await.unwrap();
        member::dissolve(&app.app, &ben, room).await.unwrap();
        let cora = app.scope("cora").await;
        for title in ["Fenster", "Garten"] {
            let made = job::request(&app.app, &cora, title, app.app.clock.now_ms(), None).await.unwrap();
            job::assign(&app.app, &ana, made.id, Some(worker)).await.unwrap();
            let steps = [Step::Confirm, Step::Start, Step::Finish, Step::Cancel];
            for step in steps.into_iter().filter(|step| (*step == Step::Cancel) == (title == "Garten")) {
                job::take(&app.app, &ana, made.id, step).await.unwrap();
            }
        }
        let said: Vec<(String,)> =
            app.app.db.all("select distinct body from message where kind = 'system'", args![]).await.unwrap();
        assert!(said.len() >= 12, "{said:?}");
        for (body,) in said {
            assert_ne!(Text::of(Language::De).note(body.clone()), body);
            assert_eq!(Text::of(Language::En).note(body.clone()), body);
        }
    }

    async fn a_choice_outlives_the_browsers_own_language(app: TestApp) {
        let (ana, _ben) = app.pair().await;
        let chosen = |language: &str| User { on: &app, cookie: format!("{}; language={language}", ana.cookie) };
        let page = german(&app, Some(&chosen("en")), "/").await;
        assert!(page.contains(r#"<html lang="en-GB">"#) && page.contains("If it is an emergency, call 999"), "{page}");
        let page = text(chosen("de").get("/").await).await;
        assert!(page.contains(r#"<html lang="de">"#) && page.contains("Ihr Behandlungsteam"), "{page}");
        assert!(page.contains("<title>Start · Confer</title>"), "{page}");
        let page = text(ana.get("/").await).await;
        assert!(page.contains(r#"<html lang="en-GB">"#) && page.contains("Your care team"), "{page}");
    }
}
