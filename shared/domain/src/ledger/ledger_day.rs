//! The opening of a calendar day in the ledger.
use crate::kernel::AccountId;
use crate::ledger::Balances;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The first entry of a calendar day in São Paulo, and the balances before it. They are the opening of
/// the day and the closing of the previous day with entries. Written once, with that entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerDay {
    /// Account of the ledger.
    pub account_id: AccountId,
    /// Calendar day in São Paulo.
    pub date: Date,
    /// Sequence of the first entry of the day.
    pub first_sequence: u64,
    /// Balances before that entry.
    pub opening: Balances,
}
