//! Statements over many rows at once: one journey to the database instead of one a row.

use super::db::Arg;
use std::sync::OnceLock;

/// 1, 2, 4 … 256 rows. Few sizes, because each is a prepared statement of its own.
const POWERS: usize = 9;

/// How a database has the places of values written. SQLite knows `$1` as well, but looks every name up in a list
/// of all of them: with a thousand values that was a quarter of all its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Places {
    Plain,
    Numbered,
}

/// A statement whose text holds `{rows}` where `($1, $2), ($3, $4) …` goes, and `{lead}` for a value of its own.
#[derive(Debug)]
pub struct Batch {
    text: &'static str,
    columns: usize,
    sized: [[OnceLock<String>; POWERS]; 2],
}

impl Batch {
    /// A statement over rows of so many columns each.
    pub const fn new(text: &'static str, columns: usize) -> Batch {
        Batch { text, columns, sized: [const { [const { OnceLock::new() }; POWERS] }; 2] }
    }

    /// The statements that cover these rows, each with its values.
    pub fn over<const N: usize>(
        &'static self,
        places: Places,
        lead: Option<Arg>,
        rows: impl IntoIterator<Item = [Arg; N]>,
    ) -> Vec<(&'static str, Vec<Arg>)> {
        debug_assert!(N == self.columns && lead.is_some() == self.text.contains("{lead}"));
        let rows: Vec<[Arg; N]> = rows.into_iter().collect();
        let mut statements = Vec::new();
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let power = (left.ilog2() as usize).min(POWERS - 1);
            let mut args = Vec::with_capacity((N << power) + 1);
            args.extend(rows.by_ref().take(1 << power).flatten());
            args.extend(lead.clone());
            statements.push((self.text_for(places, power), args));
            left -= 1 << power;
        }
        statements
    }

    fn text_for(&'static self, places: Places, power: usize) -> &'static str {
        self.sized[places as usize][power].get_or_init(|| {
            let place = |number: usize| match places {
                Places::Plain => "?".to_owned(),
                Places::Numbered => format!("${number}"),
            };
            let row = |row: usize| {
                let values: Vec<String> =
                    (1..=self.columns).map(|column| place(row * self.columns + column)).collect();
                format!("({})", values.join(", "))
            };
            let rows: Vec<String> = (0..1 << power).map(row).collect();
            // A named place among plain ones: it is told apart by its number.
            let lead = format!("${}", (self.columns << power) + 1);
            self.text.replace("{rows}", &rows.join(", ")).replace("{lead}", &lead)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_covered_by_few_sizes_in_order() {
        static PAIRS: Batch = Batch::new("insert into x values {rows} at {lead}", 2);
        let rows = (0..7i64).map(|number| [Arg::from(number), Arg::from(-number)]);
        let statements = PAIRS.over(Places::Numbered, Some(Arg::from(99i64)), rows);
        let texts: Vec<&str> = statements.iter().map(|(text, _)| *text).collect();
        assert_eq!(texts[1], "insert into x values ($1, $2), ($3, $4) at $5");
        assert_eq!(statements.iter().map(|(_, args)| (args.len() - 1) / 2).collect::<Vec<_>>(), [4, 2, 1]);
        let firsts: Vec<i64> = statements
            .iter()
            .flat_map(|(_, args)| args[..args.len() - 1].chunks(2))
            .map(|row| match row[0] {
                Arg::Int(Some(value)) => value,
                _ => -1,
            })
            .collect();
        assert_eq!(firsts, (0..7).collect::<Vec<_>>());
        assert!(PAIRS.over(Places::Plain, Some(Arg::from(0i64)), Vec::<[Arg; 2]>::new()).is_empty());
        let plain = PAIRS.over(Places::Plain, Some(Arg::from(0i64)), [[Arg::from(1i64), Arg::from(2i64)]]);
        assert_eq!(plain[0].0, "insert into x values (?, ?) at $3");
    }
}
