//! Fields that several inputs have, and what can be wrong with them.

use std::collections::BTreeMap;

use brazil::{Document, DocumentError, DocumentKind};
use domain::kernel::AMOUNT_CENTS_MAX;
use domain::kernel::{Flaw, Violation};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// Characters of a reference.
pub const REFERENCE_LENGTH_MAX: usize = 64;

/// A document.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDocument")]
pub struct DocumentInput {
    /// `cpf` or `cnpj`.
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = ["cpf", "cnpj"]))]
    kind: DocumentKind,
    /// Its number; a CNPJ may have letters.
    #[schemars(length(min = 11, max = 18))]
    number: String,
}

impl DocumentInput {
    /// The document, or what is wrong with its number; `field` is the path of the document.
    pub fn read(&self, field: &str) -> Result<Document, Violation> {
        Document::parse(self.kind, self.number.trim()).map_err(|error| {
            let flaw = match error {
                DocumentError::WrongLength { .. } => Flaw::WrongLength,
                DocumentError::WrongCharacters { .. } => Flaw::InvalidFormat,
                DocumentError::WrongCheckDigits { .. } | DocumentError::RepeatedDigits { .. } => {
                    Flaw::WrongCheckDigits
                }
            };
            Violation::new(format!("{field}.number"), flaw, error.to_string())
        })
    }
}

/// Which page of a list of charges or payouts, and of which of them: alike in each.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListInput<S> {
    /// Only those in this state.
    pub status: Option<S>,
    /// Only those opened at or after this instant.
    pub created_from: Option<Timestamp>,
    /// Only those opened before this instant.
    pub created_until: Option<Timestamp>,
    /// Only the one with this reference.
    #[schemars(length(min = 1, max = 64))]
    pub reference: Option<String>,
    /// Rows at most, 1 to 100; 25 when absent.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u8>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl<S: PartialEq> ListInput<S> {
    /// What is wrong with the reference: a longer one is nobody's, and no key the table could look
    /// up.
    pub fn reference_flaw(&self) -> Option<Violation> {
        text("reference", self.reference.as_deref(), REFERENCE_LENGTH_MAX)
    }

    /// Whether what was found by its reference is of the list too.
    pub fn selects(&self, status: &S, created_at: Timestamp) -> bool {
        self.status.as_ref().is_none_or(|asked| asked == status)
            && self.created_from.is_none_or(|from| created_at >= from)
            && self.created_until.is_none_or(|until| created_at < until)
    }
}

/// An amount of money.
pub fn amount(field: &str, amount_cents: u64) -> Option<Violation> {
    let detail = format!("an amount is 1 to {AMOUNT_CENTS_MAX} cents");
    let good = (1..=AMOUNT_CENTS_MAX).contains(&amount_cents);
    (!good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
}

/// A text of 1 to `length_max` characters, where there is one.
pub fn text(field: &str, text: Option<&str>, length_max: usize) -> Option<Violation> {
    let good = text.is_none_or(|text| is_text(text, length_max));
    let detail = format!("this is 1 to {length_max} characters, none of them control characters");
    (!good).then(|| Violation::new(field, Flaw::WrongLength, detail))
}

/// The caller's own notes.
pub fn metadata(field: &str, notes: Option<&BTreeMap<String, String>>) -> Option<Violation> {
    let good = notes.is_none_or(|notes| {
        let short =
            |(name, value): (&String, &String)| is_text(name, 40) && value.chars().count() <= 500;
        notes.len() <= 20 && notes.iter().all(short)
    });
    let detail = "metadata has up to 20 notes, names to 40 and values to 500 characters";
    (!good).then(|| Violation::new(field, Flaw::WrongLength, detail))
}

/// Whether a text has 1 to `length_max` characters, none of them control characters.
pub fn is_text(text: &str, length_max: usize) -> bool {
    let length = text.chars().count();
    !text.trim().is_empty() && length <= length_max && !text.chars().any(char::is_control)
}
