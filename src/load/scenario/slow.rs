//! Slow readers: one in twenty never reads, and the others should not notice.

use super::{Fallible, OPEN_WITHIN, complaints, judge};
use crate::{
    argument::Arguments,
    http::Http,
    meter::{Memory, Meter},
    play::{Outcome, Play, play},
    say,
    stage::{Cast, Stage},
    table::Row,
};
use std::{
    cell::Cell,
    convert::Infallible,
    time::{Duration, Instant},
};

const ROOMS: usize = 2;
const PEOPLE: usize = 200;
const SLOW: usize = PEOPLE / 20;
const RATE: f64 = 200.0;
/// Long messages fill the kernel's buffers, behind which a slow reader would go unnoticed.
const BODY_BYTES: usize = 6_000;
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A write that is stuck has 10 s.
const WATCH_FOR: Duration = Duration::from_secs(12);

/// One of the two plays, and the most memory the server took meanwhile.
struct Half {
    row: Row,
    outcome: Outcome,
    peak: Memory,
    still_there: usize,
}

/// The same talk without slow readers and with them.
pub async fn run(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let calm = half(arguments, 0).await?;
    let slow = half(arguments, SLOW).await?;
    let each = |slow: u64, calm: u64| (slow as f64 - calm as f64) / SLOW as f64;
    let each_kb = each(slow.peak.pss_kb, calm.peak.pss_kb);
    let kernel_kb = each(slow.peak.tcp_kb, calm.peak.tcp_kb);
    let row = slow
        .row
        .with(format!("p99 {:.1} ms without", calm.outcome.deliveries.p99_ms))
        .with(format!("**{each_kb:.0} KB PSS for each of {SLOW} slow**"))
        .with(format!("{kernel_kb:.0} KB of kernel buffers each"))
        .with(format!("{} of them still connected {} s later", slow.still_there, WATCH_FOR.as_secs()));
    Ok(vec![calm.row, row])
}

async fn half(arguments: &Arguments, mute: usize) -> Fallible<Half> {
    let cast = Cast {
        people: PEOPLE,
        rooms: (0..ROOMS).map(|room| (room..PEOPLE).step_by(ROOMS).collect()).collect(),
        mute,
        ..Cast::groups(0, 0, BODY_BYTES)
    };
    let stage = Stage::set(arguments, &cast).await?;
    stage.crowd.open(OPEN_WITHIN).await?;
    stage.crowd.forget_ends();
    let readers = (PEOPLE - SLOW) as u64;
    let plan = Play {
        rate: arguments.rate.unwrap_or(RATE),
        warm_s: 1.0,
        measured_s: arguments.measured_s(11.0, 16.0),
        patience_s: None,
        pick: &|number| (SLOW as u32 + (number % readers) as u32, 0),
    };
    let peak = Cell::new(Memory::default());
    let outcome = tokio::select! {
        outcome = play(&stage.crowd, &stage.meter, &plan) => outcome?,
        never = watch(&stage.meter, &peak) => match never {},
    };
    let still_there = still_there(&stage, PEOPLE - mute).await?;
    let (name, load) = match mute {
        0 => ("slow-readers (none)", format!("2 rooms of 100, {:.0} msg/s of {BODY_BYTES} B", plan.rate)),
        _ => ("slow-readers", format!("the same, {mute} never read")),
    };
    say(&format!("    {name}: {}, peak {:?}", outcome.line(), peak.get()));
    let row = Row::of(name, load, &outcome);
    let row = judge(Row { key: outcome.deliveries.p99_ms, ..row }, &stage.crowd, false);
    complaints(&stage.strike().await?);
    Ok(Half { row, outcome, peak: peak.get(), still_there })
}

async fn watch(meter: &Meter, peak: &Cell<Memory>) -> Infallible {
    loop {
        peak.set(peak.get().max(meter.memory()));
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// How many sockets the server has beyond those that read; it is given time to cut them off.
async fn still_there(stage: &Stage, readers: usize) -> Fallible<usize> {
    let begin = Instant::now();
    loop {
        let beyond = connections(stage).await?.saturating_sub(readers);
        if beyond == 0 || begin.elapsed() > WATCH_FOR {
            return Ok(beyond);
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

/// How many sockets the server believes it has.
async fn connections(stage: &Stage) -> Fallible<usize> {
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {}\r\n\r\n", stage.host.address);
    let mut body = Vec::new();
    Http::open(stage.host.address).await?.ask(request.as_bytes(), &mut body).await?;
    let text = String::from_utf8(body)?;
    let line = text.lines().find_map(|line| line.strip_prefix("confer_connections "));
    Ok(line.ok_or("the metrics name no connections")?.trim().parse()?)
}
