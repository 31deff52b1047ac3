//! Fields that several inputs have, and their rules.

use std::collections::BTreeMap;

use brazil::{Document, DocumentError, DocumentKind};
use domain::kernel::AMOUNT_CENTS_MAX;
use domain::kernel::{Flaw, Violation, metadata_flaws, optional_text_flaw};
pub use domain::kernel::{REFERENCE_LENGTH_MAX, reference_flaw as reference};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::instant::{SpanEnd, SpanStart};

/// A CPF or CNPJ.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewDocument")]
pub struct DocumentInput {
    /// `cpf` or `cnpj`.
    #[serde(rename = "type")]
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
    /// Returns only objects created at or after this instant; a date alone is the start of that day in
    /// São Paulo.
    pub created_from: Option<SpanStart>,
    /// Returns only objects created before this instant; a date alone is the end of that day in São
    /// Paulo.
    pub created_until: Option<SpanEnd>,
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
    /// Returns the violation of a reference that no object can have; the table cannot look up one that is
    /// too long.
    pub fn reference_flaw(&self) -> Option<Violation> {
        reference("reference", self.reference.as_deref())
    }

    /// Returns true if an object that was found by its reference also passes the other filters.
    pub fn selects(&self, status: &S, created_at: Timestamp) -> bool {
        self.status.as_ref().is_none_or(|filter| filter == status)
            && self.created_from.is_none_or(|from| created_at >= from.0)
            && self.created_until.is_none_or(|until| created_at < until.0)
    }
}

/// Returns the violation of an amount of money.
pub fn amount(field: &str, amount_cents: u64) -> Option<Violation> {
    let detail = format!("an amount must be 1 to {AMOUNT_CENTS_MAX} cents");
    let good = (1..=AMOUNT_CENTS_MAX).contains(&amount_cents);
    (!good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
}

/// Returns the violation of a text that does not have 1 to `length_max` visible characters.
pub fn text(field: &str, text: Option<&str>, length_max: usize) -> Option<Violation> {
    optional_text_flaw(field, text, length_max)
}

/// Returns the violations of the caller's own notes.
pub fn metadata(field: &str, notes: Option<&BTreeMap<String, String>>) -> Vec<Violation> {
    notes.map_or_else(Vec::new, |notes| metadata_flaws(field, notes))
}
