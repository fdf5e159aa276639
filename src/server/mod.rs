//! The work: everything that touches a database, a socket, a disk or a clock.

pub mod account;
pub mod batch;
pub mod board;
pub mod care;
pub mod carrier;
pub mod checkpoint;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod describe;
pub mod device;
pub mod dialect;
pub mod egress;
pub mod gate;
pub mod home;
pub mod hook;
pub mod http;
pub mod hub;
pub mod import;
pub mod job;
pub mod link;
pub mod member;
pub mod message;
pub mod notice;
pub mod outbox;
pub mod person;
pub mod preference;
pub mod presence;
pub mod public;
pub mod publish;
pub mod rate;
pub mod receipt;
pub mod room;
pub mod session;
pub mod shelf;
pub mod socket;
pub mod stream;
pub mod tally;
pub mod token;
pub mod typing;
pub mod writer;

use crate::{
    args,
    model::{Error, Result},
};
use clock::Clock;
use config::Config;
use db::{Db, Durability, OpenError};
use egress::Egress;
use gate::Proven;
use hook::Hooks;
use hub::Hub;
use rate::Rates;
use receipt::Marks;
use shelf::Shelf;
use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tally::Tallies;
use token::{KeyError, Keys};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use typing::Writers;
use writer::Writer;

/// How long a stopping server waits for requests, and then again for its tasks: ten seconds in all.
pub const DRAIN: Duration = Duration::from_millis(4_500);

/// The running server: a cheap handle to everything it holds.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

/// The waiting times of a running server; tests shorten them.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// How long somebody may be away before others are told.
    pub grace: Duration,
    /// How often a connection is asked whether it still lives.
    pub ping_every: Duration,
    /// How long it may take to answer.
    pub pong_within: Duration,
    /// How long a fresh connection may stay silent.
    pub hello_within: Duration,
    /// How long somebody may do nothing before they count as away.
    pub idle_after: Duration,
    /// How often those who came and went are told.
    pub presence_every: Duration,
    /// How long receipts are gathered before they are stored.
    pub marks_every: Duration,
    /// How often rooms are compared with what was told here.
    pub heads_every: Duration,
    /// How often ended sessions are looked for.
    pub sessions_every: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Timing {
            grace: Duration::from_secs(10),
            ping_every: Duration::from_secs(25),
            pong_within: Duration::from_secs(8),
            hello_within: Duration::from_secs(10),
            idle_after: Duration::from_secs(5 * 60),
            presence_every: Duration::from_millis(250),
            marks_every: Duration::from_millis(100),
            heads_every: Duration::from_secs(5),
            sessions_every: Duration::from_millis(500),
        }
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error("nothing can be said to the outside: {0}")]
    Tls(#[from] rustls::Error),
}

#[derive(Debug)]
pub struct Parts {
    pub db: Db,
    pub hub: Hub,
    pub clock: Clock,
    pub config: Config,
    pub rates: Rates,
    pub proven: Proven,
    pub shelf: Shelf,
    /// What tokens are signed and proven with.
    pub keys: Keys,
    pub hooks: Hooks,
    /// The way to addresses somebody else has chosen.
    pub egress: Egress,
    pub timing: Timing,
    /// Which database this is. Whoever restores a backup removes it, so that clients start afresh.
    pub epoch: String,
    writer: Writer,
    marks: Marks,
    tallies: Tallies,
    writers: Writers,
    stored: AtomicU64,
    tasks: TaskTracker,
    stopping: CancellationToken,
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl App {
    /// Opens the database, brings its schema up and starts the tasks every server needs.
    pub async fn start(config: Config, clock: Clock, timing: Timing) -> Result<App, StartError> {
        let db = Db::open_with(&config.database_url, config.durability).await?;
        if config.durability == Durability::Process {
            tracing::warn!("CONFER_DURABILITY=process: a power cut may take messages that were acknowledged");
        }
        db.migrate(&random_hex()).await?;
        let epoch: Option<(String,)> = db
            .maybe("select value from fact where key = 'epoch'", args![])
            .await
            .map_err(|_| OpenError::Epoch)?;
        let (epoch,) = epoch.ok_or(OpenError::Epoch)?;
        let keys = Keys::load(&config)?;
        let egress = Egress::new(config.egress.clone(), config.mode == config::Mode::Production)?;
        let (writer, inboxes) = Writer::new(db.writers());
        let app = App(Arc::new(Parts {
            db,
            hub: Hub::default(),
            clock,
            timing,
            proven: Proven::default(),
            shelf: Shelf::default(),
            keys,
            hooks: Hooks::default(),
            egress,
            rates: Rates::new(&config.rate),
            config,
            epoch,
            writer,
            marks: Marks::default(),
            tallies: Tallies::default(),
            writers: Writers::default(),
            stored: AtomicU64::new(0),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }));
        for (shard, inbox) in inboxes.into_iter().enumerate() {
            app.spawn(writer::write(app.clone(), shard, inbox));
        }
        app.spawn(receipt::gather(app.clone()));
        app.spawn(tally::tell(app.clone()));
        app.spawn(presence::tell(app.clone()));
        app.spawn(typing::watch(app.clone()));
        app.spawn(publish::watch(app.clone()));
        app.spawn(session::watch(app.clone()));
        app.spawn(hook::call::tell(app.clone()));
        app.spawn(checkpoint::carry(app.clone()));
        app.spawn(account::warm_up());
        Ok(app)
    }

    /// Runs a task that shutdown waits for.
    #[expect(clippy::disallowed_methods, reason = "the one place that spawns, so that shutdown can wait")]
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(self.tasks.track_future(task));
    }

    /// Resolves when the server has been told to stop.
    pub async fn stopped(&self) {
        self.stopping.cancelled().await;
    }

    /// Whether the server has been told to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.is_cancelled()
    }

    /// How many messages this process has stored.
    pub fn stored_total(&self) -> u64 {
        self.stored.load(Ordering::Relaxed)
    }

    /// Tells every task to end: sockets close, readiness turns, the writer drains.
    pub fn begin_stop(&self) {
        self.stopping.cancel();
    }

    /// Stops taking new work, lets what was accepted finish, then closes the database.
    pub async fn stop(&self) {
        self.begin_stop();
        self.tasks.close();
        if tokio::time::timeout(DRAIN, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "some tasks did not end in time");
        }
        self.db.close().await;
    }
}

/// A failure nobody can act on: the cause goes to the log under an id, the person gets the id.
pub fn fault(cause: &dyn std::fmt::Display) -> Error {
    let id = random_hex()[..8].to_owned();
    tracing::error!(fault.id = %id, fault.cause = %cause, "something failed");
    Error::Fault { id }
}

/// 128 random bits as text.
pub fn random_hex() -> String {
    crate::model::Cid(rand::random()).to_string()
}
