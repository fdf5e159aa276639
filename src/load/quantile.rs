//! Latencies, gathered in a histogram and told in four figures.

use hdrhistogram::Histogram;
use std::fmt;

/// Longer than anything a run waits for, in microseconds.
const LONGEST_US: u64 = 600_000_000;

/// Four figures of a distribution, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Quantiles {
    pub count: u64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub p999_ms: f64,
    pub max_ms: f64,
}

/// An empty histogram of microseconds, true to three digits.
pub fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3).expect("these bounds are allowed")
}

impl Quantiles {
    /// The figures of a histogram of microseconds.
    pub fn of(histogram: &Histogram<u64>) -> Quantiles {
        if histogram.is_empty() {
            return Quantiles::default();
        }
        let ms = |micros: u64| micros as f64 / 1_000.0;
        Quantiles {
            count: histogram.len(),
            p50_ms: ms(histogram.value_at_quantile(0.5)),
            p99_ms: ms(histogram.value_at_quantile(0.99)),
            p999_ms: ms(histogram.value_at_quantile(0.999)),
            max_ms: ms(histogram.max()),
        }
    }
}

impl fmt::Display for Quantiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return f.write_str("–");
        }
        for (at, value) in [self.p50_ms, self.p99_ms, self.p999_ms, self.max_ms].into_iter().enumerate() {
            let slash = if at == 0 { "" } else { " / " };
            let digits = if value < 9.95 { 1 } else { 0 };
            write!(f, "{slash}{value:.digits$}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_figures_tell_a_distribution() {
        let mut gathered = histogram();
        for micros in 1..=10_000 {
            gathered.saturating_record(micros);
        }
        assert_eq!(Quantiles::of(&gathered).to_string(), "5.0 / 9.9 / 10 / 10");
        assert_eq!(Quantiles::of(&histogram()).to_string(), "–");
    }
}
