//! The other party of a ledger entry: who paid, or who was paid.

use brazil::{Document, DocumentKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The other party of a movement, as statements show it. A CPF is stored in its masked form only, because
/// an entry is kept longer than the transaction and no statement shows more of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterparty {
    /// Name of the payer or beneficiary.
    pub name: String,
    /// Kind of its document.
    pub document_type: DocumentKind,
    /// CNPJ, or CPF in its masked form.
    pub document_masked: String,
}

impl Counterparty {
    /// Returns the counterparty with this name and document.
    pub fn new(name: &str, document: &Document) -> Self {
        Self {
            name: name.to_owned(),
            document_type: document.kind(),
            document_masked: document.masked(),
        }
    }
}

impl fmt::Debug for Counterparty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Counterparty({})", self.document_masked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_counterparty_has_no_whole_cpf() {
        let document = Document::parse(DocumentKind::Cpf, "52998224725").expect("a CPF");
        let party = Counterparty::new("Maria Silva", &document);
        let stored = serde_json::to_string(&party).expect("writable");
        let expected =
            r#"{"name":"Maria Silva","document_type":"cpf","document_masked":"***.982.247-**"}"#;
        assert_eq!(stored, expected);
        assert_eq!(format!("{party:?}"), "Counterparty(***.982.247-**)");
    }
}
