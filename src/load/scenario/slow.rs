//! Slow readers: one in twenty never reads, and the others should not notice.

use super::{Fallible, OPEN_WITHIN, complaints, judge};
use crate::{
    argument::Arguments,
    http::Http,
    meter::Meter,
    play::{Outcome, Play, play},
    say,
    stage::{Cast, Stage},
    table::Row,
};
use std::{cell::Cell, convert::Infallible, time::Duration};

const ROOMS: usize = 2;
const PEOPLE: usize = 200;
const SLOW: usize = PEOPLE / 20;
const RATE: f64 = 40.0;
/// Long messages fill the kernel's buffers, behind which a slow reader would go unnoticed.
const BODY_BYTES: usize = 2_000;
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// One of the two plays, and the most memory the server took meanwhile.
struct Half {
    row: Row,
    outcome: Outcome,
    peak_kb: u64,
    still_there: usize,
}

/// The same talk without slow readers and with them.
pub async fn run(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let calm = half(arguments, 0).await?;
    let slow = half(arguments, SLOW).await?;
    let each_kb = (slow.peak_kb as f64 - calm.peak_kb as f64) / SLOW as f64;
    let row = slow
        .row
        .with(format!("p99 {:.1} ms without", calm.outcome.deliveries.p99_ms))
        .with(format!("**{each_kb:.0} KB of memory for each of {SLOW} slow**"))
        .with(format!("{} of them still connected at the end", slow.still_there));
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
        measured_s: arguments.measured_s(12.0, 30.0),
        patience_s: 10.0,
        pick: &|number| (SLOW as u32 + (number % readers) as u32, 0),
    };
    let peak_kb = Cell::new(0);
    let outcome = tokio::select! {
        outcome = play(&stage.crowd, &stage.meter, &plan) => outcome?,
        never = watch(&stage.meter, &peak_kb) => match never {},
    };
    let still_there = connections(&stage).await?.saturating_sub(PEOPLE - mute);
    let (name, load) = match mute {
        0 => ("slow-readers (none)", format!("2 rooms of 100, {:.0} msg/s of {BODY_BYTES} B", plan.rate)),
        _ => ("slow-readers", format!("the same, {mute} never read")),
    };
    say(&format!("    {name}: {}, peak {} KB", outcome.line(), peak_kb.get()));
    let row = Row::of(name, load, &outcome);
    let row = judge(Row { key: outcome.deliveries.p99_ms, ..row }, &stage.crowd, false);
    complaints(&stage.strike().await?);
    Ok(Half { row, outcome, peak_kb: peak_kb.get(), still_there })
}

async fn watch(meter: &Meter, peak_kb: &Cell<u64>) -> Infallible {
    loop {
        peak_kb.set(peak_kb.get().max(meter.memory().pss_kb));
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
