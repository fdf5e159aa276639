//! Sabotage: faults put in on purpose, named in CONFER_SABOTAGE, so that the checker can show that it finds them.

use crate::server::db::Tx;
use std::{collections::BTreeSet, sync::OnceLock, time::Duration};

/// How long a commit that was already answered for is put off.
const LATE: Duration = Duration::from_millis(40);
/// One in so many is struck.
const ONE_IN: i64 = 23;

/// Whether a fault is wanted.
pub fn is(fault: &str) -> bool {
    static WANTED: OnceLock<BTreeSet<String>> = OnceLock::new();
    let wanted = WANTED.get_or_init(|| {
        let words = std::env::var("CONFER_SABOTAGE").unwrap_or_default();
        words.split(',').map(str::to_owned).collect()
    });
    wanted.contains(fault)
}

/// Whether a fault is wanted and strikes this number.
pub fn strikes(fault: &str, number: i64) -> bool {
    number % ONE_IN == 0 && is(fault)
}

/// Commits when everybody has been told already that it was done.
#[expect(clippy::disallowed_methods, reason = "whatever is lost with it is what the checker must find")]
pub fn commit_later(tx: Tx) {
    tokio::spawn(async move {
        tokio::time::sleep(LATE).await;
        let _ = tx.commit().await;
    });
}
