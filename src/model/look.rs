//! How somebody wants their pages to look, on one device: kept by the browser, known before anything is drawn.

/// Chosen on the settings page; what is not chosen follows the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    pub theme: Option<&'static str>,
    pub text: Option<&'static str>,
    pub motion: Option<&'static str>,
}

const THEMES: [&str; 2] = ["light", "dark"];
const TEXTS: [&str; 2] = ["large", "larger"];
const MOTIONS: [&str; 1] = ["reduce"];

fn known(word: &str, words: &'static [&'static str]) -> Option<&'static str> {
    words.iter().find(|known| **known == word).copied()
}

impl Look {
    /// The look made of these words; what is not known counts as not chosen.
    pub fn of(theme: &str, text: &str, motion: &str) -> Look {
        Look { theme: known(theme, &THEMES), text: known(text, &TEXTS), motion: known(motion, &MOTIONS) }
    }

    /// The look a browser kept: `dark.large.reduce`, each part empty where the device decides.
    pub fn kept(value: &str) -> Look {
        let mut parts = value.split('.');
        let mut next = || parts.next().unwrap_or_default();
        let (theme, text, motion) = (next(), next(), next());
        Look::of(theme, text, motion)
    }

    /// The same, to be kept.
    pub fn to_keep(self) -> String {
        [self.theme, self.text, self.motion].map(Option::unwrap_or_default).join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_is_kept_and_known_again() {
        for look in [Look::default(), Look::of("dark", "larger", "reduce"), Look::of("light", "", "")] {
            assert_eq!(Look::kept(&look.to_keep()), look);
        }
        assert_eq!(Look::of("dark", "", "").to_keep(), "dark..");
    }

    #[test]
    fn words_nobody_knows_choose_nothing() {
        assert_eq!(Look::kept("\"><script>.huge.x.y"), Look::default());
        assert_eq!(Look::kept(""), Look::default());
    }
}
