//! The only clock the server reads, so that a test can hold it in its hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Where "now" comes from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's own.
    Wall,
    /// Moved by hand.
    Hand(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still at `now_ms` until it is moved.
    pub fn at(now_ms: i64) -> Self {
        Clock::Hand(Arc::new(AtomicI64::new(now_ms)))
    }

    /// Milliseconds since 1970, UTC.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that asks the machine")]
    pub fn now_ms(&self) -> i64 {
        match self {
            Clock::Wall => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)),
            Clock::Hand(now_ms) => now_ms.load(Ordering::SeqCst),
        }
    }

    /// Moves a hand-held clock; the machine's own cannot be moved.
    pub fn advance(&self, by_ms: i64) {
        if let Clock::Hand(now_ms) = self {
            now_ms.fetch_add(by_ms, Ordering::SeqCst);
        }
    }
}

/// A time as text, as it is written wherever it is not a number.
pub fn stamp(ms: i64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
    let format = time::macros::format_description!(
        "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z"
    );
    at.ok().and_then(|at| at.format(format).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_with_microseconds_in_utc() {
        assert_eq!(stamp(1_795_254_000_007), "2026-11-21T09:40:00.007000Z");
    }
}
