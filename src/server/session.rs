//! Sessions: a row that can be revoked, behind the cookie of tower-sessions.

use super::App;
use crate::{
    args,
    model::{AccountId, Result},
    server::db::Tx,
};
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

/// The name under which a session knows its account.
pub const ACCOUNT: &str = "account";
/// The name under which it knows what the browser said of itself.
pub const AGENT: &str = "agent";

/// A session ends this long after sign-in, whatever happens in between.
pub const ABSOLUTE_HOURS: i64 = 12;

/// Endings this recent are looked at again, so that nodes whose clocks differ miss none.
const LOOK_BACK_MS: i64 = 60_000;
/// Rows of sessions that ended this long ago are removed.
const KEEP_ENDED_MS: i64 = 7 * 24 * 3_600_000;
const SWEEP_EVERY_ROUNDS: u32 = 7_200;

/// The store behind the cookie; it holds a hash of the id, so that a copy of the table opens no door.
#[derive(Clone, Debug)]
pub struct Store(App);

impl Store {
    /// The sessions of this server.
    pub fn new(app: &App) -> Self {
        Store(app.clone())
    }
}

/// The key of a session row: what the cookie holds, hashed.
pub fn key(id: &Id) -> String {
    let digest = Sha256::digest(id.0.to_be_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        loop {
            let added = self
                .0
                .db
                .run(
                    "insert into session (key, account_id, data, created_at, expires_at, agent) \
                     values ($1, $2, $3, $4, $5, $6) on conflict (key) do nothing",
                    args![
                        key(&record.id),
                        account(record),
                        encode(record)?,
                        self.0.clock.now_ms(),
                        ends_ms(record),
                        agent(record)
                    ],
                )
                .await
                .map_err(backend)?;
            if added == 1 {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    // An update only: a slow request that saves after sign-out must not bring the session back.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.0
            .db
            .run(
                "update session set account_id = $2, data = $3, expires_at = $4, agent = $5 \
                 where key = $1 and revoked_at is null",
                args![key(&record.id), account(record), encode(record)?, ends_ms(record), agent(record)],
            )
            .await
            .map_err(backend)?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found: Option<(String, i64)> = self
            .0
            .db
            .maybe(
                "select data, expires_at from session where key = $1 and revoked_at is null and expires_at > $2",
                args![key(id), self.0.clock.now_ms()],
            )
            .await
            .map_err(backend)?;
        let Some((data, expires_ms)) = found else { return Ok(None) };
        let data =
            serde_json::from_str(&data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_ms) * 1_000_000)
            .map_err(|error| session_store::Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.0
            .db
            .run(
                "update session set revoked_at = $2 where key = $1 and revoked_at is null",
                args![key(id), self.0.clock.now_ms()],
            )
            .await
            .map_err(backend)?;
        ended(&self.0, &key(id));
        Ok(())
    }
}

fn account(record: &Record) -> Option<i64> {
    record.data.get(ACCOUNT).and_then(serde_json::Value::as_i64)
}

fn agent(record: &Record) -> Option<&str> {
    record.data.get(AGENT).and_then(serde_json::Value::as_str)
}

fn encode(record: &Record) -> session_store::Result<String> {
    serde_json::to_string(&record.data).map_err(|error| session_store::Error::Encode(error.to_string()))
}

fn ends_ms(record: &Record) -> i64 {
    (record.expiry_date.unix_timestamp_nanos() / 1_000_000) as i64
}

fn backend(error: crate::model::Error) -> session_store::Error {
    session_store::Error::Backend(error.code().to_owned())
}

/// A session has ended: it opens nothing any more, and what it had opened closes.
pub fn ended(app: &App, key: &str) {
    app.proven.forget(key);
    app.hub.end_session(key);
}

/// Ends one session for good.
pub async fn revoke(app: &App, key: &str) -> Result<()> {
    app.db
        .run(
            "update session set revoked_at = $2 where key = $1 and revoked_at is null",
            args![key, app.clock.now_ms()],
        )
        .await?;
    Ok(())
}

/// Ends every session of an account.
pub async fn revoke_all(tx: &mut Tx, account: AccountId, now_ms: i64) -> Result<u64> {
    tx.run(
        "update session set revoked_at = $2 where account_id = $1 and revoked_at is null",
        args![account, now_ms],
    )
    .await
}

/// Closes the sockets of sessions that ended, whoever ended them, and forgets old rows.
pub async fn watch(app: App) {
    let mut round: u32 = 0;
    let mut since_ms = app.clock.now_ms();
    loop {
        tokio::select! {
            () = app.stopped() => return,
            () = tokio::time::sleep(app.timing.sessions_every) => {}
        }
        let now_ms = app.clock.now_ms();
        match ended_since(&app, since_ms.min(now_ms) - LOOK_BACK_MS).await {
            Ok(keys) => {
                since_ms = now_ms;
                keys.iter().for_each(|(key,)| ended(&app, key));
            }
            Err(error) => tracing::warn!(error.code = error.code(), "ended sessions could not be looked up"),
        }
        round = round.wrapping_add(1);
        if round.is_multiple_of(SWEEP_EVERY_ROUNDS)
            && let Err(error) = app
                .0
                .db
                .run(
                    "delete from session where expires_at < $1 or revoked_at < $1",
                    args![app.clock.now_ms() - KEEP_ENDED_MS],
                )
                .await
        {
            tracing::warn!(error.code = error.code(), "old sessions could not be removed");
        }
    }
}

async fn ended_since(app: &App, since_ms: i64) -> Result<Vec<(String,)>> {
    app.db
        .all(
            "select key from session where revoked_at > $1 \
             union all select s.key from session s join account a on a.id = s.account_id \
             where a.disabled_at > $1",
            args![since_ms],
        )
        .await
}
