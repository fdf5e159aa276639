//! The scenarios: what is played, and the rows it makes.

mod idle;
mod page;
mod slow;
mod storm;
mod talk;

use super::{
    Fallible,
    argument::{Arguments, Scenario},
    climb::Climb,
    crowd::Crowd,
    play::Outcome,
    say,
    table::Row,
};
use std::time::Duration;

/// Long enough for any crowd to come in.
const OPEN_WITHIN: Duration = Duration::from_secs(180);

/// A rate that did not hold while others were busy is tried so many times more.
const TRIES_AGAIN: u32 = 2;

/// Plays one scenario.
pub async fn play(arguments: &Arguments, scenario: Scenario) -> Fallible<Vec<Row>> {
    match scenario {
        Scenario::Idle => idle::run(arguments).await,
        Scenario::Duet => talk::duet(arguments).await,
        Scenario::Pairs => talk::pairs(arguments).await,
        Scenario::BigRoom => talk::big_room(arguments).await,
        Scenario::History => page::history(arguments).await,
        Scenario::Storm => storm::run(arguments).await,
        Scenario::SlowReaders => slow::run(arguments).await,
        Scenario::Ssr => page::ssr(arguments).await,
    }
}

/// What a search found.
struct Found {
    best: Option<Outcome>,
    last: Outcome,
}

/// Tries rates until the highest is known that holds.
async fn search(
    mut climb: Climb,
    limit_ms: f64,
    mut attempt: impl AsyncFnMut(f64) -> Fallible<Outcome>,
) -> Fallible<Found> {
    let mut best: Option<Outcome> = None;
    let mut last = Outcome::default();
    while let Some(rate) = climb.next() {
        let mut outcome = attempt(rate).await?;
        let mut held = outcome.holds(limit_ms);
        for _ in 0..TRIES_AGAIN {
            if held || outcome.unsettled || !outcome.is_disturbed() {
                break;
            }
            say(&format!("    disturbed {}", outcome.line()));
            outcome = attempt(rate).await?;
            held = outcome.holds(limit_ms);
        }
        say(&format!("    {} {}", if held { "held" } else { "not held" }, outcome.line()));
        if held && best.as_ref().is_none_or(|best| best.rate < rate) {
            best = Some(outcome.clone());
        }
        climb.tell(held);
        let unsettled = outcome.unsettled;
        last = outcome;
        if unsettled {
            break;
        }
    }
    Ok(Found { best, last })
}

impl Found {
    /// The row of the best rate; of the last one tried, where none held.
    fn row(&self, name: &str, load: impl Into<String>) -> Row {
        match &self.best {
            Some(best) => Row::of(name, load.into(), best),
            None => Row { key: 0.0, ..Row::of(name, load.into(), &self.last) }.with("**none held**"),
        }
    }
}

/// Closes the ledger and adds its judgement to a row.
fn judge(mut row: Row, crowd: &Crowd, may_refuse: bool) -> Row {
    let mut ledger = crowd.ledger.borrow_mut();
    ledger.close();
    for example in ledger.wrong().examples() {
        say(&format!("    wrong: {example}"));
    }
    row.wrong = ledger.wrong().summary();
    let refusals = ledger.refusals();
    if !refusals.is_empty() {
        say(&format!("    refused: {refusals}"));
        if !may_refuse {
            row.wrong = format!("{} refused {refusals}", row.wrong).trim().to_owned();
        }
    }
    if crowd.ended_total() > 0 {
        let ends = crowd.ends();
        say(&format!("    sockets ended: {ends}"));
        row = row.with(format!("sockets ended: {ends}"));
    }
    row
}

/// What the server complained about, for whoever watches.
fn complaints(lines: &[String]) {
    if !lines.is_empty() {
        say(&format!("    the server's log has {} complaints, such as:", lines.len()));
        lines.iter().take(3).for_each(|line| say(&format!("      {line}")));
    }
}
