//! People who are there and say nothing: what a socket costs.

use super::{Fallible, OPEN_WITHIN, complaints, judge};
use crate::{
    argument::Arguments,
    quantile::Quantiles,
    stage::{Cast, Stage},
    table::{Row, figure},
};
use std::time::{Duration, Instant};

const SOCKETS_EACH: usize = 20;
const REST: Duration = Duration::from_secs(3);

/// Opens the sockets, lets them rest, and compares memory with before.
pub async fn run(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let mut cast = Cast::groups(250, 2, 0);
    cast.sockets = SOCKETS_EACH;
    let stage = Stage::set(arguments, &cast).await?;
    let before = stage.meter.memory();
    let sockets = stage.crowd.people.len();
    let begin = Instant::now();
    let opening = stage.meter.cpu();
    stage.crowd.open(OPEN_WITHIN).await?;
    let opened_s = begin.elapsed().as_secs_f64();
    let opening = stage.meter.cpu() - opening;
    tokio::time::sleep(REST).await;
    let after = stage.meter.memory();
    let resting = stage.meter.cpu();
    let rest_s = arguments.measured_s(5.0, 26.0);
    tokio::time::sleep(Duration::from_secs_f64(rest_s)).await;
    let resting = stage.meter.cpu() - resting;
    let each = |now: u64, then: u64| now.saturating_sub(then) as f64 / sockets as f64;
    let pss_kb = each(after.pss_kb, before.pss_kb);
    let row = Row {
        name: "idle".into(),
        load: format!("{} sockets of {} people", figure(sockets as f64), cast.people),
        key: pss_kb,
        per_s: None,
        deliveries_s: None,
        answers: Quantiles::default(),
        deliveries: Quantiles::default(),
        cpu_ms_per_1000: None,
        pss_mb: Some(after.pss_kb as f64 / 1_024.0),
        further: vec![
            format!("**{pss_kb:.1} KB PSS a socket**"),
            // Both ends of every connection are on this machine.
            format!("{:.1} KB of kernel objects an end", each(after.slab_kb, before.slab_kb) / 2.0),
            format!("{:.2} KB of kernel buffers", each(after.tcp_kb, before.tcp_kb)),
            format!("opened in {opened_s:.1} s with {:.1} s of CPU", opening.served_ms as f64 / 1_000.0),
            format!("{:.2} % CPU at rest", resting.served_ms as f64 / (rest_s * 10.0)),
        ],
        wrong: String::new(),
    };
    let row = judge(row, &stage.crowd, false);
    complaints(&stage.strike().await?);
    Ok(vec![row])
}
