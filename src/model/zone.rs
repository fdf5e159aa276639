//! How far a reader's clock is from UTC, and when that changes: what their browser tells of its zone.

use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
/// Summer and winter time of a year behind and a year ahead.
const CHANGES: usize = 4;
/// No clock anywhere is further from UTC than this.
const FAR_MIN: i32 = 14 * 60;

/// The distances of one zone, over the time its pages are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offsets {
    /// Minutes east of UTC, before any change.
    first: i32,
    /// From which minute since 1970 on it is how many; those that are not are at the end, and zero.
    changes: [(i64, i32); CHANGES],
}

impl Offsets {
    /// The same at all times.
    pub fn fixed(minutes: i32) -> Offsets {
        Offsets { first: minutes, changes: Default::default() }
    }

    /// From a clock that knows how far it is from UTC at a moment, for the year around this one.
    pub fn of_clock(now_ms: i64, offset_min: impl Fn(i64) -> i32) -> Offsets {
        const STEP_MIN: i64 = 28 * 24 * 60;
        let now_min = now_ms / MINUTE_MS;
        let at = |minute: i64| offset_min(minute * MINUTE_MS);
        let mut from = now_min - 13 * STEP_MIN;
        let mut offsets = Offsets::fixed(at(from));
        let mut known = 0;
        while from < now_min + 13 * STEP_MIN && known < CHANGES {
            let (before, mut unlike) = (at(from), from + STEP_MIN);
            if at(unlike) != before {
                let mut like = from;
                while like + 1 < unlike {
                    let middle = (like + unlike) / 2;
                    if at(middle) == before { like = middle } else { unlike = middle }
                }
                offsets.changes[known] = (unlike, at(unlike));
                known += 1;
            }
            from = unlike;
        }
        offsets
    }

    /// As a cookie keeps it: `0_29580540.60_29882940.0`.
    pub fn to_keep(self) -> String {
        let changes = self.changes.iter().filter(|(minute, _)| *minute != 0);
        changes.fold(self.first.to_string(), |kept, (minute, offset)| format!("{kept}_{minute}.{offset}"))
    }

    /// What a cookie has kept, if it can be a zone.
    pub fn kept(value: &str) -> Option<Offsets> {
        let near = |text: &str| text.parse().ok().filter(|min: &i32| min.abs() <= FAR_MIN);
        let mut parts = value.split('_');
        let mut offsets = Offsets::fixed(near(parts.next()?)?);
        for (change, part) in offsets.changes.iter_mut().zip(parts) {
            let (minute, offset) = part.split_once('.')?;
            *change = (minute.parse().ok()?, near(offset)?);
        }
        Some(offsets)
    }

    /// Minutes east of UTC at a moment.
    pub fn at(&self, ms: i64) -> i32 {
        let mut past = self.changes.iter().filter(|(minute, _)| *minute != 0 && ms >= minute * MINUTE_MS);
        past.next_back().map_or(self.first, |(_, offset)| *offset)
    }

    /// The moment at which this clock shows a time; of two the earlier one, and of none the one an hour on.
    pub fn moment(&self, shown_ms: i64) -> i64 {
        let mut offsets: Vec<i32> = self.changes.iter().map(|(_, offset)| *offset).collect();
        offsets.push(self.first);
        let moments = offsets.iter().map(|offset| shown_ms - i64::from(*offset) * MINUTE_MS);
        let fits = |ms: &i64| ms + i64::from(self.at(*ms)) * MINUTE_MS == shown_ms;
        let skipped = || shown_ms - i64::from(self.at(shown_ms - i64::from(FAR_MIN) * MINUTE_MS)) * MINUTE_MS;
        moments.filter(fits).min().unwrap_or_else(skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// London in 2026: an hour ahead from 29 March 01:00 UTC to 25 October 01:00 UTC.
    const SPRING_MS: i64 = 1_774_746_000_000;
    const AUTUMN_MS: i64 = 1_792_890_000_000;
    const HOUR_MS: i64 = 3_600_000;

    fn london() -> Offsets {
        let summer = SPRING_MS..AUTUMN_MS;
        Offsets::of_clock(SPRING_MS - 1_000_000_000, |ms| if summer.contains(&ms) { 60 } else { 0 })
    }

    #[test]
    fn a_clocks_changes_are_found_to_the_minute_and_kept() {
        let london = london();
        assert_eq!(london.to_keep(), "0_29579100.60_29881500.0");
        assert_eq!(Offsets::kept(&london.to_keep()), Some(london));
        for (ms, offset) in [(SPRING_MS - 1, 0), (SPRING_MS, 60), (AUTUMN_MS - 1, 60), (AUTUMN_MS, 0)] {
            assert_eq!(london.at(ms), offset);
        }
        assert_eq!(Offsets::of_clock(0, |_| -330).to_keep(), "-330");
    }

    #[test]
    fn what_is_no_zone_is_not_taken() {
        for wrong in ["", "x", "900", "0_5", "0_5.x", "0_x.60", "0_5.-900"] {
            assert_eq!(Offsets::kept(wrong), None, "{wrong}");
        }
        assert_eq!(Offsets::kept("60"), Some(Offsets::fixed(60)));
        assert!(Offsets::kept("0_1.1_2.2_3.3_4.4_5.5").is_some(), "more than are kept do no harm");
    }

    #[test]
    fn a_time_on_a_clock_is_the_moment_that_shows_it() {
        let london = london();
        let shown = |ms: i64| ms + i64::from(london.at(ms)) * 60_000;
        for ms in [SPRING_MS - HOUR_MS, SPRING_MS + HOUR_MS, AUTUMN_MS - 3 * HOUR_MS, AUTUMN_MS + 2 * HOUR_MS]
        {
            assert_eq!(london.moment(shown(ms)), ms);
        }
        // Twice shown, and never shown.
        assert_eq!(london.moment(AUTUMN_MS + HOUR_MS / 2), AUTUMN_MS - HOUR_MS / 2);
        assert_eq!(london.moment(SPRING_MS + HOUR_MS / 2), SPRING_MS + HOUR_MS / 2);
    }
}
