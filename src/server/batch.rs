//! Statements over many rows at once: one journey to the database instead of one a row.

use super::db::Arg;
use std::sync::OnceLock;

/// 1, 2, 4 … 256 rows. Few sizes, because each is a prepared statement of its own.
const POWERS: usize = 9;

/// A statement whose text holds `{rows}` where `($3, $4), ($5, $6) …` goes, after `lead` values of its own.
#[derive(Debug)]
pub struct Batch {
    text: &'static str,
    lead: usize,
    columns: usize,
    sized: [OnceLock<String>; POWERS],
}

impl Batch {
    /// A statement with `lead` single values before its rows of `columns` values each.
    pub const fn new(text: &'static str, lead: usize, columns: usize) -> Batch {
        Batch { text, lead, columns, sized: [const { OnceLock::new() }; POWERS] }
    }

    /// The statements that cover these rows, each with its values.
    pub fn over<const N: usize>(
        &'static self,
        lead: &[Arg],
        rows: impl IntoIterator<Item = [Arg; N]>,
    ) -> Vec<(&'static str, Vec<Arg>)> {
        debug_assert!(N == self.columns && lead.len() == self.lead);
        let rows: Vec<[Arg; N]> = rows.into_iter().collect();
        let mut statements = Vec::new();
        let mut left = rows.len();
        let mut rows = rows.into_iter();
        while left > 0 {
            let power = (left.ilog2() as usize).min(POWERS - 1);
            let mut args = Vec::with_capacity(self.lead + (N << power));
            args.extend_from_slice(lead);
            args.extend(rows.by_ref().take(1 << power).flatten());
            statements.push((self.text_for(power), args));
            left -= 1 << power;
        }
        statements
    }

    fn text_for(&'static self, power: usize) -> &'static str {
        self.sized[power].get_or_init(|| {
            let mut number = self.lead;
            let rows: Vec<String> = (0..1 << power)
                .map(|_| {
                    let values: Vec<String> = (0..self.columns)
                        .map(|_| {
                            number += 1;
                            format!("${number}")
                        })
                        .collect();
                    format!("({})", values.join(", "))
                })
                .collect();
            self.text.replace("{rows}", &rows.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_covered_by_few_sizes_in_order() {
        static PAIRS: Batch = Batch::new("insert into x values {rows}", 1, 2);
        let rows = (0..7i64).map(|number| [Arg::from(number), Arg::from(-number)]);
        let statements = PAIRS.over(&[Arg::from(99i64)], rows);
        let texts: Vec<&str> = statements.iter().map(|(text, _)| *text).collect();
        assert_eq!(texts[1], "insert into x values ($2, $3), ($4, $5)");
        assert_eq!(statements.iter().map(|(_, args)| (args.len() - 1) / 2).collect::<Vec<_>>(), [4, 2, 1]);
        let firsts: Vec<i64> = statements
            .iter()
            .flat_map(|(_, args)| args[1..].chunks(2))
            .map(|row| match row[0] {
                Arg::Int(Some(value)) => value,
                _ => -1,
            })
            .collect();
        assert_eq!(firsts, (0..7).collect::<Vec<_>>());
        assert!(PAIRS.over(&[Arg::from(0i64)], Vec::<[Arg; 2]>::new()).is_empty());
    }
}
