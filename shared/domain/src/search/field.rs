//! The fields that have rows in the search index.

use serde::{Deserialize, Serialize};

/// A field by which an object is found. docs/adr/0032 says when its row is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchField {
    /// End-to-end id of a payout, a refund or a return.
    EndToEndId,
    /// Txid that the payer's bank named, of a credit.
    Txid,
    /// CPF or CNPJ of a payer or beneficiary.
    Document,
    /// Pix key or bank account of a payout.
    Destination,
    /// Saved beneficiary of a payout.
    Beneficiary,
    /// Amount in cents.
    Amount,
    /// Time of the payment.
    PaidAt,
}

impl SearchField {
    /// Returns the name of the field in keys of rows, and in the purpose of its keyed hash.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EndToEndId => "END_TO_END_ID",
            Self::Txid => "TXID",
            Self::Document => "DOCUMENT",
            Self::Destination => "DESTINATION",
            Self::Beneficiary => "BENEFICIARY",
            Self::Amount => "AMOUNT",
            Self::PaidAt => "PAID_AT",
        }
    }
}
