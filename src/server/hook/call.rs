//! Calls: what hooks are told, signed, in order, again and again until it has come through or a day has passed.

use super::App;
use crate::{
    args,
    model::{HookId, Result},
};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use std::{sync::atomic::Ordering, time::Duration};

/// What a secret begins with.
const SECRET_MARK: &str = "whsec_";
/// Waiting times after each failure in a row; the last one stays.
const WAITS_MS: [i64; 6] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/// A hook nobody answers at for this long is given up, and so is one this much is waiting for.
const GIVEN_UP_AFTER_MS: i64 = 24 * 3_600_000;
const WAITING_MAX: i64 = 100_000;
/// How long one process has a hook for itself: longer than its calls can take, each five seconds at most.
const LEASE_MS: i64 = 60_000;
const CALLS_A_LEASE: u32 = 8;
/// What is dropped at a time, so that messages need not wait for it.
const DROPPED_AT_ONCE: u32 = 1_000;
/// Also without a word from this process, there may be something to tell: a time has come, or another one wrote.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A new secret, as signatures are checked with: marked, and in Base64.
pub fn new_secret() -> String {
    format!("{SECRET_MARK}{}", BASE64.encode(rand::random::<[u8; 32]>()))
}

/// The task that tells hooks: each in a task of its own, so that a slow one holds up no other.
pub async fn tell(app: App) {
    loop {
        match look(&app).await {
            Ok(due) => {
                for hook in due {
                    let teller = app.clone();
                    app.spawn(async move {
                        if let Err(error) = tell_one(&teller, hook).await {
                            tracing::warn!(hook.id = %hook, error.code = error.code(), "a hook could not be told");
                        }
                    });
                }
            }
            Err(error) => tracing::warn!(error.code = error.code(), "hooks could not be looked for"),
        }
        tokio::select! {
            () = app.stopped() => return,
            () = app.hooks.filled.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// The hooks that are to be told something now.
async fn look(app: &App) -> Result<Vec<HookId>> {
    super::refresh(app).await?;
    if app.hooks.dropping.load(Ordering::Relaxed) && drop_some(app).await? == 0 {
        app.hooks.dropping.store(false, Ordering::Relaxed);
    }
    let due: Vec<(i64,)> = app
        .db
        .all(
            "select id from hook where disabled_at is null and due_at <= $1 and leased_until <= $1 \
             and exists (select 1 from hook_call where hook_id = hook.id)",
            args![app.clock.now_ms()],
        )
        .await?;
    Ok(due.into_iter().map(|(id,)| HookId(id)).collect())
}

/// Drops some of what waits for hooks that are gone, or were given up.
async fn drop_some(app: &App) -> Result<u64> {
    app.db
        .run(
            "delete from hook_call where id in (select c.id from hook_call c left join hook h on h.id = c.hook_id \
             and h.disabled_at is null where h.id is null order by c.id limit $1)",
            args![DROPPED_AT_ONCE],
        )
        .await
}

/// What came of the calls of a lease.
#[derive(Default)]
struct Told {
    /// The last call that came through.
    last: i64,
    has_failed: bool,
}

/// Makes the next calls of a hook, if no other process is at it.
async fn tell_one(app: &App, hook: HookId) -> Result<()> {
    let now_ms = app.clock.now_ms();
    let leased = app
        .db
        .run(
            "update hook set leased_until = $2, leased_by = $4 \
             where id = $1 and leased_until <= $3 and disabled_at is null",
            args![hook, now_ms + LEASE_MS, now_ms, app.hooks.process.as_str()],
        )
        .await?;
    if leased == 0 {
        return Ok(());
    }
    let target: Option<(String, String)> =
        app.db.maybe("select url, secret from hook where id = $1", args![hook]).await?;
    let Some((url, secret)) = target else { return Ok(()) };
    let calls: Vec<(i64, String)> = app
        .db
        .all(
            "select id, body from hook_call where hook_id = $1 order by id limit $2",
            args![hook, CALLS_A_LEASE],
        )
        .await?;
    let is_all = calls.len() < CALLS_A_LEASE as usize;
    let mut told = Told::default();
    for (id, body) in calls {
        // A call that is stopped in its middle is made once more, with the same id, by whoever comes next.
        let has_come = tokio::select! {
            has_come = call(app, &url, &secret, id, &body) => has_come,
            () = app.stopped() => break,
        };
        if !has_come {
            told.has_failed = true;
            break;
        }
        told.last = id;
    }
    settle(app, hook, &told).await?;
    if !is_all && !told.has_failed {
        app.hooks.filled.notify_one();
    }
    Ok(())
}

/// One call; true when it has come through.
async fn call(app: &App, url: &str, secret: &str, id: i64, body: &str) -> bool {
    // With the name of the database: after a backup was restored, its numbers come once more.
    let id = format!("call_{}_{id}", app.epoch);
    let timestamp = (app.clock.now_ms() / 1_000).to_string();
    let signature = sign(secret, &id, &timestamp, body);
    let headers = [
        ("webhook-id", id.clone()),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", format!("v1,{signature}")),
    ];
    match app.egress.post(url, &headers, body).await {
        Ok(200..=299) => true,
        Ok(status) => {
            tracing::warn!(call.id = %id, http.status = status, "a hook did not take a call");
            false
        }
        Err(error) => {
            tracing::warn!(call.id = %id, hook.error = %error, "a hook was not reached");
            false
        }
    }
}

/// The signature of a call, as the Standard Webhooks have it.
pub fn sign(secret: &str, id: &str, timestamp: &str, body: &str) -> String {
    let key = secret.strip_prefix(SECRET_MARK).and_then(|key| BASE64.decode(key).ok()).unwrap_or_default();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    BASE64.encode(hmac::sign(&key, format!("{id}.{timestamp}.{body}").as_bytes()))
}

/// Notes what came of a lease and gives it back, in one commit: waits longer after each failure, and gives a hook up
/// after a day of them.
async fn settle(app: &App, hook: HookId, told: &Told) -> Result<()> {
    let now_ms = app.clock.now_ms();
    let process = app.hooks.process.as_str();
    let mut tx = app.db.begin().await?;
    tx.run("delete from hook_call where hook_id = $1 and id <= $2", args![hook, told.last]).await?;
    // Not by whoever has had the hook for too long: it is another's by now.
    let found: Option<(i64, Option<i64>)> = tx
        .maybe(
            "update hook set leased_until = 0, \
             tries = case when $3 = 1 then tries + 1 when $4 > 0 then 0 else tries end, \
             due_at = case when $4 > 0 then 0 else due_at end, \
             failing_since = case when $3 = 1 then case when $4 > 0 then $5 else coalesce(failing_since, $5) end \
             when $4 > 0 then null else failing_since end \
             where id = $1 and leased_by = $2 returning tries, failing_since",
            args![hook, process, i64::from(told.has_failed), told.last, now_ms],
        )
        .await?;
    if let Some((tries, since_ms)) = found
        && told.has_failed
    {
        let waiting: Option<(i64,)> = tx
            .maybe(
                "select count(*) from (select id from hook_call where hook_id = $1 limit $2) as w",
                args![hook, WAITING_MAX],
            )
            .await?;
        let is_too_much = waiting.is_some_and(|(count,)| count >= WAITING_MAX);
        if is_too_much || since_ms.is_some_and(|since_ms| now_ms - since_ms >= GIVEN_UP_AFTER_MS) {
            tx.run("update hook set disabled_at = $2 where id = $1", args![hook, now_ms]).await?;
            app.hooks.dropping.store(true, Ordering::Relaxed);
            tracing::error!(hook.id = %hook, "a hook took no call for a day and is told nothing more");
        } else {
            let wait_ms = WAITS_MS[(tries.max(1) as usize - 1).min(WAITS_MS.len() - 1)];
            // Not all at the same moment, if many wait for the same machine.
            let due_ms = now_ms + wait_ms + rand::random_range(0..=wait_ms / 5);
            tx.run("update hook set due_at = $2 where id = $1", args![hook, due_ms]).await?;
        }
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_of_the_standards_own_example() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "{\"test\": 2432232314}");
        assert_eq!(signature, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }
}
