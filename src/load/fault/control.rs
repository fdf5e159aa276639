//! Controls: servers spoilt on purpose. A checker that does not find them out is worth nothing.

use super::{
    answer,
    argument::Faults,
    database::rewrite,
    kill, leave, line, power,
    scene::Scene,
    talk::{Pace, Talk},
    verdict::Verdict,
    view,
};
use crate::Fallible;
use sqlx::{Connection, SqliteConnection};
use std::time::Duration;
use tokio::time::sleep;

const TALK_MS: u64 = 2_500;

/// All of them, one after another.
pub async fn run(faults: &Faults) -> Fallible<Vec<Verdict>> {
    Ok(vec![
        acked_early(faults).await?,
        without_key(faults).await?,
        talked(faults, "control: lost note", "lose_note", view::SKIPPED).await?,
        talked(faults, "control: reversed", "reverse", answer::ORDER).await?,
        talked(faults, "control: no answer", "no_answer", answer::UNANSWERED).await?,
        overheard(faults).await?,
        unsynced(faults).await?,
    ])
}

/// Answers that leave before the commit; whatever is killed in between is lost.
async fn acked_early(faults: &Faults) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.spoilt_plot("control: acks early", "ack_early")?).await?;
    kill::killed(&mut scene, 4).await?;
    found(scene, "acks before the commit, 4 kills", answer::LOST).await
}

/// No unique key and no look-up: what is said again is stored again.
async fn without_key(faults: &Faults) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.spoilt_plot("control: no key", "no_key")?).await?;
    drop_key(&scene.url).await?;
    scene.open().await?;
    let talk = Talk::start(&scene.clients, Pace { pause_ms: 10, ..Pace::default() });
    for _ in 0..8 {
        sleep(Duration::from_millis(150)).await;
        scene.clients.iter().for_each(|client| client.go());
        sleep(Duration::from_millis(30)).await;
        scene.clients.iter().for_each(super::client::Client::come);
        scene.all_back().await;
    }
    talk.stop();
    found(scene, "no unique (sender, cid), 8 cuts", line::STORED_TWICE).await
}

async fn talked(
    faults: &Faults,
    name: &'static str,
    sabotage: &str,
    expected: &'static str,
) -> Fallible<Verdict> {
    let mut scene = Scene::set(faults.spoilt_plot(name, sabotage)?).await?;
    scene.open().await?;
    Talk::for_ms(&scene.clients, Pace::default(), TALK_MS).await;
    found(scene, "talk alone", expected).await
}

/// Whoever was taken out goes on hearing.
async fn overheard(faults: &Faults) -> Fallible<Verdict> {
    let scene = leave::left(faults.spoilt_plot("control: listeners", "keep_listening")?).await?;
    found(scene, "removed members go on hearing", view::AFTER_REMOVAL).await
}

/// Commits that are not synced, and power cuts.
async fn unsynced(faults: &Faults) -> Fallible<Verdict> {
    let scene = power::lost(faults.spoilt_plot("control: no sync", "lazy_sync")?, 3).await?;
    found(scene, "synchronous=NORMAL, 3 power cuts", answer::LOST).await
}

/// The scene is judged, and something must be found.
pub async fn found(mut scene: Scene, faults: &str, expected: &'static str) -> Fallible<Verdict> {
    scene.patience = Duration::from_secs(12);
    let verdict = scene.judge(faults.to_owned()).await?;
    Ok(Verdict { expected: Some(expected), ..verdict })
}

/// Makes the table of messages anew without its key; SQLite cannot drop one.
async fn drop_key(url: &str) -> Fallible<()> {
    let mut connection = SqliteConnection::connect(url).await?;
    let (sql,): (String,) = sqlx::query_as("select sql from sqlite_schema where name = 'message'")
        .fetch_one(&mut connection)
        .await?;
    let kept: Vec<(String,)> = sqlx::query_as(
        "select sql from sqlite_schema where tbl_name = 'message' and type = 'index' and sql is not null",
    )
    .fetch_all(&mut connection)
    .await?;
    connection.close().await?;
    let key = "unique (sender_id, cid)";
    let without = sql.replace(&format!(",\n  {key}"), "");
    if without == sql {
        return Err(format!("the table of messages has no {key}").into());
    }
    let bare = without.replacen("message", "bare", 1);
    let again: Vec<String> = kept.into_iter().map(|(sql,)| sql).collect();
    rewrite(
        url,
        &format!(
            "pragma foreign_keys = off; {bare}; insert into bare select * from message; drop table message; \
             alter table bare rename to message; {};",
            again.join("; ")
        ),
    )
    .await
}
