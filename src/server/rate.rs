//! Limits on how often somebody may try something.

use crate::model::{Error, Result};
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
}

impl Rates {
    /// Nothing tried yet.
    pub fn new(config: &RateConfig) -> Self {
        Rates { config: *config, sign_ins: Mutex::default() }
    }

    /// Counts a sign-in try against a key; too many within a minute are refused until the oldest is a minute old.
    pub fn try_sign_in(&self, key: &str, now_ms: i64) -> Result<()> {
        let Some(limit) = self.config.sign_in else { return Ok(()) };
        let mut tries = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() > KEYS_MAX {
            tries.retain(|_, at| at.last().is_some_and(|last| now_ms - last < MINUTE_MS));
        }
        let at = tries.entry(key.to_owned()).or_default();
        at.retain(|tried| now_ms - tried < MINUTE_MS);
        if at.len() >= limit as usize {
            let free_in_ms = at.first().map_or(MINUTE_MS, |first| first + MINUTE_MS - now_ms);
            return Err(Error::Slow { retry_ms: free_in_ms.clamp(0, MINUTE_MS) as u32 });
        }
        at.push(now_ms);
        Ok(())
    }

    /// Forgets the tries of somebody who has proven who they are.
    pub fn forgive(&self, key: &str) {
        self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
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
}
