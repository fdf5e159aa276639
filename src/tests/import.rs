//! Import: whole or not at all, and the same the second time.

use super::{on_both_databases, testapp::TestApp};
use crate::{
    args,
    server::import::{ImportError, Report, import, read},
};
use serde_json::{Value, json};

fn clinic() -> Value {
    json!({
        "people": [
            { "email": "ana@x.org", "name": "Ana", "role": "patient", "password": "correct horse", "born": "1951-03-12" },
            { "email": "Ben@x.org", "name": "Dr Ben", "role": "practitioner", "password": "correct horse" },
            { "email": "cy@x.org", "name": "Cy", "role": "client", "password": "correct horse" },
            { "email": "di@x.org", "name": "Di", "role": "worker", "password": "correct horse" }
        ],
        "care": [{ "patient": "ana@x.org", "practitioner": "ben@x.org" }],
        "groups": [{ "title": "Heart care team", "members": ["ben@x.org", "di@x.org"] }],
        "jobs": [{ "title": "Home visit", "client": "cy@x.org", "worker": "di@x.org", "status": "requested", "at": "2026-11-21T09:00:00Z" }]
    })
}

async fn run(app: &TestApp, file: &Value) -> Result<Report, ImportError> {
    import(&app.app.db, &app.app.clock, &read(&file.to_string())?).await
}

async fn rows(app: &TestApp) -> Vec<(i64, i64, i64, i64, i64)> {
    app.app.db.all(
        "select (select count(*) from account), (select count(*) from care), (select count(*) from room), \
         (select count(*) from member), (select count(*) from job)",
        args![],
    ).await.unwrap()
}

on_both_databases! {
    async fn a_file_becomes_people_links_groups_and_jobs(app: TestApp) {
        let report = run(&app, &clinic()).await.unwrap();
        assert_eq!(rows(&app).await, [(4, 1, 3, 6, 1)]);
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["people"][1]["email"], "ben@x.org");
        let id = |index: usize| json["people"][index]["user_id"].clone();
        assert_eq!(json["rooms"][0]["kind"], "care");
        assert_eq!(json["rooms"][0]["members"], json!([id(0), id(1)]));
        assert_eq!(json["jobs"][0]["room_id"], json["rooms"][2]["room_id"]);
        assert_eq!(json["jobs"][0]["members"], json!([id(2), id(3)]));
        let ana = app.sign_in("ana").await;
        let (_, contacts) = ana.call("care/contacts", json!({})).await;
        assert_eq!(contacts[0]["room"], json["rooms"][0]["room_id"]);
    }

    async fn the_same_file_again_changes_nothing(app: TestApp) {
        let first = run(&app, &clinic()).await.unwrap();
        let second = run(&app, &clinic()).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(rows(&app).await, [(4, 1, 3, 6, 1)]);
    }

    async fn a_bad_entry_is_named_and_nothing_is_written(app: TestApp) {
        let cases: [(&str, Value, &str); 12] = [
            ("/people/2/role", json!("king"), "people[2]"),
            ("/people/1/email", json!("no address"), "people[1]"),
            ("/people/1/password", json!("short"), "people[1]"),
            ("/people/0/born", json!("12.03.1951"), "people[0]"),
            ("/people/3", json!(null), "people[3]"),
            ("/care/0/patient", json!("nobody@x.org"), "care[0]"),
            ("/care/0/practitioner", json!("cy@x.org"), "care[0]"),
            ("/groups/0/title", json!(" "), "groups[0]"),
            ("/groups/0/members", json!([]), "groups[0]"),
            ("/jobs/0/at", json!("tomorrow"), "jobs[0]"),
            ("/jobs/0/status", json!("forgotten"), "jobs[0]"),
            ("/jobs/0/worker", json!("cy@x.org"), "jobs[0]"),
        ];
        for (place, value, named) in cases {
            let mut file = clinic();
            *file.pointer_mut(place).unwrap() = value;
            let error = run(&app, &file).await.unwrap_err().to_string();
            assert!(error.starts_with(named), "{place}: {error}");
            assert!(!error.contains('\n'), "{error}");
            assert_eq!(rows(&app).await, [(0, 0, 0, 0, 0)], "{place}");
        }
    }

    async fn somebody_who_is_already_here_keeps_password_and_role(app: TestApp) {
        run(&app, &clinic()).await.unwrap();
        let mut again = clinic();
        again["people"][0]["password"] = json!("another horse");
        run(&app, &again).await.unwrap();
        app.sign_in("ana").await;
        again["people"][0]["role"] = json!("staff");
        assert!(run(&app, &again).await.unwrap_err().to_string().starts_with("people[0]"));
    }
}

#[test]
fn what_is_not_an_import_file_is_said_in_one_line() {
    for text in ["", "[]", "{", r#"{"peoples":[]}"#] {
        let error = read(text).unwrap_err().to_string();
        assert!(!error.contains('\n'), "{error}");
    }
}
