//! The checker: holds a history against the database, and names every promise that was not kept.

use super::{answer, count, history::History, line, stored::Stored, view};
use crate::wrong::Wrong;

/// What a scenario's faults excuse.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// The database was away while messages were told, so a number may have been skipped, and was asked for.
    pub may_skip: bool,
    /// The database is an older one, so that clients were told to start afresh.
    pub may_start_afresh: bool,
    /// Messages up to this id were there before.
    pub older: i64,
}

/// Everything that is not as promised.
pub fn check(history: &History, stored: &Stored, rules: Rules) -> Wrong {
    let mut wrong = Wrong::default();
    line::check(history, stored, rules, &mut wrong);
    answer::check(history, stored, &mut wrong);
    view::check(history, stored, rules, &mut wrong);
    count::check(history, stored, &mut wrong);
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fault::example::Example;

    #[test]
    fn a_right_history_is_right() {
        let example = Example::talk();
        let wrong = check(&example.history, &example.stored, Rules::default());
        assert_eq!(wrong.summary(), "", "{:?}", wrong.examples());
    }
}
