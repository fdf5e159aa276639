//! The open loop: when each send is due, and a clock fine enough to keep to it.

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::{io, os::fd::OwnedFd};
use tokio::io::unix::AsyncFd;

/// Evenly spaced moments, in microseconds since the ledger began.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Schedule {
    start_us: u64,
    rate: f64,
    count: u64,
}

impl Schedule {
    /// `rate` moments a second, for so many seconds.
    pub fn new(start_us: u64, rate: f64, seconds: f64) -> Schedule {
        Schedule { start_us, rate, count: (rate * seconds).round().max(1.0) as u64 }
    }

    /// How many moments there are.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The moment with this number; counted from the start each time, so that rounding does not add up.
    pub fn due_us(&self, number: u64) -> u64 {
        self.start_us + (number as f64 * 1_000_000.0 / self.rate) as u64
    }

    /// How many moments have come by now.
    pub fn due_by(&self, now_us: u64) -> u64 {
        if now_us < self.start_us {
            return 0;
        }
        let passed = (now_us - self.start_us) as f64 * self.rate / 1_000_000.0;
        let mut number = (passed as u64 + 1).min(self.count);
        // Rounding may put the border one too far or one too near.
        while number > 0 && self.due_us(number - 1) > now_us {
            number -= 1;
        }
        while number < self.count && self.due_us(number) <= now_us {
            number += 1;
        }
        number
    }
}

/// A timer of the kernel's. The runtime's own knows only whole milliseconds, and rounds up.
#[derive(Debug)]
pub struct Alarm(AsyncFd<OwnedFd>);

impl Alarm {
    /// An alarm that is not set.
    #[expect(
        deprecated,
        reason = "what replaces it is unsafe; an owned descriptor keeps its number while it lives"
    )]
    pub fn new() -> io::Result<Alarm> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        Ok(Alarm(AsyncFd::new(timerfd_create(TimerfdClockId::Monotonic, flags)?)?))
    }

    /// Waits this long.
    pub async fn wait_us(&self, micros: u64) -> io::Result<()> {
        let value = Timespec {
            tv_sec: (micros / 1_000_000) as i64,
            // Zero would switch it off.
            tv_nsec: ((micros % 1_000_000) * 1_000).max(1) as i64,
        };
        let spec = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value: value };
        timerfd_settime(self.0.get_ref(), TimerfdTimerFlags::empty(), &spec)?;
        loop {
            let mut ready = self.0.readable().await?;
            let mut times = [0; 8];
            match rustix::io::read(self.0.get_ref(), &mut times) {
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_evenly_spaced_and_do_not_drift() {
        let schedule = Schedule::new(1_000, 3.0, 100_000.0);
        assert_eq!(schedule.count(), 300_000);
        assert_eq!(schedule.due_us(0), 1_000);
        assert_eq!(schedule.due_us(1), 334_333);
        assert_eq!(schedule.due_us(299_997), 1_000 + 99_999 * 1_000_000);
    }

    #[test]
    fn what_is_due_is_due_at_its_moment_and_not_before() {
        for rate in [0.7, 20.0, 333.3, 12_345.6] {
            let schedule = Schedule::new(50_000, rate, 10.0);
            assert_eq!(schedule.due_by(0), 0);
            assert_eq!(schedule.due_by(50_000), 1);
            for number in 1..schedule.count() {
                let due = schedule.due_us(number);
                assert_eq!(schedule.due_by(due), number + 1, "{rate} {number}");
                assert_eq!(schedule.due_by(due - 1), number, "{rate} {number}");
            }
            assert_eq!(schedule.due_by(u64::MAX / 2), schedule.count());
        }
    }
}
