//! What every page has around its content.

use crate::language::PageLanguage;

pub(crate) const STYLE: &str = include_str!("../templates/page.css");

/// What every page has around its content.
pub(crate) struct PageFrame {
    pub(crate) style: &'static str,
    pub(crate) title: String,
    pub(crate) language: PageLanguage,
    pub(crate) other: PageLanguage,
    /// Path of the page in the other language; empty for the path of this page.
    pub(crate) path: String,
    /// Query of the page in the other language.
    pub(crate) other_query: String,
}

impl PageFrame {
    pub(crate) fn new(title: String, language: PageLanguage) -> Self {
        let other = language.other();
        let other_query = format!("lang={}", other.parameter());
        Self { style: STYLE, title, language, other, path: String::new(), other_query }
    }

    /// Names the path of the page in the other language, for a page that answers a form.
    pub(crate) fn at(self, path: &str) -> Self {
        Self { path: path.to_owned(), ..self }
    }

    /// Adds a parameter that the page needs in each language. Its value has only characters of a query.
    pub(crate) fn with_query(self, name: &str, value: &str) -> Self {
        Self { other_query: format!("{name}={value}&{}", self.other_query), ..self }
    }
}
