//! The search for the highest rate that holds: up in steps until one fails, then between the two.

/// A search in progress.
#[derive(Clone, Copy, Debug)]
pub struct Climb {
    next: f64,
    factor: f64,
    holds: Option<f64>,
    fails: Option<f64>,
    tries_left: u32,
}

/// Two rates this near to each other are the same.
const NEAR: f64 = 1.12;

impl Climb {
    /// Begins at a rate that should hold.
    pub fn new(first: f64, factor: f64, tries: u32) -> Climb {
        Climb { next: first, factor, holds: None, fails: None, tries_left: tries }
    }

    /// Tries one rate and no other.
    pub fn only(rate: f64) -> Climb {
        Climb::new(rate, 1.0, 1)
    }

    /// The next rate to try, until enough is known.
    pub fn next(&self) -> Option<f64> {
        let known = matches!((self.holds, self.fails), (Some(holds), Some(fails)) if fails / holds < NEAR);
        (self.tries_left > 0 && !known && self.next >= 1.0).then_some(self.next)
    }

    /// Tells how the last try went.
    pub fn tell(&mut self, held: bool) {
        self.tries_left = self.tries_left.saturating_sub(1);
        let side = if held { &mut self.holds } else { &mut self.fails };
        *side = Some(self.next);
        self.next = match (self.holds, self.fails) {
            (Some(holds), Some(fails)) => (holds * fails).sqrt().round(),
            (Some(holds), None) => holds * self.factor,
            (None, Some(fails)) => fails / (self.factor * self.factor),
            (None, None) => self.next,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn climb(limit: f64, mut climb: Climb) -> (Option<f64>, u32) {
        let mut tries = 0;
        while let Some(rate) = climb.next() {
            tries += 1;
            climb.tell(rate <= limit);
        }
        (climb.holds, tries)
    }

    #[test]
    fn the_highest_rate_is_found_from_below() {
        let (found, tries) = climb(3_000.0, Climb::new(250.0, 2.0, 20));
        assert!(found.is_some_and(|rate| rate <= 3_000.0 && rate * NEAR * NEAR > 3_000.0), "{found:?}");
        assert!(tries <= 9, "{tries}");
    }

    #[test]
    fn a_start_that_was_too_high_is_mended() {
        let (found, _) = climb(40.0, Climb::new(250.0, 2.0, 20));
        assert!(found.is_some_and(|rate| rate <= 40.0 && rate > 30.0), "{found:?}");
    }

    #[test]
    fn a_rate_that_never_holds_is_not_searched_for_ever() {
        assert_eq!(climb(0.0, Climb::new(250.0, 2.0, 20)).0, None);
        assert_eq!(climb(9.0, Climb::only(5.0)), (Some(5.0), 1));
    }
}
