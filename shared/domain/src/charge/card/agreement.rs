//! What an acquirer accepts of an account.
use serde::{Deserialize, Serialize};

/// The terms of an acquirer for the cards of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardAgreement {
    /// Most instalments of a sale.
    pub installments_max: u8,
    /// Least amount of each instalment of a sale with several, in cents.
    pub installment_cents_min: u64,
    /// Most letters of the text on the invoice of the card.
    pub soft_descriptor_length_max: usize,
}
