//! What the caller says about a boleto.
use brazil::Document;
use serde::{Deserialize, Serialize};

/// A company or person on whose account the beneficiary collects ("sacador/avalista").
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinalBeneficiary {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: Document,
}

/// What the caller says about a new boleto, beside the fields of every charge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoletoTexts {
    /// The merchant's own number of the document, which the slip shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document_number: Option<String>,
    /// Sentences for the payer on the slip.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instructions: Vec<String>,
    /// On whose account the beneficiary collects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub final_beneficiary: Option<FinalBeneficiary>,
}
