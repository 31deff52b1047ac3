//! The account: the company that is our customer, and its terms.
use crate::account::Fees;
use crate::kernel::{AccountId, Code, Error};
use brazil::{Document, DocumentKind};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Stage of a deployment. A deployment refuses API keys of the other stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Test money, with operations that trigger outcomes.
    Sandbox,
    /// Real money.
    Live,
}

impl Stage {
    /// Returns the word that API keys and parameters use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Live => "live",
        }
    }

    /// Reads the word. Returns `None` if no stage has it.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Sandbox, Self::Live].into_iter().find(|stage| stage.as_str() == word)
    }
}

/// The recipient that a payer sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merchant {
    /// Name in the QR code, which shows 25 letters.
    pub name: String,
    /// City in the QR code, which shows 15 letters.
    pub city: String,
    /// Pix key that receives the money.
    pub pix_key: String,
    /// CNPJ of the company, 14 characters. The slip of a boleto must show it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnpj: Option<String>,
}

impl Merchant {
    /// Returns the CNPJ as a document. Returns `None` if the operator gave none.
    pub fn document(&self) -> Option<Document> {
        Document::parse(DocumentKind::Cnpj, self.cnpj.as_deref()?).ok()
    }
}

/// An account and its terms. [`crate::ledger::Books`] has its balances.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Id of the account.
    pub id: AccountId,
    /// Name of the company.
    pub name: String,
    /// Recipient that payers see.
    pub merchant: Merchant,
    /// Prices of charges and payouts.
    pub fees: Fees,
    /// Time at which the account was opened.
    pub created_at: Timestamp,
    /// Time since which the account is closed: its credentials are refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// Number of changes so far.
    pub version: u64,
}

impl Account {
    /// Returns true if the operator closed the account.
    pub fn is_closed(&self) -> bool {
        self.closed_at.is_some()
    }

    /// Returns the error for a credential of a closed account.
    pub fn closed() -> Error {
        let detail = "the account is closed; ask the operator";
        Error::forbidden(Code::AccountClosed, detail)
    }
}
