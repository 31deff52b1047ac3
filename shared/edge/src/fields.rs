//! Fields that several inputs have, and their rules.

use std::collections::BTreeMap;

use brazil::{Document, DocumentError, DocumentKind};
use domain::kernel::AMOUNT_CENTS_MAX;
use domain::kernel::{Flaw, Violation, metadata_flaws, optional_text_flaw};
pub use domain::kernel::{REFERENCE_LENGTH_MAX, reference_flaw as reference};
use schemars::JsonSchema;
use serde::Deserialize;

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
