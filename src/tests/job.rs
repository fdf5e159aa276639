//! Jobs: who takes which step, and how the conversation follows.

use super::{on_both_databases, testapp::TestApp};
use crate::{
    model::{
        Error, RoomId,
        account::Role,
        job::{JobStatus, Step},
        message::{Draft, Note},
        wire::Event,
    },
    server::{board, job, message},
};

on_both_databases! {
    async fn from_request_to_finish_with_the_conversation_behind_it(app: TestApp) {
        app.person("Bell", Role::Client).await;
        let piotr = app.person("Piotr", Role::Worker).await;
        app.person("Olga", Role::Staff).await;
        let (b, p) = (app.sign_in("bell").await, app.sign_in("piotr").await);
        app.sign_in("olga").await;
        let (client, worker, office) = (app.scope("bell").await, app.scope("piotr").await, app.scope("olga").await);
        let mut bell = b.connect().await;
        let mut line = p.connect().await;
        let made = job::request(&app.app, &client, " Mend the gate ", 1_800_000_000_000, None).await.unwrap();
        assert_eq!((made.title.as_str(), made.status, made.worker), ("Mend the gate", JobStatus::Requested, None));
        bell.hears(|event| *event == Event::Opened { room: made.room }).await;
        // Asked twice, it is one job.
        assert_eq!(job::request(&app.app, &client, "Mend the gate", 1_800_000_000_000, None).await.unwrap().id, made.id);
        assert_eq!(job::take(&app.app, &office, made.id, Step::Confirm).await, Err(Error::conflict("job_unassigned")));
        job::assign(&app.app, &office, made.id, Some(piotr)).await.unwrap();
        line.hears(|event| *event == Event::Opened { room: made.room }).await;
        for (step, status) in [(Step::Confirm, JobStatus::Confirmed), (Step::Start, JobStatus::Started), (Step::Finish, JobStatus::Finished)] {
            let taken = job::take(&app.app, &worker, made.id, step).await.unwrap();
            assert_eq!(taken.status, status);
            bell.hears(|event| matches!(event, Event::Posted(one) if one.note == Some(Note::Status { status }))).await;
            // The answer may have been lost: asked again, nothing happens twice.
            assert_eq!(job::take(&app.app, &worker, made.id, step).await.unwrap(), taken);
        }
        assert_eq!(job::take(&app.app, &office, made.id, Step::Cancel).await, Err(Error::conflict("job_status")));
        // Somebody left their keys.
        let post = async |words: &str| message::post(&app.app, &client, Draft::text(crate::model::Cid(rand::random()), made.room, words.into())).await;
        assert!(post("My keys?").await.is_ok());
        app.app.clock.advance(8 * 24 * 3_600_000);
        app.sign_in("bell").await;
        assert_eq!(post("My keys!").await, Err(Error::conflict("room_closed")));
    }

    async fn what_is_next_stands_on_the_board_however_much_comes_after_it(app: TestApp) {
        app.person("Bell", Role::Client).await;
        app.person("Olga", Role::Staff).await;
        for name in ["bell", "olga"] {
            app.sign_in(name).await;
        }
        let (bell, olga) = (app.scope("bell").await, app.scope("olga").await);
        for at_ms in [0, i64::MAX, 4_200_000_000_000] {
            let asked = job::request(&app.app, &bell, "Mend the gate", at_ms, None).await;
            assert_eq!(asked, Err(Error::invalid("at", crate::model::Why::Unknown)), "{at_ms}");
        }
        let today = job::request(&app.app, &bell, "Mend the gate", 1_800_000_000_000, None).await.unwrap();
        for day in 1..=job::LIST_MAX {
            job::request(&app.app, &bell, "Sweep", 1_900_000_000_000 + i64::from(day) * 86_400_000, None).await.unwrap();
        }
        let board = board::board(&app.app, &olga, None).await.unwrap();
        assert!(board.more && board.jobs.len() == job::LIST_MAX as usize);
        assert_eq!(board.jobs.last().unwrap().job, today, "the latest first, the next last");
        // One that is asked for is there, and one that is not one's own takes nothing with it.
        let far = job::list(&app.app, &olga, None, 1).await.unwrap().remove(0);
        let board = board::board(&app.app, &olga, Some(far.id)).await.unwrap();
        assert_eq!(board.jobs[0].job, far);
        app.person("Piotr", Role::Worker).await;
        app.sign_in("piotr").await;
        assert_eq!(board::board(&app.app, &app.scope("piotr").await, Some(far.id)).await.unwrap().jobs, []);
    }

    async fn everybody_has_their_part_and_others_none(app: TestApp) {
        app.person("Bell", Role::Client).await;
        let piotr = app.person("Piotr", Role::Worker).await;
        for (name, role) in [("Eve", Role::Client), ("Wim", Role::Worker), ("Doc", Role::Practitioner), ("Olga", Role::Staff)] {
            app.person(name, role).await;
        }
        for name in ["bell", "piotr", "eve", "wim", "doc", "olga"] {
            app.sign_in(name).await;
        }
        let (client, office) = (app.scope("bell").await, app.scope("olga").await);
        let made = job::request(&app.app, &client, "Lift", 1_800_000_000_000, None).await.unwrap();
        for name in ["eve", "wim", "doc", "piotr"] {
            let me = app.scope(name).await;
            assert_eq!(job::one(&app.app, &me, made.id).await, Err(Error::NotFound), "{name}");
            assert_eq!(job::take(&app.app, &me, made.id, Step::Cancel).await, Err(Error::NotFound), "{name}");
            assert_eq!(job::assign(&app.app, &me, made.id, Some(piotr)).await, Err(Error::NotFound), "{name}");
            assert_eq!(job::list(&app.app, &me, None, 50).await, Ok(Vec::new()), "{name}");
        }
        assert_eq!(job::assign(&app.app, &client, made.id, Some(piotr)).await, Err(Error::Forbidden));
        assert_eq!(job::take(&app.app, &client, made.id, Step::Confirm).await, Err(Error::Forbidden));
        assert_eq!(job::assign(&app.app, &office, made.id, Some(client.account)).await, Err(Error::NotFound));
        assert_eq!(job::request(&app.app, &app.scope("wim").await, "Mine", 1_800_000_000_000, None).await, Err(Error::Forbidden));
        assert_eq!(job::list(&app.app, &office, Some(JobStatus::Requested), 50).await.unwrap(), std::slice::from_ref(&made));
        let cancelled = job::take(&app.app, &client, made.id, Step::Cancel).await.unwrap();
        assert_eq!(cancelled.status, JobStatus::Cancelled);
        let draft = Draft::text(crate::model::Cid(rand::random()), RoomId(made.room.0), "Still?".into());
        assert_eq!(message::post(&app.app, &client, draft).await.map(|_| ()), Err(Error::conflict("room_closed")));
    }
}
