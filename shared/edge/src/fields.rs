//! Fields that several inputs have, and their rules.

use std::collections::BTreeMap;

use brazil::{Document, DocumentError, DocumentKind};
use domain::kernel::AMOUNT_CENTS_MAX;
use domain::kernel::{Flaw, Violation};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// Characters of the longest reference.
pub const REFERENCE_LENGTH_MAX: usize = 64;

/// A CPF or CNPJ.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDocument")]
pub struct DocumentInput {
    /// `cpf` or `cnpj`.
    #[serde(rename = "type")]
    #[schemars(with = "String", extend("enum" = ["cpf", "cnpj"]))]
    kind: DocumentKind,
    /// Number, with or without punctuation; a CNPJ can have letters.
    #[schemars(length(min = 11, max = 18))]
    number: String,
}

impl DocumentInput {
    /// Reads the document. The violation names its number; `field` is the path of the document.
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

/// Filters and page of a list of charges, refunds or payouts.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListInput<S> {
    /// Returns only objects in this status.
    pub status: Option<S>,
    /// Returns only objects created at or after this instant.
    pub created_from: Option<Timestamp>,
    /// Returns only objects created before this instant.
    pub created_until: Option<Timestamp>,
    /// Returns only the object with this reference.
    #[schemars(length(min = 1, max = 64))]
    pub reference: Option<String>,
    /// Maximum number of rows, 1 to 100; 25 if absent.
    #[schemars(range(min = 1, max = 100))]
    pub limit: Option<u8>,
    /// `next_cursor` of the previous page.
    pub cursor: Option<String>,
}

impl<S: PartialEq> ListInput<S> {
    /// Returns the violation of a reference that is too long: no object has it, and the table cannot
    /// look it up.
    pub fn reference_flaw(&self) -> Option<Violation> {
        text("reference", self.reference.as_deref(), REFERENCE_LENGTH_MAX)
    }

    /// Returns true if an object that was found by its reference also passes the other filters.
    pub fn selects(&self, status: &S, created_at: Timestamp) -> bool {
        self.status.as_ref().is_none_or(|filter| filter == status)
            && self.created_from.is_none_or(|from| created_at >= from)
            && self.created_until.is_none_or(|until| created_at < until)
    }
}

/// Returns the violation of an amount of money.
pub fn amount(field: &str, amount_cents: u64) -> Option<Violation> {
    let detail = format!("an amount must be 1 to {AMOUNT_CENTS_MAX} cents");
    let good = (1..=AMOUNT_CENTS_MAX).contains(&amount_cents);
    (!good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
}

/// Returns the violation of a text that does not have 1 to `length_max` characters.
pub fn text(field: &str, text: Option<&str>, length_max: usize) -> Option<Violation> {
    let good = text.is_none_or(|text| is_text(text, length_max));
    let detail =
        format!("the text must have 1 to {length_max} characters and no control characters");
    (!good).then(|| Violation::new(field, Flaw::WrongLength, detail))
}

/// Returns the violation of the caller's own notes.
pub fn metadata(field: &str, notes: Option<&BTreeMap<String, String>>) -> Option<Violation> {
    let good = notes.is_none_or(|notes| {
        let short =
            |(name, value): (&String, &String)| is_text(name, 40) && value.chars().count() <= 500;
        notes.len() <= 20 && notes.iter().all(short)
    });
    let detail =
        "metadata must have at most 20 notes, with names up to 40 and values up to 500 characters";
    (!good).then(|| Violation::new(field, Flaw::WrongLength, detail))
}

/// Returns true if a text has 1 to `length_max` characters and no control characters.
pub fn is_text(text: &str, length_max: usize) -> bool {
    let length = text.chars().count();
    !text.trim().is_empty() && length <= length_max && !text.chars().any(char::is_control)
}
