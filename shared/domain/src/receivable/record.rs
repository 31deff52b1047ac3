//! An instalment as lists and files of the account show it, beside its charge.
use crate::kernel::{AccountId, ChargeId, string_enum};
use crate::receivable::Receivable;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

string_enum! {
    /// Status of an instalment.
    ReceivableStatus {
        /// The acquirer has not paid it.
        Open = "open",
        /// Its money is available, or was.
        Credited = "credited",
    }
}

/// An instalment with what a list shows of its charge. The charge decides; this row repeats it in the order of
/// the payments, and is written in the same transaction (docs/adr/0055).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivableRecord {
    /// Account of the charge.
    pub account_id: AccountId,
    /// Charge of the instalment.
    pub charge_id: ChargeId,
    /// Caller's own id of the charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Number of instalments of the charge.
    pub installments: u8,
    /// Status of the instalment.
    pub status: ReceivableStatus,
    /// The instalment.
    pub receivable: Receivable,
    /// Time at which the row stood until now, if the acquirer pays earlier.
    #[serde(skip)]
    pub moved_from: Option<Timestamp>,
}

impl ReceivableRecord {
    /// Returns true if the other record is of the same instalment.
    pub fn is_of_same(&self, other: &Self) -> bool {
        self.charge_id == other.charge_id && self.receivable.number == other.receivable.number
    }
}
