//! Limits on how often somebody may try something.

use crate::model::{AccountId, Error, Result};
use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Mutex, PoisonError},
};

const MINUTE_MS: i64 = 60_000;
/// Above this many remembered keys, those with nothing left to forget are dropped.
const KEYS_MAX: usize = 10_000;

/// The limits an operator sets: `messages=10/30,signin=10`, or `off`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateConfig {
    /// Sign-in tries a minute, per account and per address; none for no limit.
    pub sign_in: Option<u32>,
    /// Messages a second and the burst above it, per person; none for no limit.
    pub messages: Option<(u32, u32)>,
}

impl FromStr for RateConfig {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rates = RateConfig { sign_in: None, messages: None };
        if text == "off" {
            return Ok(rates);
        }
        for part in text.split(',') {
            let wrong = || format!("'{part}' is not a limit such as messages=10/30 or signin=10");
            let (name, value) = part.split_once('=').ok_or_else(wrong)?;
            match name.trim() {
                "signin" => rates.sign_in = Some(value.trim().parse().map_err(|_| wrong())?),
                "messages" => {
                    let (rate, burst) = value.trim().split_once('/').ok_or_else(wrong)?;
                    rates.messages =
                        Some((rate.parse().map_err(|_| wrong())?, burst.parse().map_err(|_| wrong())?));
                }
                _ => return Err(wrong()),
            }
        }
        Ok(rates)
    }
}

/// What has been tried lately.
#[derive(Debug)]
pub struct Rates {
    config: RateConfig,
    sign_ins: Mutex<HashMap<String, Vec<i64>>>,
    /// What people write.
    pub messages: Buckets,
    /// That they write, and that they are there.
    pub signs: Buckets,
    /// How far they have received and read.
    pub marks: Buckets,
    /// What they ask to be told again.
    pub replays: Buckets,
    /// Rooms, members and jobs they make or change.
    pub changes: Buckets,
}

/// So many a second for each person, and a burst above that.
#[derive(Debug)]
pub struct Buckets {
    limit: Option<(f64, f64)>,
    of: Mutex<HashMap<AccountId, Bucket>>,
}

/// What somebody may still do at once, and when that was counted.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at_ms: i64,
}

/// What somebody may still do, as their program is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The most at once.
    pub burst: u32,
    /// After how many seconds of rest all of it is there again.
    pub window_s: u32,
    /// What is left now.
    pub left: u32,
    /// In how many seconds all of it is there again.
    pub full_in_s: u32,
}

impl Bucket {
    /// What is left at a moment, after what has come back since.
    fn left(self, (a_second, burst): (f64, f64), now_ms: i64) -> f64 {
        let passed_ms = (now_ms - self.at_ms).max(0) as f64;
        (self.left + passed_ms / 1_000.0 * a_second).min(burst)
    }
}

impl Rates {
    /// Nothing tried yet.
    pub fn new(config: &RateConfig) -> Self {
        // Without a limit on messages there is none on what accompanies them.
        let beside = |limit| config.messages.map(|_| limit);
        Rates {
            config: *config,
            sign_ins: Mutex::default(),
            messages: Buckets::new(config.messages),
            signs: Buckets::new(beside((10, 30))),
            marks: Buckets::new(beside((20, 60))),
            replays: Buckets::new(beside((20, 200))),
            changes: Buckets::new(beside((5, 60))),
        }
    }

    /// Counts a sign-in try against a key; too many within a minute wait until the oldest is a minute old.
    /// Counted before the password is checked, so that tries at the same time do not slip through.
    pub fn try_sign_in(&self, key: &str, now_ms: i64) -> Result<()> {
        let Some(limit) = self.config.sign_in else { return Ok(()) };
        let mut tries = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back must not lock anybody out: what lies ahead is no try of this minute.
        let is_recent = |tried: &i64| (0..MINUTE_MS).contains(&(now_ms - tried));
        if tries.len() >= KEYS_MAX {
            tries.retain(|_, at| at.last().is_some_and(is_recent));
        }
        if tries.len() >= KEYS_MAX && !tries.contains_key(key) {
            // So many strangers at once are no accident; whoever is known already is still let in.
            return Err(Error::Slow { retry_ms: MINUTE_MS as u32 });
        }
        let at = tries.entry(key.to_owned()).or_default();
        at.retain(is_recent);
        if at.len() >= limit as usize {
            let free_in_ms = at.first().map_or(MINUTE_MS, |first| first + MINUTE_MS - now_ms);
            return Err(Error::Slow { retry_ms: free_in_ms.clamp(0, MINUTE_MS) as u32 });
        }
        at.push(now_ms);
        Ok(())
    }

    /// Takes back one counted try that turned out to be right. Only one: whoever has an account of their own
    /// must not wipe out their tries at others'.
    pub fn forgive(&self, key: &str) {
        let mut tries = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = tries.get_mut(key) {
            at.pop();
        }
    }
}

impl Buckets {
    fn new(limit: Option<(u32, u32)>) -> Buckets {
        let limit = limit.map(|(a_second, burst)| (f64::from(a_second.max(1)), f64::from(burst.max(1))));
        Buckets { limit, of: Mutex::default() }
    }

    /// Counts one; above the burst, each waits for its turn.
    pub fn try_one(&self, account: AccountId, now_ms: i64) -> Result<()> {
        let Some(limit @ (a_second, burst)) = self.limit else { return Ok(()) };
        let mut buckets = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > KEYS_MAX {
            buckets.retain(|_, bucket| (0..MINUTE_MS).contains(&(now_ms - bucket.at_ms)));
        }
        let bucket = buckets.entry(account).or_insert(Bucket { left: burst, at_ms: now_ms });
        let left = bucket.left(limit, now_ms);
        *bucket = Bucket { left, at_ms: now_ms };
        if left < 1.0 {
            return Err(Error::Slow { retry_ms: ((1.0 - left) / a_second * 1_000.0).ceil() as u32 });
        }
        bucket.left -= 1.0;
        Ok(())
    }

    /// What somebody may still do; none without a limit.
    pub fn allowance(&self, account: AccountId, now_ms: i64) -> Option<Allowance> {
        let limit @ (a_second, burst) = self.limit?;
        let buckets = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let left = buckets.get(&account).map_or(burst, |bucket| bucket.left(limit, now_ms));
        Some(Allowance {
            burst: burst as u32,
            window_s: (burst / a_second).ceil() as u32,
            left: left as u32,
            full_in_s: ((burst - left) / a_second).ceil() as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_as_written() {
        assert_eq!(
            "messages=10/30,signin=10".parse(),
            Ok(RateConfig { sign_in: Some(10), messages: Some((10, 30)) })
        );
        assert_eq!("off".parse(), Ok(RateConfig { sign_in: None, messages: None }));
        for wrong in ["", "signin", "signin=x", "messages=10", "speed=3"] {
            assert!(wrong.parse::<RateConfig>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_eleventh_try_within_a_minute_waits_for_the_first_to_pass() {
        let rates = Rates::new(&RateConfig { sign_in: Some(10), messages: None });
        for at in 0..10 {
            assert_eq!(rates.try_sign_in("a@x.org", at * 1_000), Ok(()));
        }
        assert_eq!(rates.try_sign_in("a@x.org", 10_000), Err(Error::Slow { retry_ms: 50_000 }));
        assert_eq!(rates.try_sign_in("b@x.org", 10_000), Ok(()));
        assert_eq!(rates.try_sign_in("a@x.org", 60_000), Ok(()));
    }

    #[test]
    fn a_clock_set_back_a_day_locks_nobody_out() {
        let rates = Rates::new(&RateConfig { sign_in: Some(1), messages: Some((1, 1)) });
        let day_ms = 24 * 60 * MINUTE_MS;
        assert_eq!(rates.try_sign_in("a@x.org", day_ms), Ok(()));
        assert_eq!(rates.try_sign_in("a@x.org", 0), Ok(()));
        assert_eq!(rates.messages.try_one(AccountId(1), day_ms), Ok(()));
        assert_eq!(rates.messages.try_one(AccountId(1), 0), Err(Error::Slow { retry_ms: 1_000 }));
        assert_eq!(rates.messages.try_one(AccountId(1), 1_000), Ok(()));
    }

    #[test]
    fn a_flood_of_names_is_bounded() {
        let rates = Rates::new(&RateConfig { sign_in: Some(10), messages: None });
        rates.try_sign_in("known", 0).unwrap();
        for number in 0..KEYS_MAX + 10 {
            let _ = rates.try_sign_in(&number.to_string(), 1);
        }
        assert_eq!(rates.sign_ins.lock().unwrap().len(), KEYS_MAX);
        assert_eq!(rates.try_sign_in("known", 2), Ok(()));
        assert_eq!(rates.try_sign_in("later", MINUTE_MS + 2), Ok(()));
    }

    #[test]
    fn a_right_password_takes_back_its_own_try_and_no_other() {
        let rates = Rates::new(&RateConfig { sign_in: Some(2), messages: None });
        rates.try_sign_in("address", 0).unwrap();
        for at in 1..20 {
            assert_eq!(rates.try_sign_in("address", at), Ok(()));
            rates.forgive("address");
        }
        rates.try_sign_in("address", 20).unwrap();
        assert!(rates.try_sign_in("address", 21).is_err());
    }

    #[test]
    fn what_is_left_is_told_as_it_is() {
        let rates = Rates::new(&RateConfig { sign_in: None, messages: Some((10, 30)) });
        let me = AccountId(1);
        let told = |left, full_in_s| Some(Allowance { burst: 30, window_s: 3, left, full_in_s });
        assert_eq!(rates.messages.allowance(me, 0), told(30, 0));
        for _ in 0..30 {
            rates.messages.try_one(me, 0).unwrap();
        }
        assert_eq!(rates.messages.allowance(me, 0), told(0, 3));
        assert_eq!(rates.messages.allowance(me, 150), told(1, 3));
        assert_eq!(rates.messages.allowance(me, 1_000), told(10, 2));
        assert_eq!(rates.messages.allowance(me, 60_000), told(30, 0));
        let rates = Rates::new(&RateConfig { sign_in: None, messages: None });
        assert_eq!(rates.changes.allowance(me, 0), None);
    }

    #[test]
    fn a_burst_passes_and_then_messages_come_at_their_rate() {
        let rates = Rates::new(&RateConfig { sign_in: None, messages: Some((10, 30)) });
        let me = AccountId(1);
        for _ in 0..30 {
            assert_eq!(rates.messages.try_one(me, 0), Ok(()));
        }
        assert_eq!(rates.messages.try_one(me, 0), Err(Error::Slow { retry_ms: 100 }));
        assert_eq!(rates.messages.try_one(AccountId(2), 0), Ok(()));
        assert_eq!(rates.messages.try_one(me, 100), Ok(()));
        assert_eq!(rates.messages.try_one(me, 100), Err(Error::Slow { retry_ms: 100 }));
    }
}
