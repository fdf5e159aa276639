//! Checkpoints: what SQLite has committed to its log is carried into the database. The writer does it itself every few
//! megabytes, and stops for it; where much is written, a task does it beside the writer, and the log may grow longer.

use super::App;
use std::{sync::atomic::Ordering, time::Duration};

const EVERY: Duration = Duration::from_millis(500);
/// More messages than this in that time are many. Fewer leave the log short: it must not fill a small disk.
const MANY: u64 = 1_000;

/// The task that does it.
pub async fn carry(app: App) {
    let (mut known, mut is_long) = (0, false);
    loop {
        tokio::select! {
            () = app.stopped() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let stored = app.stored.load(Ordering::Relaxed);
        let are_many = stored.wrapping_sub(known) >= MANY;
        known = stored;
        if are_many != is_long {
            match app.db.let_log_grow(are_many).await {
                Ok(()) => is_long = are_many,
                Err(error) => {
                    tracing::warn!(error.code = error.code(), "the length of the log could not be set")
                }
            }
        }
        if are_many && let Err(error) = app.db.checkpoint().await {
            tracing::warn!(error.code = error.code(), "the log could not be carried into the database");
        }
    }
}
