//! Devices: where an account is signed in, and how that is ended from elsewhere.

use super::{App, gate::Scope, session};
use crate::{
    args,
    model::{Error, Result, device, device::Device},
};

/// So much of a session's key names it on its owner's page.
const HANDLE_CHARS: usize = 16;
/// How often it is noted that a session is still of use.
const USED_EVERY_MS: i64 = 10 * 60_000;
/// Nobody has more of them in sight.
const DEVICES_MAX: i64 = 100;

/// A session's key, its agent, when it began and when it was last of use.
type Row = (String, Option<String>, i64, Option<i64>);

/// Where the asker is signed in, the device at hand first, then the last used.
pub async fn list(app: &App, me: &Scope) -> Result<Vec<Device>> {
    let rows: Vec<Row> = app
        .db
        .all(
            "select key, agent, created_at, used_at from session \
             where account_id = $1 and revoked_at is null and expires_at > $2 \
             order by case when key = $3 then 0 else 1 end, coalesce(used_at, created_at) desc limit $4",
            args![me.account, app.clock.now_ms(), &me.session, DEVICES_MAX],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(key, agent, created_ms, used_ms)| {
            let agent = agent.unwrap_or_default();
            Device {
                name: device::name(&agent),
                is_phone: device::is_phone(&agent),
                used_ms: used_ms.unwrap_or(created_ms),
                is_this: key == me.session,
                handle: key.chars().take(HANDLE_CHARS).collect(),
            }
        })
        .collect())
}

/// Notes that a session is of use, now and then: a page was opened with it.
pub async fn note_use(app: &App, me: &Scope) -> Result<()> {
    let now_ms = app.clock.now_ms();
    let used: Option<(Option<i64>,)> =
        app.db.maybe("select used_at from session where key = $1", args![&me.session]).await?;
    let is_known =
        used.and_then(|(used_ms,)| used_ms).is_some_and(|used_ms| now_ms - used_ms < USED_EVERY_MS);
    if !is_known {
        app.db.run("update session set used_at = $2 where key = $1", args![&me.session, now_ms]).await?;
    }
    Ok(())
}

/// Signs one of the asker's other devices out.
pub async fn end(app: &App, me: &Scope, handle: &str) -> Result<()> {
    if handle.len() != HANDLE_CHARS || !handle.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(Error::NotFound);
    }
    let found: Vec<(String,)> = app
        .db
        .all(
            "select key from session where account_id = $1 and revoked_at is null and key like $2",
            args![me.account, format!("{handle}%")],
        )
        .await?;
    if found.is_empty() {
        return Err(Error::NotFound);
    }
    for (key,) in found {
        session::revoke(app, &key).await?;
        session::ended(app, &key);
    }
    Ok(())
}

/// Signs all of the asker's other devices out.
pub async fn end_others(app: &App, me: &Scope) -> Result<()> {
    let ended: Vec<(String,)> = app
        .db
        .all(
            "update session set revoked_at = $3 where account_id = $1 and key <> $2 and revoked_at is null returning key",
            args![me.account, &me.session, app.clock.now_ms()],
        )
        .await?;
    ended.iter().for_each(|(key,)| session::ended(app, key));
    Ok(())
}
