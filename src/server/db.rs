//! The two databases behind one door: the same SQL text runs on SQLite and on PostgreSQL.

use super::batch::Places;
use crate::{
    model::{Error, Result},
    sabotage,
};
use sqlx::{
    ConnectOptions, Connection, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use std::{
    future::Future,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
    str::FromStr,
    time::Duration,
};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Reads run beside each other; SQLite has exactly one writer, so it gets exactly one connection.
const READERS: u32 = 8;
const POSTGRES_CONNECTIONS: u32 = 16;
/// How many rows an answer may be ahead of whoever reads it: as many as a batch has.
const ROWS_AHEAD: usize = 256;
/// How long a query waits for a connection before it answers `Unavailable`.
const PATIENCE: Duration = Duration::from_millis(2_500);
/// A connection to PostgreSQL used this recently is not asked whether it still lives.
const FRESH: Duration = Duration::from_secs(1);
/// How long any statement may take. A database that does not even refuse must not hang whoever asked.
const STATEMENT_WITHIN: Duration = Duration::from_secs(5);
/// How long closing waits for connections that do not answer.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// What an acknowledged message survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Durability {
    /// The loss of power: it is on the disk before anybody hears of it
    #[default]
    Power,
    /// The end of this program, however it comes; a power cut may take the last moments
    Process,
}

impl Durability {
    fn sqlite(self) -> SqliteSynchronous {
        match self {
            Durability::Power => SqliteSynchronous::Full,
            Durability::Process => SqliteSynchronous::Normal,
        }
    }

    fn postgres(self) -> &'static str {
        match self {
            Durability::Power => "on",
            Durability::Process => "off",
        }
    }
}

/// An open database.
#[derive(Clone, Debug)]
pub enum Db {
    Sqlite { read: SqlitePool, write: SqlitePool },
    Postgres(PgPool),
}

/// A transaction: everything in it happens, or nothing.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// A value bound to `$1`, `$2` … of a statement.
#[derive(Clone, Debug)]
pub enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Vec<u8>),
}

/// One statement in the two dialects, where they truly differ.
#[derive(Debug)]
pub struct Pair {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// A row type that both databases can fill.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

macro_rules! arg_from {
    ($($type:ty, $value:ident => $arg:expr;)+) => {$(
        impl From<$type> for Arg {
            fn from($value: $type) -> Self {
                $arg
            }
        }
    )+};
}

arg_from! {
    i64, value => Arg::Int(Some(value));
    Option<i64>, value => Arg::Int(value);
    u32, value => Arg::Int(Some(i64::from(value)));
    String, value => Arg::Text(Some(value));
    &String, value => Arg::Text(Some(value.clone()));
    &str, value => Arg::Text(Some(value.to_owned()));
    Option<String>, value => Arg::Text(value);
    Option<&str>, value => Arg::Text(value.map(str::to_owned));
    crate::model::AccountId, value => Arg::Int(Some(value.0));
    crate::model::RoomId, value => Arg::Int(Some(value.0));
    crate::model::MessageId, value => Arg::Int(Some(value.0));
    crate::model::JobId, value => Arg::Int(Some(value.0));
    crate::model::HookId, value => Arg::Int(Some(value.0));
    crate::model::Cid, value => Arg::Bytes(value.0.to_vec());
}

/// The values of a statement, in order: `args![me, room, 50u32]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::server::db::Arg::from($value)),*] };
}

macro_rules! bound {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
                Arg::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

/// One body for each verb, on every executor of either kind.
macro_rules! verbs {
    (($($self:tt)+), $on:ident, $sqlite:pat => $sqlite_read:expr, $sqlite_write:expr; $postgres:pat => $pg:expr) => {
        /// Every row.
        pub async fn all<T: Row>($($self)+, sql: &'static str, args: Vec<Arg>) -> Result<Vec<T>> {
            in_time(async {
                match $on {
                    $sqlite => bound!(sqlx::query_as::<Sqlite, T>(sql), args).fetch_all($sqlite_read).await,
                    $postgres => bound!(sqlx::query_as::<Postgres, T>(sql), args).fetch_all($pg).await,
                }
            })
            .await
        }

        /// The only row, if there is one.
        pub async fn maybe<T: Row>($($self)+, sql: &'static str, args: Vec<Arg>) -> Result<Option<T>> {
            in_time(async {
                match $on {
                    $sqlite => bound!(sqlx::query_as::<Sqlite, T>(sql), args).fetch_optional($sqlite_read).await,
                    $postgres => bound!(sqlx::query_as::<Postgres, T>(sql), args).fetch_optional($pg).await,
                }
            })
            .await
        }

        /// A statement that changes something; answers the number of rows changed.
        pub async fn run($($self)+, sql: &'static str, args: Vec<Arg>) -> Result<u64> {
            in_time(async {
                match $on {
                    $sqlite => bound!(sqlx::query::<Sqlite>(sql), args)
                        .execute($sqlite_write)
                        .await
                        .map(|done| done.rows_affected()),
                    $postgres => bound!(sqlx::query::<Postgres>(sql), args)
                        .execute($pg)
                        .await
                        .map(|done| done.rows_affected()),
                }
            })
            .await
        }
    };
}

/// A database that does not answer is away; what was asked is dropped, and with it the connection.
async fn in_time<T>(asked: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T> {
    match tokio::time::timeout(STATEMENT_WITHIN, asked).await {
        Ok(answer) => answer.map_err(fault),
        Err(_) => {
            tracing::warn!("the database does not answer");
            Err(Error::Unavailable { retry_ms: 1_000 })
        }
    }
}

impl Db {
    verbs!((&self), self, Db::Sqlite { read: _read, write: _write } => _read, _write; Db::Postgres(pool) => pool);

    /// Opens the database a URL names, without touching its schema; what it acknowledges survives a power cut.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        Db::open_with(url, Durability::Power).await
    }

    /// The same, for an operator who chose what acknowledged messages survive.
    pub async fn open_with(url: &str, durability: Durability) -> Result<Self, OpenError> {
        // The checker has to notice a database that promises more than it keeps.
        let durability = if sabotage::is("lazy_sync") { Durability::Process } else { durability };
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // Durability must not depend on the server's defaults.
            let options = PgConnectOptions::from_str(url)?
                .application_name("confer")
                .options([("synchronous_commit", durability.postgres())])
                .disable_statement_logging();
            let pool = PgPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .acquire_timeout(PATIENCE)
                // One that was used a moment ago is still there; asking each time would double every journey.
                .test_before_acquire(false)
                .before_acquire(|connection, known| {
                    Box::pin(async move {
                        if known.idle_for < FRESH {
                            return Ok(true);
                        }
                        Ok(connection.ping().await.is_ok())
                    })
                })
                .connect_with(options)
                .await?;
            return Ok(Db::Postgres(pool));
        }
        let Some(path) = url.strip_prefix("sqlite:") else {
            return Err(OpenError::Scheme);
        };
        let path = path.trim_start_matches("//");
        keep_private(Path::new(path))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(durability.sqlite())
            .foreign_keys(true)
            .busy_timeout(PATIENCE)
            // A thread that answers a batch's rows must not stop for each fifty to be taken.
            .row_buffer_size(ROWS_AHEAD)
            .disable_statement_logging();
        let write = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(PATIENCE)
            // A full or failing disk ends a transaction where the driver does not see it, and the connection would
            // refuse to begin another one for good.
            .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
            .test_before_acquire(false)
            .connect_with(options.clone().pragma("temp_store", "memory"))
            .await?;
        let read = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        let db = Db::Sqlite { read, write };
        db.prove(durability).await?;
        Ok(db)
    }

    /// Brings the schema up and makes sure the database has an epoch.
    pub async fn migrate(&self, fresh_epoch: &str) -> Result<(), OpenError> {
        match self {
            Db::Sqlite { write, .. } => SQLITE.run(write).await?,
            Db::Postgres(pool) => POSTGRES.run(pool).await?,
        }
        self.run(
            "insert into fact (key, value) values ('epoch', $1) on conflict (key) do nothing",
            args![fresh_epoch],
        )
        .await
        .map_err(|_| OpenError::Epoch)?;
        Ok(())
    }

    /// How the places of many values are written here.
    pub fn places(&self) -> Places {
        match self {
            Db::Sqlite { .. } => Places::Plain,
            Db::Postgres(_) => Places::Numbered,
        }
    }

    /// The text of a pair that this database reads.
    pub fn either(&self, pair: &Pair) -> &'static str {
        match self {
            Db::Sqlite { .. } => pair.sqlite,
            Db::Postgres(_) => pair.postgres,
        }
    }

    /// How many may write at the same time: SQLite has one writer, PostgreSQL commits side by side.
    pub fn writers(&self) -> usize {
        match self {
            Db::Sqlite { .. } => 1,
            Db::Postgres(_) => 4,
        }
    }

    /// Starts a transaction that may write.
    pub async fn begin(&self) -> Result<Tx> {
        match self {
            // A deferred transaction that turns to writing fails at once when another wrote meanwhile.
            Db::Sqlite { write, .. } => write.begin_with("begin immediate").await.map(Tx::Sqlite),
            Db::Postgres(pool) => pool.begin().await.map(Tx::Postgres),
        }
        .map_err(fault)
    }

    /// Writes something that changes nothing, to find out whether anything can be written.
    pub async fn takes_writes(&self) -> Result<()> {
        self.run("update fact set value = value where key = 'epoch'", args![]).await.map(|_| ())
    }

    /// Lets SQLite's log grow to 128 MiB before the writer stops to empty it, or to no more than 4.
    pub async fn let_log_grow(&self, far: bool) -> Result<()> {
        let Db::Sqlite { write, .. } = self else { return Ok(()) };
        let pages =
            if far { "pragma wal_autocheckpoint = 32000" } else { "pragma wal_autocheckpoint = 1000" };
        in_time(sqlx::query(pages).execute(write)).await.map(|_| ())
    }

    /// Carries what is committed from SQLite's log into its file, as far as nobody is in the way.
    pub async fn checkpoint(&self) -> Result<()> {
        let Db::Sqlite { read, .. } = self else { return Ok(()) };
        in_time(sqlx::query("pragma wal_checkpoint(passive)").execute(read)).await.map(|_| ())
    }

    /// Whether the database answers and its schema is as new as this program.
    pub async fn is_ready(&self) -> bool {
        let newest = match self {
            Db::Sqlite { .. } => SQLITE.iter().map(|migration| migration.version).max(),
            Db::Postgres(_) => POSTGRES.iter().map(|migration| migration.version).max(),
        };
        let found: Result<Option<(i64,)>> =
            self.maybe("select max(version) from _sqlx_migrations where success", args![]).await;
        matches!((found, newest), (Ok(Some((found,))), Some(newest)) if found >= newest)
    }

    /// Closes every connection, after what runs on them has ended.
    pub async fn close(&self) {
        let closing = async {
            match self {
                Db::Sqlite { read, write } => {
                    read.close().await;
                    write.close().await;
                }
                Db::Postgres(pool) => pool.close().await,
            }
        };
        if tokio::time::timeout(CLOSE_WITHIN, closing).await.is_err() {
            tracing::warn!("the database did not close in time");
        }
    }

    /// SQLite takes a wish for durability and may not grant it, so the settings are read back.
    async fn prove(&self, durability: Durability) -> Result<(), OpenError> {
        let Db::Sqlite { write, .. } = self else { return Ok(()) };
        let (mode,): (String,) = sqlx::query_as("pragma journal_mode").fetch_one(write).await?;
        let (synchronous,): (i64,) = sqlx::query_as("pragma synchronous").fetch_one(write).await?;
        if mode == "wal" && synchronous == durability.sqlite() as i64 {
            Ok(())
        } else {
            Err(OpenError::NotDurable)
        }
    }
}

impl Tx {
    /// How the places of many values are written here.
    pub fn places(&self) -> Places {
        match self {
            Tx::Sqlite(_) => Places::Plain,
            Tx::Postgres(_) => Places::Numbered,
        }
    }

    /// Whether nobody else can write until this ends: SQLite has one writer, and the transaction began as one.
    pub fn is_alone(&self) -> bool {
        matches!(self, Tx::Sqlite(_))
    }

    verbs!((&mut self), self, Tx::Sqlite(tx) => &mut **tx, &mut **tx; Tx::Postgres(tx) => &mut **tx);

    /// Makes everything done here durable.
    pub async fn commit(self) -> Result<()> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await,
            Tx::Postgres(tx) => tx.commit().await,
        }
        .map_err(fault)
    }
}

/// What patients write is nobody else's on this machine: a new folder and a new file are their owner's alone.
/// SQLite gives the files it puts beside it the same rights.
fn keep_private(file: &Path) -> std::io::Result<()> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    if !file.as_os_str().is_empty() && file != Path::new(":memory:") {
        std::fs::OpenOptions::new().create(true).append(true).mode(0o600).open(file)?;
    }
    Ok(())
}

/// The file a URL names that is not there, if it names one.
pub fn missing_file(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//");
    (!Path::new(path).exists()).then_some(path)
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("DATABASE_URL must begin with sqlite: or postgres://")]
    Scheme,
    #[error(
        "this SQLite file cannot be kept in WAL mode with full synchronisation, so acknowledged messages could be lost"
    )]
    NotDurable,
    #[error("the database takes no writes")]
    Epoch,
    #[error("the database cannot be opened: {0}")]
    Database(#[from] sqlx::Error),
    #[error("the schema cannot be brought up: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("the folder of the database cannot be made: {0}")]
    Folder(#[from] std::io::Error),
}

/// The one place where a database's failure becomes an answer.
fn fault(error: sqlx::Error) -> Error {
    if let Some(known) = error.as_database_error().and_then(|database| {
        let constraint = database.constraint().unwrap_or_default();
        let message = database.message();
        let is = |pg: &str, sqlite: &str| constraint == pg || message.contains(sqlite);
        if is("account_email_key", "account.email") {
            Some(Error::conflict("email_taken"))
        } else if is("account_subject", "account.subject") {
            Some(Error::conflict("subject_taken"))
        } else if is("message_sender_id_cid_key", "message.sender_id, message.cid") {
            // Another node stored the same cid a moment ago: asked again, the answer is known.
            Some(Error::Unavailable { retry_ms: 0 })
        } else {
            None
        }
    }) {
        return known;
    }
    if is_outage(&error) {
        tracing::warn!(db.error = %error, "the database is away");
        return Error::Unavailable { retry_ms: 1_000 };
    }
    super::fault(&error)
}

/// Whether waiting may help: no connection, a full or failing disk, a lock held too long.
fn is_outage(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default();
            // SQLite: BUSY 5, LOCKED 6, READONLY 8, IOERR 10, FULL 13, CANTOPEN 14 (extended codes in the low byte).
            // PostgreSQL: class 08 connection, 53 resources, 57 intervention, 58 system; 25006 read-only; 40 retry.
            code.parse::<i64>()
                .is_ok_and(|code| code < 10_000 && matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
                || ["08", "53", "57", "58", "40"]
                    .iter()
                    .any(|class| code.len() == 5 && code.starts_with(class))
                || code == "25006"
        }
        _ => false,
    }
}
