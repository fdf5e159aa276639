//! Faults: real servers and databases that are killed, cut off, filled up and held, and a checker that knows
//! everything that was said and heard.

mod answer;
mod argument;
mod check;
mod client;
mod clock;
mod control;
mod count;
mod cut;
mod database;
mod disk;
#[cfg(test)]
mod example;
mod history;
mod hold;
mod kill;
mod leave;
mod line;
mod many;
mod name;
mod place;
mod power;
mod proxy;
mod scene;
mod shim;
mod slow;
mod stored;
mod talk;
mod verdict;
mod view;

pub use argument::Faults;

use super::{Fallible, say};
use argument::Name;
use database::Kind;
use std::{io::Write, rc::Rc};
use tokio::{
    sync::Semaphore,
    task::{LocalSet, spawn_local},
};
use verdict::Verdict;

/// One scenario on one database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Case {
    name: Name,
    kind: Kind,
}

/// Scenarios that went as they should, and others.
#[derive(Default)]
struct Count {
    good: usize,
    bad: usize,
}

/// Plays what was asked for; true when every promise was kept and every spoilt one found out.
pub async fn run(faults: &Faults) -> Fallible<bool> {
    let faults = Rc::new(faults.clone());
    let places = Rc::new(Semaphore::new(faults.at_once.max(1)));
    // What is done to a cluster is done to every database in it.
    let cluster = Rc::new(Semaphore::new(1));
    let tasks = LocalSet::new();
    let played = tasks.run_until(async {
        let mut running = Vec::new();
        for case in cases(&faults) {
            let (faults, places, cluster) = (faults.clone(), places.clone(), cluster.clone());
            running.push(spawn_local(async move {
                let _alone = match case.kind {
                    Kind::Postgres => Some(cluster.acquire().await?),
                    Kind::Sqlite => None,
                };
                let _place = places.acquire().await?;
                let outcome = play(&faults, case).await;
                Ok::<_, tokio::sync::AcquireError>(tell(case, outcome))
            }));
        }
        let mut count = Count::default();
        for one in running {
            let (good, bad) = one.await??;
            count.good += good;
            count.bad += bad;
        }
        Ok::<_, Box<dyn std::error::Error>>(count)
    });
    let Count { good, bad } = played.await?;
    writeln!(std::io::stdout(), "test result: {} scenarios. {good} passed; {bad} failed;", good + bad)?;
    Ok(bad == 0)
}

fn cases(faults: &Faults) -> Vec<Case> {
    let kinds: &[Kind] =
        if faults.postgres.is_some() { &[Kind::Sqlite, Kind::Postgres] } else { &[Kind::Sqlite] };
    let names = faults.names();
    let all = names.iter().flat_map(|name| kinds.iter().map(|kind| Case { name: *name, kind: *kind }));
    all.filter(|case| case.name.runs_on(case.kind)).collect()
}

/// Tells what came of it; answers how many were good and how many were not.
fn tell(case: Case, outcome: Fallible<Vec<Verdict>>) -> (usize, usize) {
    let mut out = std::io::stdout();
    let verdicts = match outcome {
        Ok(verdicts) => verdicts,
        Err(error) => {
            // Nobody may be watching.
            let _ = writeln!(out, "{:<22} {:<8} FAILED: {error}", case.name.word(), case.kind);
            return (0, 1);
        }
    };
    for verdict in &verdicts {
        let _ = writeln!(out, "{}", verdict.line());
        if !verdict.is_good() {
            let lines = verdict.wrong.examples().iter().chain(&verdict.complaints);
            lines.for_each(|line| say(&format!("    {line}")));
        }
    }
    let _ = out.flush();
    let good = verdicts.iter().filter(|verdict| verdict.is_good()).count();
    (good, verdicts.len() - good)
}

async fn play(faults: &Faults, case: Case) -> Fallible<Vec<Verdict>> {
    let kind = case.kind;
    let one = match case.name {
        Name::Control => return control::run(faults).await,
        Name::HalfOpen => cut::half_open(faults, kind).await,
        Name::SlowReaders => slow::readers(faults, kind).await,
        Name::CutEverywhere => cut::everywhere(faults).await,
        Name::DatabaseFrozen => hold::frozen(faults).await,
        Name::DatabaseCrashed => hold::crashed(faults).await,
        Name::DatabaseHeld => hold::held(faults, kind).await,
        Name::ReadOnly => hold::read_only(faults).await,
        Name::DiskFails => disk::broken(faults).await,
        Name::DiskFull => disk::full(faults).await,
        Name::Clock => clock::moved(faults, kind).await,
        Name::ManyRooms => many::rooms(faults, kind).await,
        Name::PowerLoss => power::loss(faults).await,
        Name::Kill => kill::kill(faults, kind).await,
        Name::Stop => kill::stop(faults, kind).await,
        Name::OneCid => name::hundred(faults, kind).await,
        Name::Leave => leave::stream(faults, kind).await,
    };
    Ok(vec![one?])
}
