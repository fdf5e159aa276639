//! Demo people: a practice with its patients, jobs and some weeks of conversation, to try Confer out with.

mod house;
mod people;
mod talk;

use super::{account, clock::Clock, db::Db};
use crate::model::Error;
use house::House;

/// How the address of everybody in the demo ends.
pub const AT: &str = "@demo.confer";
/// The password of everybody in the demo.
pub const PASSWORD: &str = "confer-demo";

/// Why no demo people were made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error(
        "this database has people in it, and demo people are only put into an empty one; `confer serve` serves what is there"
    )]
    NotEmpty,
    #[error(transparent)]
    Script(#[from] talk::Slip),
    #[error("the demo speaks of {0}, who is not part of it")]
    Unknown(&'static str),
    #[error("no demo people were made: {0}")]
    Database(#[from] Error),
}

/// Fills an empty database, whole or not at all.
pub async fn fill(db: &Db, clock: &Clock) -> Result<(), DemoError> {
    if account::count(db).await? > 0 {
        return Err(DemoError::NotEmpty);
    }
    let talks = talk::all()?;
    // One hash for everybody: 55 of them would make the first start a slow one, and the password is known anyway.
    let hash = account::hash(PASSWORD.into()).await?;
    let mut house = House::begin(db, clock.now_ms()).await?;
    house.people(&hash).await?;
    house.care(&talks).await?;
    house.groups().await?;
    house.jobs().await?;
    house.talk(&talks).await?;
    house.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args;
    use std::{collections::BTreeSet, path::PathBuf};

    const NOW_MS: i64 = 1_795_254_000_000;

    /// A file of its own for each test; it goes with the test.
    struct Fresh {
        db: Db,
        folder: PathBuf,
    }

    impl Fresh {
        async fn new(test: &str) -> Fresh {
            let folder = std::env::temp_dir().join(format!("confer-demo-{test}-{}", std::process::id()));
            let db = Db::open(&format!("sqlite:{}", folder.join("confer.db").display())).await.unwrap();
            db.migrate("0123456789abcdef").await.unwrap();
            Fresh { db, folder }
        }

        async fn filled(test: &str) -> Fresh {
            let fresh = Fresh::new(test).await;
            fill(&fresh.db, &Clock::at(NOW_MS)).await.unwrap();
            fresh
        }

        async fn words(&self, sql: &'static str) -> BTreeSet<String> {
            let rows: Vec<(String,)> = self.db.all(sql, args![]).await.unwrap();
            rows.into_iter().map(|(word,)| word).collect()
        }

        async fn number(&self, sql: &'static str) -> i64 {
            let row: Option<(i64,)> = self.db.maybe(sql, args![]).await.unwrap();
            row.unwrap().0
        }
    }

    impl Drop for Fresh {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }

    #[tokio::test]
    async fn the_promised_people_and_jobs_are_there() {
        let demo = Fresh::filled("people").await;
        assert_eq!(account::count(&demo.db).await, Ok(55));
        let addresses = demo.words("select email from account").await;
        for key in ["okafor", "hale", "whitcombe", "lindqvist", "bell", "piotr", "admin"] {
            assert!(addresses.contains(&format!("{key}@demo.confer")), "{key}");
        }
        assert_eq!(demo.words("select role from account").await.len(), 6);
        assert_eq!(demo.words("select password from account").await.len(), 1);
        assert_eq!(demo.words("select status from job").await.len(), 4);
        assert_eq!(
            demo.number(
                "select count(*) from care c join account p on p.id = c.practitioner_id \
                 join account a on a.id = c.patient_id \
                 where p.role <> 'practitioner' or a.role <> 'patient'",
            )
            .await,
            0
        );
        let bell_and_piotr = demo
            .number(
                "select count(*) from job j join account c on c.id = j.client_id join account w on w.id = j.worker_id \
                 where c.email = 'bell@demo.confer' and w.email = 'piotr@demo.confer'",
            )
            .await;
        assert!(bell_and_piotr > 0);
    }

    #[tokio::test]
    async fn every_room_is_numbered_without_holes_and_only_members_speak() {
        let demo = Fresh::filled("rooms").await;
        let rooms: Vec<(i64, i64)> = demo.db.all("select id, last_seq from room", args![]).await.unwrap();
        for (room, last_seq) in rooms {
            let seqs: Vec<(i64, i64)> = demo
                .db
                .all("select seq, change from message where room_id = $1 order by sent_at", args![room])
                .await
                .unwrap();
            let expected: Vec<(i64, i64)> = (1..=last_seq).map(|seq| (seq, seq)).collect();
            assert_eq!(seqs, expected, "room {room}");
        }
        let strangers = demo
            .number(
                "select count(*) from message m where not exists \
                 (select 1 from member where room_id = m.room_id and account_id = m.sender_id)",
            )
            .await;
        assert_eq!(strangers, 0);
    }

    #[tokio::test]
    async fn the_conversations_are_long_and_end_shortly_before_now() {
        let demo = Fresh::filled("talk").await;
        assert!(demo.number("select max(last_seq) from room where kind = 'care'").await > 60);
        let newest_ms = demo.number("select max(sent_at) from message").await;
        assert!((NOW_MS - 15 * 60_000..NOW_MS).contains(&newest_ms));
        assert!(demo.number("select max(last_seen) from account").await < NOW_MS);
    }

    #[tokio::test]
    async fn a_database_with_people_in_it_is_refused_and_left_alone() {
        let demo = Fresh::filled("twice").await;
        let before = demo.number("select count(*) from message").await;
        let refusal = fill(&demo.db, &Clock::at(NOW_MS)).await.unwrap_err();
        assert!(matches!(refusal, DemoError::NotEmpty));
        assert!(refusal.to_string().contains("`confer serve`"), "{refusal}");
        assert_eq!(demo.number("select count(*) from message").await, before);
        assert_eq!(account::count(&demo.db).await, Ok(55));
    }
}
