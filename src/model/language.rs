//! The languages Confer speaks.

/// A language all of Confer's texts are there in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    #[default]
    En,
    De,
}

impl Language {
    /// The language of a tag such as "de-AT", whatever its country.
    pub fn from_tag(tag: &str) -> Option<Language> {
        let word = tag.split(['-', '_']).next()?;
        [("en", Language::En), ("de", Language::De)]
            .into_iter()
            .find(|(own, _)| word.eq_ignore_ascii_case(own))
            .map(|(_, language)| language)
    }

    /// The tag a page carries.
    pub fn tag(self) -> &'static str {
        match self {
            Language::En => "en-GB",
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
            ("en-US", Some(Language::En)),
            ("fr", None),
            ("den", None),
            ("é", None),
            ("", None),
            ("*", None),
        ] {
            assert_eq!(Language::from_tag(tag), language, "{tag}");
        }
        for language in [Language::En, Language::De] {
            assert_eq!(Language::from_tag(language.tag()), Some(language));
        }
    }
}
