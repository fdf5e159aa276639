//! The storm: most sockets are cut at once while messages flow, and all come back at once.

use super::{Fallible, OPEN_WITHIN, complaints, judge};
use crate::{
    argument::Arguments,
    play::{Play, play},
    say,
    stage::{Cast, Stage},
    table::Row,
};
use std::time::{Duration, Instant};

const ROOMS: usize = 100;
const CUT_EACH: usize = 20;
const RATE: f64 = 200.0;
const CALM: Duration = Duration::from_secs(3);

/// In each room one person talks on, and twenty are cut.
pub async fn run(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let cut = ROOMS * CUT_EACH;
    let members = |room: usize| {
        let first = ROOMS + room * CUT_EACH;
        std::iter::once(room).chain(first..first + CUT_EACH).collect()
    };
    let cast = Cast {
        people: ROOMS + cut,
        rooms: (0..ROOMS).map(members).collect(),
        ..Cast::groups(0, 0, arguments.body_bytes)
    };
    let stage = Stage::set(arguments, &cast).await?;
    let crowd = &stage.crowd;
    crowd.open(OPEN_WITHIN).await?;
    crowd.forget_ends();
    // Nobody waits for anybody on the way back.
    crowd.doors.add_permits(cut);
    let plan = Play {
        rate: arguments.rate.unwrap_or(RATE),
        warm_s: 0.0,
        measured_s: arguments.measured_s(10.0, 15.0),
        patience_s: None,
        pick: &|number| ((number % ROOMS as u64) as u32, 0),
    };
    let storm = async {
        tokio::time::sleep(CALM).await;
        let begin = Instant::now();
        crowd.cut(ROOMS..ROOMS + cut);
        crowd.admit(ROOMS..ROOMS + cut);
        crowd.all_there(OPEN_WITHIN).await.map(|()| begin.elapsed())
    };
    let (outcome, caught_up) = tokio::join!(play(crowd, &stage.meter, &plan), storm);
    let (outcome, caught_up_s) = (outcome?, caught_up?.as_secs_f64());
    say(&format!("    all back after {caught_up_s:.2} s; {}", outcome.line()));
    let row =
        Row::of("storm", format!("{cut} of {} cut at once, {:.0} msg/s", cast.people, plan.rate), &outcome);
    let row = Row { key: caught_up_s, ..row }.with(format!("**all caught up after {caught_up_s:.2} s**"));
    let row = row.with(format!("{} heard twice", crowd.ledger.borrow().count().repeated));
    let row = judge(row, crowd, false);
    complaints(&stage.strike().await?);
    Ok(vec![row])
}
