//! A database filled for a run: people who are signed in already, their rooms, and some history.

use super::Fallible;
use confer::{
    args,
    model::{AccountId, Cid, RoomId, account::Role, job::JobStatus},
    server::{
        account::{self, NewAccount},
        clock::Clock,
        db::{Db, Tx},
        job::{self, NewJob},
        random_hex, room, session,
    },
};
use tower_sessions::session::Id;

/// A database being filled; nothing in it counts before `commit`.
pub struct House {
    db: Db,
    tx: Tx,
    /// Everybody's password.
    pub words: String,
    tag: String,
    password: String,
    now_ms: i64,
    made: usize,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub struct Guest {
    pub account: AccountId,
    pub email: String,
    pub cookie: String,
}

/// A room, and the number of its newest message.
#[derive(Clone, Debug)]
pub struct Lounge {
    pub room: i64,
    pub job: Option<i64>,
    pub head: i64,
    /// Places in the list of guests.
    pub members: Vec<usize>,
}

const SESSION_MS: i64 = session::ABSOLUTE_HOURS * 3_600_000;

impl House {
    /// Opens a database and brings its schema up; what is in it already stays.
    pub async fn open(url: &str) -> Fallible<House> {
        let db = Db::open(url).await?;
        db.migrate(&random_hex()).await?;
        // One hash for everybody: a thousand of them would take minutes.
        let words = random_hex();
        let password = account::hash(words.clone()).await?;
        let tag = random_hex()[..12].to_owned();
        let tx = db.begin().await?;
        Ok(House { db, tx, words, tag, password, now_ms: Clock::Wall.now_ms(), made: 0 })
    }

    /// Makes people, each with a session.
    pub async fn people(&mut self, count: usize) -> Fallible<Vec<Guest>> {
        let mut guests = Vec::with_capacity(count);
        for _ in 0..count {
            self.made += 1;
            let new = NewAccount {
                email: format!("guest-{}-{}@load.example", self.tag, self.made),
                name: format!("Guest {}", self.made),
                role: Role::Practitioner,
                headline: None,
                born: None,
            };
            let account = account::add(&mut self.tx, &new, &self.password, self.now_ms).await?;
            guests.push(Guest { account, email: new.email, cookie: self.sign_in(account).await? });
        }
        Ok(guests)
    }

    /// A session as the server's own store makes it, and the cookie that opens it.
    async fn sign_in(&mut self, account: AccountId) -> Fallible<String> {
        let id = Id(rand::random());
        let data = format!("{{\"{}\":{account}}}", session::ACCOUNT);
        self.tx
            .run(
                "insert into session (key, account_id, data, created_at, expires_at) values ($1, $2, $3, $4, $5)",
                args![session::key(&id), account, data, self.now_ms, self.now_ms + SESSION_MS],
            )
            .await?;
        Ok(format!("confer={id}"))
    }

    /// Makes a group room of some of the guests.
    pub async fn room(&mut self, guests: &[Guest], members: Vec<usize>) -> Fallible<Lounge> {
        let added: Option<(i64,)> = self
            .tx
            .maybe(
                "insert into room (kind, title, created_at) values ('group', $1, $2) returning id",
                args![format!("Lounge of {}", members.len()), self.now_ms],
            )
            .await?;
        let (room,) = added.ok_or("a new room has no id")?;
        let people: Vec<AccountId> = members.iter().map(|member| guests[*member].account).collect();
        room::join(&mut self.tx, RoomId(room), &people, self.now_ms).await?;
        Ok(Lounge { room, job: None, head: 0, members })
    }

    /// Makes a job and its room: the first of two is the client, the other one the worker.
    pub async fn job(&mut self, guests: &[Guest], members: Vec<usize>) -> Fallible<Lounge> {
        let [client, worker] = members[..] else { return Err("a job is between two".into()) };
        let new = NewJob {
            title: "Window cleaning".into(),
            client: guests[client].account,
            worker: Some(guests[worker].account),
            status: JobStatus::Confirmed,
            at_ms: self.now_ms,
        };
        let (job, room, _) = job::add(&mut self.tx, &new, self.now_ms).await?;
        Ok(Lounge { room: room.0, job: Some(job.0), head: 0, members })
    }

    /// Fills a room with messages of its members in turn.
    pub async fn history(&mut self, guests: &[Guest], lounge: &mut Lounge, count: i64) -> Fallible<()> {
        for seq in lounge.head + 1..=lounge.head + count {
            let sender = guests[lounge.members[seq as usize % lounge.members.len()]].account;
            let body = format!("Word {seq} of what was said before, about as long as a sentence usually is.");
            self.tx
                .run(
                    "insert into message (room_id, seq, change, sender_id, cid, body, sent_at) \
                     values ($1, $2, $2, $3, $4, $5, $6)",
                    args![
                        lounge.room,
                        seq,
                        sender,
                        Cid(rand::random()),
                        body,
                        self.now_ms - (count - seq) * 60_000
                    ],
                )
                .await?;
        }
        lounge.head += count;
        self.tx.run("update room set last_seq = $2 where id = $1", args![lounge.room, lounge.head]).await?;
        Ok(())
    }

    /// Makes all of it durable.
    pub async fn commit(self) -> Fallible<()> {
        self.tx.commit().await?;
        // A planner that knows nothing of the new rows may read whole tables.
        if let Db::Postgres(_) = self.db {
            self.db.run("analyze", args![]).await?;
        }
        self.db.close().await;
        Ok(())
    }
}
