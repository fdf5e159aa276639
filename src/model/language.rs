//! The languages Confer speaks.

/// A language all of Confer's texts are there in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    En,
    /// The same words, with dates and clocks as they are written in America.
    EnUs,
    De,
}

impl Language {
    /// Every one, under its own name.
    pub const ALL: [(Language, &'static str); 3] =
        [(Language::En, "English (UK)"), (Language::EnUs, "English (US)"), (Language::De, "Deutsch")];

    /// The language of a tag such as "de-AT", whatever its country, unless dates are written differently there.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let mut parts = tag.split(['-', '_']);
        let word = parts.next()?;
        if word.eq_ignore_ascii_case("en")
            && parts.next().is_some_and(|place| place.eq_ignore_ascii_case("us"))
        {
            return Some(Language::EnUs);
        }
        [("en", Language::En), ("de", Language::De)]
            .into_iter()
            .find(|(own, _)| word.eq_ignore_ascii_case(own))
            .map(|(_, language)| language)
    }

    /// The tag a page carries.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en-GB",
            Language::EnUs => "en-US",
            Language::De => "de",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_known_by_its_tag_in_any_country() {
        for (tag, language) in [
            ("de", Some(Language::De)),
            ("de-AT", Some(Language::De)),
            ("DE_ch", Some(Language::De)),
            ("en", Some(Language::En)),
            ("en-US", Some(Language::EnUs)),
            ("en_us-posix", Some(Language::EnUs)),
            ("en-AU", Some(Language::En)),
            ("fr", None),
            ("den", None),
            ("é", None),
            ("", None),
            ("*", None),
        ] {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
        for (language, _) in Language::ALL {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }
}
