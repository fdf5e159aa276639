//! Playing a schedule to a crowd, and what came of it.

use super::{
    Fallible,
    crowd::Crowd,
    ledger::Count,
    meter::{Cpu, Memory, Meter},
    quantile::{Quantiles, histogram},
    schedule::{Alarm, Schedule},
};
use std::time::Duration;

/// What to play.
pub struct Play<'a> {
    pub rate: f64,
    /// Played first and not measured.
    pub warm_s: f64,
    pub measured_s: f64,
    /// A send that waits longer than this ends the play, and so does a socket that ends: the rate cannot be held.
    pub patience_s: Option<f64>,
    /// Who sends the message with this number, and into which of their rooms.
    pub pick: &'a dyn Fn(u64) -> (u32, usize),
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub rate: f64,
    pub per_s: f64,
    pub deliveries_s: f64,
    pub answers: Quantiles,
    pub deliveries: Quantiles,
    /// How much later than due the generator itself was.
    pub late: Quantiles,
    pub cpu: Cpu,
    pub seconds: f64,
    pub memory: Memory,
    /// Promises not kept and sends refused during the play, sockets that ended, sends that never settled.
    pub failures: u64,
    pub abandoned: bool,
    /// Something never came: whatever is played next would wait for it too.
    pub unsettled: bool,
}

/// Sends nearer to each other than this leave together.
const TICK_US: u64 = 200;
const LEAD_US: u64 = 100_000;
/// Whatever has not come after this long will not come.
const SETTLE_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Other programs that take more of a core than this disturb.
const OTHERS_SHARE: f64 = 0.15;

/// Figures taken at one moment.
struct Moment {
    at_us: u64,
    count: Count,
    cpu: Cpu,
}

/// Plays, waits until all is settled, and tells.
pub async fn play(crowd: &Crowd, meter: &Meter, play: &Play<'_>) -> Fallible<Outcome> {
    let alarm = Alarm::new()?;
    let mut late = histogram();
    let failures = failures(crowd);
    let start_us = crowd.ledger.borrow().now_us() + LEAD_US;
    let measured_from_us = start_us + (play.warm_s * 1e6) as u64;
    let until_us = measured_from_us + (play.measured_s * 1e6) as u64;
    let schedule = Schedule::new(start_us, play.rate, play.warm_s + play.measured_s);
    crowd.ledger.borrow_mut().measure_from(measured_from_us);
    let mut next = 0;
    let mut measuring = false;
    let mut begin = moment(crowd, meter);
    let ended = crowd.ended_total();
    let mut abandoned = false;
    loop {
        let now_us = crowd.ledger.borrow().now_us();
        if !measuring && now_us >= measured_from_us {
            measuring = true;
            begin = moment(crowd, meter);
        }
        if now_us >= until_us && next == schedule.count() {
            break;
        }
        let due = schedule.due_by(now_us);
        for number in next..due {
            let due_us = schedule.due_us(number);
            let (person, seat) = (play.pick)(number);
            crowd.post(person, seat, due_us);
            late.saturating_record(now_us - due_us);
        }
        next = next.max(due);
        crowd.flush();
        if let Some(patience_s) = play.patience_s {
            let oldest_us = crowd.ledger.borrow_mut().oldest_open_us().unwrap_or(now_us).max(start_us);
            let waits_s = now_us.saturating_sub(oldest_us) as f64 / 1e6;
            abandoned = waits_s > patience_s || crowd.ended_total() > ended;
            if abandoned {
                break;
            }
        }
        let wake_us = if next < schedule.count() { schedule.due_us(next) } else { until_us };
        // Not asleep for long: patience is looked at in between.
        alarm.wait_us(wake_us.saturating_sub(now_us).clamp(TICK_US, LEAD_US)).await?;
    }
    let end = moment(crowd, meter);
    let memory = meter.memory();
    let settled = settle(crowd).await;
    let seconds = (end.at_us - begin.at_us).max(1) as f64 / 1e6;
    let ledger = crowd.ledger.borrow();
    Ok(Outcome {
        rate: play.rate,
        per_s: (end.count.answered - begin.count.answered) as f64 / seconds,
        deliveries_s: (end.count.delivered - begin.count.delivered) as f64 / seconds,
        answers: ledger.answers(),
        deliveries: ledger.deliveries(),
        late: Quantiles::of(&late),
        cpu: end.cpu - begin.cpu,
        seconds,
        memory,
        failures: self::failures(crowd) - failures + u64::from(!settled),
        abandoned,
        unsettled: !settled,
    })
}

fn failures(crowd: &Crowd) -> u64 {
    let ledger = crowd.ledger.borrow();
    ledger.wrong().total() + ledger.count().refused + crowd.ended_total()
}

fn moment(crowd: &Crowd, meter: &Meter) -> Moment {
    let cpu = meter.cpu();
    let ledger = crowd.ledger.borrow();
    Moment { at_us: ledger.now_us(), count: ledger.count(), cpu }
}

/// Waits until every send is answered and heard by all; false when some never were.
async fn settle(crowd: &Crowd) -> bool {
    let all = async {
        while crowd.ledger.borrow_mut().oldest_open_us().is_some() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(SETTLE_WITHIN, all).await.is_ok()
}

impl Outcome {
    /// Whether the rate was held, nothing went wrong, and 99 of 100 took no longer than this.
    pub fn holds(&self, limit_ms: f64) -> bool {
        let slowest = self.answers.p99_ms.max(self.deliveries.p99_ms);
        !self.abandoned && self.failures == 0 && slowest <= limit_ms && self.per_s >= self.rate * 0.95
    }

    /// Processor time of other programs, as a share of one core.
    pub fn others_share(&self) -> f64 {
        self.cpu.others_ms() as f64 / (self.seconds * 1_000.0).max(1.0)
    }

    /// Whether others took so much that the figures may be theirs.
    pub fn is_disturbed(&self) -> bool {
        self.others_share() > OTHERS_SHARE
    }

    /// Server time in milliseconds for a thousand deliveries, or for a thousand answers where none is delivered.
    pub fn cpu_ms_per_1000(&self) -> Option<f64> {
        let each_s = if self.deliveries_s > 0.0 { self.deliveries_s } else { self.per_s };
        let done = each_s * self.seconds;
        (done > 0.0).then(|| self.cpu.served_ms as f64 * 1_000.0 / done)
    }

    /// A line for whoever watches.
    pub fn line(&self) -> String {
        let second = self.seconds * 10.0;
        format!(
            "{:.0}/s: {:.0} answered/s, {:.0} delivered/s; answers {}, deliveries {} ms; server {:.0} %, generator {:.0} %, others {:.0} %, late p99 {:.1} ms{}{}",
            self.rate,
            self.per_s,
            self.deliveries_s,
            self.answers,
            self.deliveries,
            self.cpu.served_ms as f64 / second,
            self.cpu.own_ms as f64 / second,
            self.cpu.others_ms() as f64 / second,
            self.late.p99_ms,
            if self.abandoned { "; given up" } else { "" },
            if self.failures > 0 { format!("; {} failures", self.failures) } else { String::new() },
        )
    }
}
