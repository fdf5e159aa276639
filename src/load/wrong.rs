//! Promises that were not kept.

use std::collections::BTreeMap;

/// So many are told in full.
const EXAMPLES: usize = 5;

/// Each kind with its number, and the first few in full.
#[derive(Clone, Debug, Default)]
pub struct Wrong {
    kinds: BTreeMap<&'static str, u64>,
    examples: Vec<String>,
}

impl Wrong {
    /// Adds one.
    pub fn note(&mut self, kind: &'static str, example: impl FnOnce() -> String) {
        *self.kinds.entry(kind).or_default() += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(format!("{kind}: {}", example()));
        }
    }

    /// Adds what somebody else found.
    pub fn absorb(&mut self, other: Wrong) {
        for (kind, count) in other.kinds {
            *self.kinds.entry(kind).or_default() += count;
        }
        self.examples.extend(other.examples);
    }

    /// Whether anything of this kind was found.
    pub fn has(&self, kind: &str) -> bool {
        self.kinds.contains_key(kind)
    }

    /// How many were not.
    pub fn total(&self) -> u64 {
        self.kinds.values().sum()
    }

    /// Each kind with its number.
    pub fn summary(&self) -> String {
        let kinds: Vec<String> = self.kinds.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        kinds.join(", ")
    }

    /// The first few in full.
    pub fn examples(&self) -> &[String] {
        &self.examples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted_and_a_few_told_in_full() {
        let mut wrong = Wrong::default();
        (0..9).for_each(|number| wrong.note("lost", || format!("send {number}")));
        wrong.note("hole", || "room 1".into());
        assert_eq!(wrong.summary(), "hole 1, lost 9");
        assert_eq!(wrong.total(), 10);
        assert_eq!(wrong.examples().len(), EXAMPLES);
    }
}
