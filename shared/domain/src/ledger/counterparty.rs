//! The other party of a ledger entry: who paid, or who was paid.

use brazil::{Bank, Document, DocumentKind};
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
    /// ISPB of its institution, if the network named it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ispb: Option<String>,
    /// Name of the institution. It is stored, so that a statement stays the same if the institution
    /// changes its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_name: Option<String>,
}

impl Counterparty {
    /// Returns the counterparty with this name and document.
    pub fn new(name: &str, document: &Document) -> Self {
        Self {
            name: name.to_owned(),
            document_type: document.kind(),
            document_masked: document.masked(),
            ispb: None,
            bank_name: None,
        }
    }

    /// Returns the counterparty with its institution. An ISPB that the list of institutions does not
    /// have has no name.
    #[must_use]
    pub fn at_institution(self, ispb: &str) -> Self {
        let bank_name = Bank::by_ispb(ispb).map(|bank| bank.name().to_owned());
        Self { ispb: Some(ispb.to_owned()), bank_name, ..self }
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

    #[test]
    fn an_institution_has_its_name_from_the_list() {
        let document = Document::parse(DocumentKind::Cnpj, "11444777000161").expect("a CNPJ");
        let party = Counterparty::new("Fornecedora Ltda", &document);
        let known = party.clone().at_institution("60701190");
        assert_eq!(known.bank_name.as_deref(), Some("ITAÚ UNIBANCO S.A."));
        let unknown = party.at_institution("99999999");
        assert_eq!((unknown.ispb.as_deref(), unknown.bank_name), (Some("99999999"), None));
        assert_eq!(unknown.document_masked, "11.444.777/0001-61");
    }
}
