//! A pool of HTTP connections that take requests as they fall due.

use super::{
    Fallible,
    http::Http,
    meter::Meter,
    play::Outcome,
    quantile::{Quantiles, histogram},
    schedule::{Alarm, Schedule},
};
use hdrhistogram::Histogram;
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, task::spawn_local};

/// Requests, and what must be true of their answers.
pub trait Asking {
    /// The request with this number.
    fn request(&self, number: u64) -> Vec<u8>;
    /// Whether this is the right answer to it.
    fn is_right(&self, number: u64, status: u16, body: &[u8]) -> bool;
}

/// Connections that are kept open, and the requests that wait for one.
pub struct Pool {
    asking: Box<dyn Asking>,
    begin: Instant,
    queue: RefCell<VecDeque<(u64, u64)>>,
    more: Notify,
    answers: RefCell<Histogram<u64>>,
    measured_from_us: Cell<u64>,
    asked: Cell<u64>,
    done: Cell<u64>,
    bytes: Cell<u64>,
    failed: RefCell<Vec<String>>,
}

const TICK_US: u64 = 200;
const LEAD_US: u64 = 100_000;
const PATIENCE_US: u64 = 3_000_000;
const SETTLE_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(5);

impl Pool {
    /// Opens so many connections.
    pub async fn open(
        address: SocketAddr,
        connections: usize,
        asking: Box<dyn Asking>,
    ) -> Fallible<Rc<Pool>> {
        let pool = Rc::new(Pool {
            asking,
            begin: Instant::now(),
            queue: RefCell::default(),
            more: Notify::new(),
            answers: RefCell::new(histogram()),
            measured_from_us: Cell::new(0),
            asked: Cell::new(0),
            done: Cell::new(0),
            bytes: Cell::new(0),
            failed: RefCell::default(),
        });
        for _ in 0..connections {
            let http = Http::open(address).await?;
            spawn_local(pool.clone().work(http));
        }
        Ok(pool)
    }

    async fn work(self: Rc<Self>, mut http: Http) {
        let mut body = Vec::new();
        loop {
            let Some((number, due_us)) = self.queue.borrow_mut().pop_front() else {
                self.more.notified().await;
                continue;
            };
            let answer = http.ask(&self.asking.request(number), &mut body).await;
            let now_us = self.now_us();
            self.done.set(self.done.get() + 1);
            match answer {
                Ok(status) if self.asking.is_right(number, status, &body) => {
                    self.bytes.set(self.bytes.get() + body.len() as u64);
                    if due_us >= self.measured_from_us.get() {
                        self.answers.borrow_mut().saturating_record(now_us.saturating_sub(due_us));
                    }
                }
                Ok(status) => {
                    let start: String = String::from_utf8_lossy(&body).chars().take(200).collect();
                    self.failed.borrow_mut().push(format!("wrong answer: {status} {start}"));
                }
                Err(error) => {
                    // The others go on without this connection.
                    self.failed.borrow_mut().push(error.to_string());
                    return;
                }
            }
        }
    }

    /// Asks at a rate, waits for the last answer, and tells.
    pub async fn play(&self, meter: &Meter, rate: f64, warm_s: f64, measured_s: f64) -> Fallible<Outcome> {
        let alarm = Alarm::new()?;
        let mut late = histogram();
        let failed = self.failed.borrow().len();
        let start_us = self.now_us() + LEAD_US;
        let measured_from_us = start_us + (warm_s * 1e6) as u64;
        let until_us = measured_from_us + (measured_s * 1e6) as u64;
        let schedule = Schedule::new(start_us, rate, warm_s + measured_s);
        self.answers.borrow_mut().reset();
        self.measured_from_us.set(measured_from_us);
        let (mut next, mut measuring, mut abandoned) = (0, false, false);
        let mut begin = (self.now_us(), self.done.get(), meter.cpu());
        loop {
            let now_us = self.now_us();
            if !measuring && now_us >= measured_from_us {
                measuring = true;
                begin = (now_us, self.done.get(), meter.cpu());
            }
            if now_us >= until_us && next == schedule.count() {
                break;
            }
            let due = schedule.due_by(now_us);
            for number in next..due {
                let due_us = schedule.due_us(number);
                self.queue.borrow_mut().push_back((self.asked.get(), due_us));
                self.asked.set(self.asked.get() + 1);
                self.more.notify_one();
                late.saturating_record(now_us - due_us);
            }
            next = next.max(due);
            let waits_since_us = self.queue.borrow().front().map_or(now_us, |(_, due_us)| *due_us);
            if now_us.saturating_sub(waits_since_us) > PATIENCE_US {
                abandoned = true;
                break;
            }
            let wake_us = if next < schedule.count() { schedule.due_us(next) } else { until_us };
            alarm.wait_us(wake_us.saturating_sub(now_us).clamp(TICK_US, LEAD_US)).await?;
        }
        let (end_us, end_done, end_cpu) = (self.now_us(), self.done.get(), meter.cpu());
        let (begin_us, begin_done, begin_cpu) = begin;
        let memory = meter.memory();
        let all = async {
            while self.done.get() < self.asked.get() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        let settled = tokio::time::timeout(SETTLE_WITHIN, all).await.is_ok();
        let seconds = (end_us - begin_us).max(1) as f64 / 1e6;
        Ok(Outcome {
            rate,
            per_s: (end_done - begin_done) as f64 / seconds,
            answers: Quantiles::of(&self.answers.borrow()),
            late: Quantiles::of(&late),
            cpu: end_cpu - begin_cpu,
            seconds,
            memory,
            failures: (self.failed.borrow().len() - failed) as u64 + u64::from(!settled),
            abandoned,
            unsettled: !settled,
            ..Outcome::default()
        })
    }

    /// Answers that were wrong, or never came.
    pub fn wrong(&self) -> String {
        let failed = self.failed.borrow();
        failed.first().map(|first| format!("{} failed: {first}", failed.len())).unwrap_or_default()
    }

    /// How large an answer is, in the mean.
    pub fn mean_bytes(&self) -> u64 {
        self.bytes.get() / self.done.get().max(1)
    }

    fn now_us(&self) -> u64 {
        self.begin.elapsed().as_micros() as u64
    }
}
