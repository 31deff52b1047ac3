//! The company whose money is moved, and the terms it moves it under.
use crate::account::Fees;
use crate::kernel::AccountId;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which world a deployment serves. A key of one is refused by the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Play money, with triggers.
    Sandbox,
    /// Real money.
    Live,
}

impl Stage {
    /// The word in API keys and parameters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Live => "live",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Sandbox, Self::Live].into_iter().find(|stage| stage.as_str() == word)
    }
}

/// Who a payer sees as the recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// Name in the QR code; 25 letters of it are shown.
    pub name: String,
    /// City in the QR code; 15 letters of it are shown.
    pub city: String,
    /// The PIX key the money is paid to.
    pub pix_key: String,
}

/// An account and its terms. Its balances are in [`crate::ledger::Books`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Name of the company.
    pub name: String,
    /// Recipient shown to payers.
    pub merchant: Merchant,
    /// What each charge costs.
    pub fees: Fees,
    /// When it was opened.
    pub created_at: Timestamp,
}
