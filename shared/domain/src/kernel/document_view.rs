//! A CPF or CNPJ as the API shows it.
use brazil::{Document, DocumentKind};
use schemars::JsonSchema;
use serde::Serialize;

/// A CPF or CNPJ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Document")]
pub struct DocumentView {
    /// `cpf` or `cnpj`.
    #[serde(rename = "type")]
    pub kind: DocumentKind,
    /// Number without punctuation; lists show a CPF as `***.456.789-**`.
    pub number: String,
}

impl From<&Document> for DocumentView {
    fn from(document: &Document) -> Self {
        Self { kind: document.kind(), number: document.number().to_owned() }
    }
}

impl DocumentView {
    /// Returns the form for lists, which masks a CPF.
    pub fn masked(document: &Document) -> Self {
        Self { kind: document.kind(), number: document.masked() }
    }
}
