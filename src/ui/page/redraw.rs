//! When a sheet is drawn again: soon after something happened, and the more rarely the longer it goes on.

use std::time::Duration;

const SOON_MS: i64 = 400;
const RARELY_MS: i64 = 20_000;

/// How often one sheet was asked for, and when it will be next.
#[derive(Clone, Copy, Default)]
pub struct Redraw {
    last_ms: i64,
    gap_ms: i64,
    is_due: bool,
    /// How often it was asked for, and which of these stands here.
    asked: u32,
    shown: u32,
}

impl Redraw {
    /// It is asked for: what happens from now on is a reason to do so again.
    pub fn ask(&mut self, now_ms: i64) -> u32 {
        self.asked += 1;
        (self.last_ms, self.is_due) = (now_ms, false);
        self.asked
    }

    /// Whether an answer is newer than what stands here.
    pub fn show(&mut self, turn: u32) -> bool {
        let is_newer = turn > self.shown;
        self.shown = self.shown.max(turn);
        is_newer
    }

    /// How long to wait now; none, if somebody waits already.
    pub fn wait(&mut self, now_ms: i64) -> Option<Duration> {
        if std::mem::replace(&mut self.is_due, true) {
            return None;
        }
        let since_ms = now_ms - self.last_ms;
        self.gap_ms = if since_ms < 4 * self.gap_ms { (2 * self.gap_ms).min(RARELY_MS) } else { SOON_MS };
        Some(Duration::from_millis((self.gap_ms - since_ms).clamp(SOON_MS, RARELY_MS).unsigned_abs()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_it_goes_on_the_more_rarely_a_sheet_is_drawn_again() {
        let mut redraw = Redraw::default();
        let mut now_ms = 1_000_000;
        let mut waits = Vec::new();
        for _ in 0..9 {
            let wait = redraw.wait(now_ms).unwrap();
            assert_eq!(redraw.wait(now_ms), None, "somebody waits already");
            waits.push(wait.as_millis());
            now_ms += wait.as_millis() as i64;
            redraw.ask(now_ms);
        }
        assert_eq!(waits, [400, 800, 1_600, 3_200, 6_400, 12_800, 20_000, 20_000, 20_000]);
        now_ms += 100_000;
        assert_eq!(redraw.wait(now_ms).unwrap().as_millis(), 400, "after a rest it is soon again");
    }

    #[test]
    fn what_happens_while_a_sheet_is_on_its_way_is_a_reason_to_ask_again() {
        let mut redraw = Redraw::default();
        redraw.wait(1_000_000).unwrap();
        let first = redraw.ask(1_000_400);
        assert!(redraw.wait(1_000_450).is_some(), "the answer may have been drawn before that");
        let second = redraw.ask(1_001_200);
        assert!(redraw.show(second));
        assert!(!redraw.show(first), "an older answer comes too late");
    }
}
