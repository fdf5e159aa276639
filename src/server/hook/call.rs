//! Calls: what hooks are told, signed, in order, again and again until it has come through or a day has passed.

use super::App;
use crate::{
    args,
    model::{HookId, Result},
};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use futures::future::join_all;
use std::time::Duration;

/// What a secret begins with.
const SECRET_MARK: &str = "whsec_";
/// Waiting times after each failure in a row; the last one stays.
const WAITS_MS: [i64; 6] = [5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000];
/// A hook nobody answers at for this long is given up.
const GIVEN_UP_AFTER_MS: i64 = 24 * 3_600_000;
/// How long one process has a hook for itself; as many calls as can be made in that time.
const LEASE_MS: i64 = 60_000;
const CALLS_A_LEASE: usize = 8;
/// Also without a word from this process, there may be something to tell: a time has come, or another one wrote.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A new secret, as signatures are checked with: marked, and in Base64.
pub fn new_secret() -> String {
    format!("{SECRET_MARK}{}", BASE64.encode(rand::random::<[u8; 32]>()))
}

/// The task that tells hooks.
pub async fn tell(app: App) {
    loop {
        tokio::select! {
            () = app.stopped() => return,
            () = app.hooks.filled.notified() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        tokio::select! {
            () = app.stopped() => {
                // A call that was stopped in its middle is made once more, with the same id, by whoever comes next.
                let release = "update hook set leased_until = 0 where leased_by = $1";
                let _ = app.db.run(release, args![app.hooks.process.as_str()]).await;
                return;
            }
            outcome = tell_due(&app) => if let Err(error) = outcome {
                tracing::warn!(error.code = error.code(), "hooks could not be told");
            }
        }
    }
}

async fn tell_due(app: &App) -> Result<()> {
    super::refresh(app).await?;
    let due: Vec<(i64,)> = app
        .db
        .all(
            "select id from hook where disabled_at is null and due_at <= $1 and leased_until <= $1 \
             and exists (select 1 from hook_call where hook_id = hook.id)",
            args![app.clock.now_ms()],
        )
        .await?;
    for told in join_all(due.into_iter().map(|(id,)| tell_one(app, HookId(id)))).await {
        told?;
    }
    Ok(())
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
            args![hook, CALLS_A_LEASE as u32],
        )
        .await?;
    let is_all = calls.len() < CALLS_A_LEASE;
    for (id, body) in calls {
        if !call(app, &url, &secret, id, &body).await {
            return fail(app, hook).await;
        }
        app.db.run("delete from hook_call where id = $1", args![id]).await?;
    }
    app.db
        .run(
            "update hook set leased_until = 0, failing_since = null, tries = 0, due_at = 0 where id = $1",
            args![hook],
        )
        .await?;
    if !is_all {
        app.hooks.filled.notify_one();
    }
    Ok(())
}

/// One call; true when it has come through.
async fn call(app: &App, url: &str, secret: &str, id: i64, body: &str) -> bool {
    let (id, timestamp) = (format!("call_{id}"), (app.clock.now_ms() / 1_000).to_string());
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

/// Waits longer after each failure, and gives a hook up after a day of them.
async fn fail(app: &App, hook: HookId) -> Result<()> {
    let now_ms = app.clock.now_ms();
    let mut tx = app.db.begin().await?;
    let found: Option<(i64, i64)> = tx
        .maybe(
            "update hook set tries = tries + 1, failing_since = coalesce(failing_since, $2), leased_until = 0 \
             where id = $1 returning tries, failing_since",
            args![hook, now_ms],
        )
        .await?;
    let Some((tries, since_ms)) = found else { return Ok(()) };
    if now_ms - since_ms >= GIVEN_UP_AFTER_MS {
        tx.run("update hook set disabled_at = $2 where id = $1", args![hook, now_ms]).await?;
        tx.run("delete from hook_call where hook_id = $1", args![hook]).await?;
        tracing::error!(hook.id = %hook, "a hook took no call for a day and is told nothing more");
    } else {
        let wait_ms = WAITS_MS[(tries.max(1) as usize - 1).min(WAITS_MS.len() - 1)];
        // Not all at the same moment, if many wait for the same machine.
        let due_ms = now_ms + wait_ms + rand::random_range(0..=wait_ms / 5);
        tx.run("update hook set due_at = $2 where id = $1", args![hook, due_ms]).await?;
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
