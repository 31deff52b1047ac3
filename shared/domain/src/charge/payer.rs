//! The payer that a charge asks, with the address.
use brazil::Document;
use serde::{Deserialize, Serialize};

/// An address in Brazil.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Street, with its kind.
    pub street: String,
    /// Number of the building; `S/N` if it has none.
    pub number: String,
    /// Rest of the address, such as the flat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complement: Option<String>,
    /// District.
    pub district: String,
    /// City.
    pub city: String,
    /// State, two letters.
    pub state: String,
    /// Postal code (CEP), 8 digits.
    pub postal_code: String,
}

/// The person or company that is asked to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payer {
    /// Name of the payer.
    pub name: String,
    /// CPF or CNPJ of the payer.
    pub document: Document,
    /// E-mail of the payer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Address of the payer. A boleto needs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}
