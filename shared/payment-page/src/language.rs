//! The languages of the page.

use crate::card_words::{CardWords, ENGLISH_CARD, PORTUGUESE_CARD};
use crate::collection_words::{CollectionWords, ENGLISH_COLLECTION, PORTUGUESE_COLLECTION};
use crate::page_words::{ENGLISH, PORTUGUESE, PageWords};

/// Language of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageLanguage {
    /// Portuguese of Brazil, the default.
    Portuguese,
    /// English.
    English,
}

impl PageLanguage {
    /// Every language, the default first.
    pub const ALL: [Self; 2] = [Self::Portuguese, Self::English];

    /// Tag of every language, the default first.
    pub const TAGS: [&'static str; 2] = [Self::Portuguese.tag(), Self::English.tag()];

    /// Returns the language that a query names, or else the one of a preferred tag, or else the default.
    pub fn choose(named: Option<&str>, preferred: &str) -> Self {
        named.and_then(Self::parse).or_else(|| Self::parse(preferred)).unwrap_or(Self::Portuguese)
    }

    /// Returns the tag of the language (BCP 47).
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::English => "en",
        }
    }

    /// Returns the value of `lang` in the address of a page.
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Portuguese => "pt",
            Self::English => "en",
        }
    }

    /// Returns the language of a tag such as `pt`, `pt-BR` or `EN`. Returns `None` for every other text.
    pub fn parse(text: &str) -> Option<Self> {
        let is = |language: &Self| {
            text.eq_ignore_ascii_case(language.tag())
                || text.eq_ignore_ascii_case(language.parameter())
        };
        Self::ALL.into_iter().find(is)
    }

    /// Returns the name of the language in itself.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Portuguese => "Português",
            Self::English => "English",
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Portuguese => Self::English,
            Self::English => Self::Portuguese,
        }
    }

    pub(crate) const fn card_words(self) -> &'static CardWords {
        match self {
            Self::Portuguese => &PORTUGUESE_CARD,
            Self::English => &ENGLISH_CARD,
        }
    }

    pub(crate) const fn collection_words(self) -> &'static CollectionWords {
        match self {
            Self::Portuguese => &PORTUGUESE_COLLECTION,
            Self::English => &ENGLISH_COLLECTION,
        }
    }

    pub(crate) const fn words(self) -> &'static PageWords {
        match self {
            Self::Portuguese => &PORTUGUESE,
            Self::English => &ENGLISH,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_read_from_its_tags() {
        for (text, expected) in [
            ("pt", Some(PageLanguage::Portuguese)),
            ("pt-br", Some(PageLanguage::Portuguese)),
            ("EN", Some(PageLanguage::English)),
            ("", None),
            ("de", None),
            ("english", None),
        ] {
            assert_eq!(PageLanguage::parse(text), expected, "{text}");
        }
    }
}
