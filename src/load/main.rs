//! `confer-load`: people who talk to a Confer server on schedule, and a ledger that says whether every word arrived.

mod argument;
mod catch_up;
mod climb;
mod crowd;
mod dialect;
mod fault;
mod frame;
mod host;
mod house;
mod http;
mod ledger;
mod log;
mod meter;
mod person;
mod play;
mod pool;
mod quantile;
mod scan;
mod scenario;
mod schedule;
mod stage;
mod table;
mod wire;
mod wrong;

use argument::{Arguments, Command};
use clap::Parser;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{io::Write, process::ExitCode};
use table::{Row, markdown, medians};

/// What may fail anywhere here: the run ends with one plain line.
pub type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

/// A line for whoever watches.
pub fn say(line: &str) {
    // Nobody may be watching.
    let _ = writeln!(std::io::stderr(), "{line}");
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => {
            say("confer-load: not every promise was kept");
            ExitCode::from(2)
        }
        Err(error) => {
            say(&format!("confer-load: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// True when every check of every run was passed.
fn run(arguments: &Arguments) -> Fallible<bool> {
    let files = getrlimit(Resource::Nofile);
    // As many sockets as the machine allows; what is too few shows when they are opened.
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, maximum: files.maximum })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    if let Some(Command::Faults(faults)) = &arguments.command {
        return runtime.block_on(fault::run(faults));
    }
    let mut runs: Vec<Vec<Row>> = Vec::new();
    for number in 1..=arguments.runs.max(1) {
        let mut rows = Vec::new();
        for scenario in &arguments.scenarios {
            say(&format!("{scenario:?}, run {number} of {}", arguments.runs.max(1)));
            // A fresh set of tasks: whatever one scenario left behind ends with it.
            let tasks = tokio::task::LocalSet::new();
            rows.extend(runtime.block_on(tasks.run_until(scenario::play(arguments, *scenario)))?);
        }
        runs.push(rows);
    }
    let rows = medians(&runs);
    let table = markdown(&rows);
    std::io::stdout().write_all(table.as_bytes())?;
    if let Some(report) = &arguments.report {
        std::fs::write(report, &table)?;
    }
    Ok(rows.iter().all(|row| row.wrong.is_empty()))
}
