//! Verdicts: what a scenario did, what was found, and whether that is as it should be.

use super::database::Kind;
use crate::wrong::Wrong;

/// The outcome of one scenario.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub name: &'static str,
    pub kind: Kind,
    /// Messages that were acked.
    pub messages: u64,
    pub faults: String,
    pub seconds: f64,
    pub wrong: Wrong,
    /// What stands in the server's log.
    pub complaints: Vec<String>,
    /// What the checker must find, where the server was spoilt on purpose.
    pub expected: Option<&'static str>,
}

impl Verdict {
    /// Whether all promises were kept, or the spoilt one was found out.
    pub fn is_good(&self) -> bool {
        match self.expected {
            None => self.wrong.total() == 0,
            Some(kind) => self.wrong.has(kind),
        }
    }

    /// One line.
    pub fn line(&self) -> String {
        let found = self.wrong.summary();
        let word = match (self.expected, self.is_good()) {
            (None, true) => "ok".to_owned(),
            (None, false) => format!("FAILED: {found}"),
            (Some(_), true) => format!("ok, found out: {found}"),
            (Some(kind), false) => format!("FAILED to find \"{kind}\", found: {found}"),
        };
        let Verdict { name, kind, messages, faults, seconds, .. } = self;
        format!("{name:<22} {kind:<8} {messages:>6} messages  {faults:<44} {seconds:>5.1} s  {word}")
    }
}
