//! The table at the end: a row for each thing measured, the median where it was measured more than once.

use super::{play::Outcome, quantile::Quantiles};
use std::fmt::Write;

/// One line of the table.
#[derive(Clone, Debug, Default)]
pub struct Row {
    pub name: String,
    pub load: String,
    /// What the median is taken by.
    pub key: f64,
    pub per_s: Option<f64>,
    pub deliveries_s: Option<f64>,
    pub answers: Quantiles,
    pub deliveries: Quantiles,
    pub cpu_ms_per_1000: Option<f64>,
    pub pss_mb: Option<f64>,
    pub further: Vec<String>,
    /// Promises not kept; empty when all were.
    pub wrong: String,
}

const HEAD: &str = "| scenario | load | per s | deliveries/s | answer ms | delivery ms | CPU ms / 1,000 | PSS MB | further | checks |\n\
                    |---|---|---:|---:|---:|---:|---:|---:|---|---|\n";

/// Beyond these the figures may be the generator's own.
const LATE_P99_MS: f64 = 5.0;
const OWN_SHARE: f64 = 0.9;

impl Row {
    /// A row of a play.
    pub fn of(name: &str, load: String, outcome: &Outcome) -> Row {
        let own = outcome.cpu.own_ms as f64 / (outcome.seconds * 1_000.0).max(1.0);
        let mut further = Vec::new();
        if outcome.late.p99_ms > LATE_P99_MS || own > OWN_SHARE {
            let late_ms = outcome.late.p99_ms;
            further.push(format!(
                "the generator was {late_ms:.1} ms late and took {:.0} % of a core",
                own * 100.0
            ));
        }
        if outcome.is_disturbed() {
            further.push(format!("other programs took {:.0} % of a core", outcome.others_share() * 100.0));
        }
        Row {
            name: name.into(),
            load,
            key: outcome.per_s,
            per_s: Some(outcome.per_s),
            deliveries_s: Some(outcome.deliveries_s).filter(|each_s| *each_s > 0.0),
            answers: outcome.answers,
            deliveries: outcome.deliveries,
            cpu_ms_per_1000: outcome.cpu_ms_per_1000(),
            pss_mb: Some(outcome.memory.pss_kb as f64 / 1_024.0),
            further,
            wrong: String::new(),
        }
    }

    /// Adds a remark.
    pub fn with(mut self, remark: impl Into<String>) -> Row {
        self.further.push(remark.into());
        self
    }
}

/// Of several runs' rows, for each name the one in the middle, in the order of the first run. A promise broken
/// in any run stays visible.
pub fn medians(runs: &[Vec<Row>]) -> Vec<Row> {
    let mut names: Vec<&str> = Vec::new();
    for row in runs.iter().flatten() {
        if !names.contains(&row.name.as_str()) {
            names.push(&row.name);
        }
    }
    names.iter().filter_map(|name| median(runs.iter().flatten().filter(|row| row.name == *name))).collect()
}

fn median<'a>(rows: impl Iterator<Item = &'a Row>) -> Option<Row> {
    let mut rows: Vec<&Row> = rows.collect();
    rows.sort_by(|one, other| one.key.total_cmp(&other.key));
    let mut middle = (*rows.get(rows.len() / 2)?).clone();
    if let ([first, ..], [.., last]) = (rows.as_slice(), rows.as_slice())
        && rows.len() > 1
    {
        middle.further.push(format!("{} runs, {} to {}", rows.len(), figure(first.key), figure(last.key)));
    }
    if let Some(broken) = rows.iter().find(|row| !row.wrong.is_empty()) {
        middle.wrong.clone_from(&broken.wrong);
    }
    Some(middle)
}

/// The whole table, in Markdown.
pub fn markdown(rows: &[Row]) -> String {
    let mut text = HEAD.to_owned();
    for row in rows {
        let number = |value: Option<f64>| value.map_or("–".into(), figure);
        let checks = if row.wrong.is_empty() { "kept" } else { &row.wrong };
        // Writing to memory does not fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {checks} |",
            row.name,
            row.load,
            number(row.per_s),
            number(row.deliveries_s),
            row.answers,
            row.deliveries,
            number(row.cpu_ms_per_1000),
            number(row.pss_mb),
            row.further.join("; "),
        );
    }
    text
}

/// Three digits, more or less, with thousands set apart.
pub fn figure(value: f64) -> String {
    match value.abs() {
        size if size < 1.0 => format!("{value:.3}"),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => {
            let digits = format!("{:.0}", value.abs());
            let mut text = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    text.push(',');
                }
                text.push(digit);
            }
            if value < 0.0 { format!("-{text}") } else { text }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, key: f64, wrong: &str) -> Row {
        Row { name: name.into(), key, wrong: wrong.into(), ..Row::default() }
    }

    #[test]
    fn the_middle_of_three_runs_counts_and_no_fault_is_hidden() {
        let runs = [
            vec![row("pairs", 30.0, ""), row("ssr", 1.0, "")],
            vec![row("pairs", 10.0, "lost 1")],
            vec![row("pairs", 20.0, "")],
        ];
        let rows = medians(&runs);
        let told: Vec<_> = rows.iter().map(|row| (row.name.as_str(), row.key, row.wrong.as_str())).collect();
        assert_eq!(told, [("pairs", 20.0, "lost 1"), ("ssr", 1.0, "")]);
    }

    #[test]
    fn figures_have_as_many_digits_as_they_need() {
        let told: Vec<_> = [0.1234, 1.234, 12.34, 123.4, 1_234_567.0, -1_234.0].map(figure).into();
        assert_eq!(told, ["0.123", "1.23", "12.3", "123", "1,234,567", "-1,234"]);
    }

    #[test]
    fn a_table_has_a_line_for_each_row() {
        let text = markdown(&[row("pairs", 1.0, ""), row("ssr", 1.0, "lost 1")]);
        assert_eq!(text.lines().count(), 4);
        assert!(text.contains("| kept |") && text.contains("| lost 1 |"));
    }
}
