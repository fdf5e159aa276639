//! People who talk: two, a thousand in pairs, and a thousand in one room.

use super::{Climb, Fallible, OPEN_WITHIN, complaints, judge, search};
use crate::{
    argument::Arguments,
    play::{Play, play},
    stage::{Cast, Stage},
    table::Row,
};

const DUET_RATE: f64 = 20.0;
const PAIRS_LIMIT_MS: f64 = 100.0;
const BIG_ROOM_LIMIT_MS: f64 = 250.0;
/// Coprime to the number of people, so that neighbours do not speak one after the other.
const STRIDE: u64 = 617;
const WARM_S: f64 = 1.0;
const PATIENCE_S: f64 = 3.0;
const TRIES: u32 = 12;

/// How one of the three differs from the others.
struct Talk {
    name: &'static str,
    load: String,
    cast: Cast,
    climb: Climb,
    limit_ms: f64,
    measured_s: f64,
}

/// Two people, 20 messages a second.
pub async fn duet(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let rate = arguments.rate.unwrap_or(DUET_RATE);
    let talk = Talk {
        name: "duet",
        load: format!("1 room of 2, {rate:.0} msg/s"),
        cast: Cast::groups(1, 2, arguments.body_bytes),
        climb: Climb::only(rate),
        limit_ms: f64::INFINITY,
        measured_s: arguments.measured_s(8.0, 12.0),
    };
    run(arguments, talk).await
}

/// 500 rooms of two: the highest rate, or a fixed one.
pub async fn pairs(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let talk = Talk {
        name: "pairs",
        load: match arguments.rate {
            Some(rate) => format!("500 rooms of 2, {rate:.0} msg/s"),
            None => format!("500 rooms of 2, highest at p99 ≤ {PAIRS_LIMIT_MS:.0} ms"),
        },
        cast: Cast::groups(500, 2, arguments.body_bytes),
        climb: arguments.rate.map_or(Climb::new(1_000.0, 2.0, TRIES), Climb::only),
        limit_ms: if arguments.rate.is_some() { f64::INFINITY } else { PAIRS_LIMIT_MS },
        measured_s: arguments.measured_s(3.0, 5.0),
    };
    run(arguments, talk).await
}

/// One room of a thousand: the highest rate, or a fixed one.
pub async fn big_room(arguments: &Arguments) -> Fallible<Vec<Row>> {
    let talk = Talk {
        name: "big-room",
        load: match arguments.rate {
            Some(rate) => format!("1 room of 1,000, {rate:.0} msg/s"),
            None => format!("1 room of 1,000, highest at p99 ≤ {BIG_ROOM_LIMIT_MS:.0} ms"),
        },
        cast: Cast::groups(1, 1_000, arguments.body_bytes),
        climb: arguments.rate.map_or(Climb::new(20.0, 2.0, TRIES), Climb::only),
        limit_ms: if arguments.rate.is_some() { f64::INFINITY } else { BIG_ROOM_LIMIT_MS },
        measured_s: arguments.measured_s(3.0, 5.0),
    };
    run(arguments, talk).await
}

async fn run(arguments: &Arguments, talk: Talk) -> Fallible<Vec<Row>> {
    let Talk { name, load, cast, climb, limit_ms, measured_s } = talk;
    let stage = Stage::set(arguments, &cast).await?;
    stage.crowd.open(OPEN_WITHIN).await?;
    let opening = stage.crowd.ends();
    stage.crowd.forget_ends();
    // A fixed rate is played to its end, whatever happens.
    let patience_s = (limit_ms < f64::INFINITY).then_some(PATIENCE_S);
    let people = cast.people as u64;
    let pick = |number: u64| ((number * STRIDE % people) as u32, 0);
    let found = search(climb, limit_ms, async |rate| {
        // Whoever the last rate was too much for comes back first.
        stage.crowd.all_there(OPEN_WITHIN).await?;
        let plan = Play { rate, warm_s: WARM_S, measured_s, patience_s, pick: &pick };
        play(&stage.crowd, &stage.meter, &plan).await
    })
    .await?;
    let mut row = judge(found.row(name, load), &stage.crowd, arguments.rate.is_none() && name != "duet");
    if !opening.is_empty() {
        row = row.with(format!("while opening: {opening}"));
    }
    complaints(&stage.strike().await?);
    Ok(vec![row])
}
