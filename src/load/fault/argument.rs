//! What can be asked of the fault suite on its command line.

use super::{database::Kind, scene::Plot};
use crate::Fallible;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Plays faults to real servers and checks every promise; a line for each scenario.
#[derive(Args, Clone, Debug)]
pub struct Faults {
    /// The server's program
    #[arg(long)]
    pub server: PathBuf,
    /// A server with the feature sabotage: what is spoilt in it must be found
    #[arg(long)]
    pub spoilt: Option<PathBuf>,
    /// A database of a PostgreSQL cluster that may be stopped and started; others are made beside it
    #[arg(long)]
    pub postgres: Option<String>,
    /// The script that stops and starts the cluster
    #[arg(long, default_value = "script/postgres")]
    pub cluster: PathBuf,
    /// How often each repeated fault strikes
    #[arg(long, default_value_t = 10)]
    pub cycles: u64,
    /// Only these scenarios
    #[arg(long, value_enum)]
    pub only: Vec<Name>,
    /// How many are played at the same time
    #[arg(long, default_value_t = 4)]
    pub at_once: usize,
}

/// What is played, the longest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// Servers spoilt on purpose, which must be found out
    Control,
    /// Connections that swallow everything and never end
    HalfOpen,
    /// Two hundred readers that never read
    SlowReaders,
    /// A connection cut after every byte of an exchange
    CutEverywhere,
    /// A cluster that does not answer for 10 s
    DatabaseFrozen,
    /// A cluster that crashes and comes back
    DatabaseCrashed,
    /// Another connection's lock for 10 s
    DatabaseHeld,
    /// A cluster that takes no writes
    ReadOnly,
    /// A disk that fails to write and to sync
    DiskFails,
    /// A disk without room
    DiskFull,
    /// A day back and a day ahead
    Clock,
    /// Ten thousand rooms of one person
    ManyRooms,
    /// What was not synced is gone
    PowerLoss,
    /// The server is killed at random moments
    Kill,
    /// The server is told to stop
    Stop,
    /// One cid a hundred times at once, on two servers
    OneCid,
    /// Members who come and go while everybody talks
    Leave,
}

impl Name {
    /// The word on the command line.
    pub fn word(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }

    /// Whether it says anything about this database.
    pub fn runs_on(self, kind: Kind) -> bool {
        match self {
            Name::DatabaseFrozen | Name::DatabaseCrashed | Name::ReadOnly => kind == Kind::Postgres,
            // What has nothing to do with a database, or all with files.
            Name::Control | Name::CutEverywhere | Name::DiskFails | Name::DiskFull => kind == Kind::Sqlite,
            Name::PowerLoss | Name::HalfOpen | Name::SlowReaders | Name::Clock => kind == Kind::Sqlite,
            Name::DatabaseHeld | Name::Kill | Name::Stop | Name::OneCid | Name::Leave => true,
            Name::ManyRooms => true,
        }
    }
}

impl Faults {
    /// What is to be played.
    pub fn names(&self) -> Vec<Name> {
        if self.only.is_empty() { Name::value_variants().to_vec() } else { self.only.clone() }
    }

    /// Sixteen people in rooms of two to eight, on the program as it is served.
    pub fn plot(&self, name: &'static str, kind: Kind) -> Plot {
        Plot {
            name,
            kind,
            people: 16,
            rooms: vec![
                (0..6).collect(),
                (4..10).collect(),
                (8..14).collect(),
                (0..16).step_by(2).collect(),
                vec![0, 15],
            ],
            program: self.server.clone(),
            postgres: self.postgres.clone(),
            env: Vec::new(),
            folder: None,
        }
    }

    /// The same on a program that is spoilt in one way.
    pub fn spoilt_plot(&self, name: &'static str, sabotage: &str) -> Fallible<Plot> {
        let program = self.spoilt.clone().ok_or("the controls need --spoilt")?;
        let env = vec![("CONFER_SABOTAGE".to_owned(), sabotage.to_owned())];
        Ok(Plot { program, env, ..self.plot(name, Kind::Sqlite) })
    }
}
