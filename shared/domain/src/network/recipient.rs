//! The recipient of an order: who gets the money, and at which institution.
use crate::ledger::Counterparty;
use crate::network::KeyOwner;
use brazil::BankAccountKind;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The recipient of an order, as it was when Trilho sent the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Name, document and institution.
    pub party: Counterparty,
    /// Kind of the account, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_kind: Option<BankAccountKind>,
    /// Time at which the directory named the recipient; none if no directory did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<Timestamp>,
}

impl Recipient {
    /// Returns the recipient that the directory named for a Pix key.
    pub fn of_key(owner: &KeyOwner, checked_at: Timestamp) -> Self {
        let party = Counterparty::new(&owner.name, &owner.document).at_institution(&owner.ispb);
        Self { party, account_kind: Some(owner.account_kind), checked_at: Some(checked_at) }
    }
}

/// Recipient of a payout or refund, as it was when Trilho sent it.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Recipient")]
pub struct RecipientView {
    /// Name of the recipient.
    pub name: String,
    /// CPF with its middle digits, as `***.456.789-**`, or whole CNPJ. No caller sees more of the CPF.
    pub document_masked: String,
    /// ISPB of the recipient's institution, 8 characters; null if it is not known.
    pub ispb: Option<String>,
    /// Name of the institution; null if it is not known.
    pub bank_name: Option<String>,
    /// Type of the account; null if it is not known.
    pub account_type: Option<BankAccountKind>,
    /// Time at which the directory of Pix keys named the recipient; null for a bank account and a
    /// refund, which need no look-up.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub checked_at: Option<Timestamp>,
}

impl From<&Counterparty> for RecipientView {
    fn from(party: &Counterparty) -> Self {
        Self {
            name: party.name.clone(),
            document_masked: party.document_masked.clone(),
            ispb: party.ispb.clone(),
            bank_name: party.bank_name.clone(),
            account_type: None,
            checked_at: None,
        }
    }
}

impl From<&Recipient> for RecipientView {
    fn from(recipient: &Recipient) -> Self {
        let Recipient { party, account_kind, checked_at } = recipient;
        Self { account_type: *account_kind, checked_at: *checked_at, ..Self::from(party) }
    }
}
