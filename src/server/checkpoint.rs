//! Checkpoints: what SQLite has committed to its log is carried into the database beside the writer, which would
//! otherwise stop for it, and everybody with it.

use super::App;
use std::{sync::atomic::Ordering, time::Duration};

const EVERY: Duration = Duration::from_millis(500);
/// Less than this many messages are left to the writer, whose log takes far more before it stops.
const WORTH: u64 = 200;

/// The task that does it.
pub async fn carry(app: App) {
    let mut carried = 0;
    loop {
        tokio::select! {
            () = app.stopped() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let stored = app.stored.load(Ordering::Relaxed);
        if stored.wrapping_sub(carried) < WORTH {
            continue;
        }
        carried = stored;
        if let Err(error) = app.db.checkpoint().await {
            tracing::warn!(error.code = error.code(), "the log could not be carried into the database");
        }
    }
}
