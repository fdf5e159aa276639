//! What can be asked of the generator on its command line.

use super::{dialect::Dialect, fault::Faults};
use clap::{Parser, Subcommand, ValueEnum};
use confer::server::db::Durability;
use std::path::PathBuf;

/// Plays people to a Confer server on a fixed schedule, checks every delivery, and prints a table.
#[derive(Clone, Debug, Parser)]
#[command(name = "confer-load", version, max_term_width = 100)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Arguments {
    /// Something else than measuring
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What to play, one after another
    #[arg(value_enum, required = true)]
    pub scenarios: Vec<Scenario>,
    /// The server's program, started fresh for each scenario
    #[arg(long, conflicts_with = "url", required_unless_present = "url")]
    pub server: Option<PathBuf>,
    /// The folder of the browser's half [default: site beside the server's program]
    #[arg(long)]
    pub site: Option<PathBuf>,
    /// Words before the server's program, such as "taskset -c 0"
    #[arg(long, value_delimiter = ' ')]
    pub before: Vec<String>,
    /// A running server instead, such as http://127.0.0.1:3000; it must run with CONFER_RATE=off
    #[arg(long, requires = "database_url")]
    pub url: Option<String>,
    /// The server's database, sqlite: or postgres:// [default: a fresh SQLite file for each scenario]
    #[arg(long)]
    pub database_url: Option<String>,
    /// Further processes whose time and memory count as the server's, with their children
    #[arg(long, value_delimiter = ',')]
    pub pids: Vec<u32>,
    /// The wire format
    #[arg(long, value_enum, default_value_t = Dialect::Native)]
    pub dialect: Dialect,
    /// What the server's acknowledged messages survive: power or process
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub durability: Durability,
    /// Receivers tell once a second what has arrived, as browsers do
    #[arg(long)]
    pub receipts: bool,
    /// How large and how long
    #[arg(long, value_enum, default_value_t = Size::Small)]
    pub size: Size,
    /// How often each scenario is played; the table shows the median
    #[arg(long, default_value_t = 1)]
    pub runs: usize,
    /// This rate a second instead of a search for the highest
    #[arg(long)]
    pub rate: Option<f64>,
    /// Seconds measured at each rate
    #[arg(long)]
    pub seconds: Option<f64>,
    /// The length of a message, in bytes
    #[arg(long, default_value_t = 100)]
    pub body_bytes: usize,
    /// A file the table is written to as well
    #[arg(long)]
    pub report: Option<PathBuf>,
}

/// What can be done besides measuring.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Faults instead of load: kill, cut, fill and hold, and check every promise
    Faults(Faults),
}

/// What is played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Scenario {
    /// Ten thousand sockets that say nothing: memory of each
    Idle,
    /// Two people in one room, 20 messages a second
    Duet,
    /// 500 rooms of two: the highest rate at p99 <= 100 ms
    Pairs,
    /// One room of a thousand: the highest rate at p99 <= 250 ms
    BigRoom,
    /// Pages of 50 messages over HTTP
    History,
    /// Two thousand sockets cut at once while messages flow: time until all have caught up
    Storm,
    /// One in twenty never reads: what the others notice, and what it costs
    SlowReaders,
    /// A room's page, drawn by the server
    Ssr,
}

/// How large and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Size {
    Small,
    Full,
}

impl Arguments {
    /// The one value for a small run, the other for a full one.
    pub fn sized<T>(&self, small: T, full: T) -> T {
        match self.size {
            Size::Small => small,
            Size::Full => full,
        }
    }

    /// Seconds measured at each rate.
    pub fn measured_s(&self, small: f64, full: f64) -> f64 {
        self.seconds.unwrap_or(self.sized(small, full))
    }
}
