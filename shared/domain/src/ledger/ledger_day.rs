//! The opening of a calendar day in the ledger.
use crate::kernel::AccountId;
use crate::ledger::Balances;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The first entry of a calendar day in São Paulo, and the balances before it: its opening, and the
/// closing of the day with entries before it. Written with that entry and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerDay {
    /// Whose.
    pub account_id: AccountId,
    /// The day.
    pub date: Date,
    /// Its first entry.
    pub first_sequence: u64,
    /// What stood where before it.
    pub opening: Balances,
}
