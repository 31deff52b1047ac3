//! Double-entry books in integer cents: entries, holds, limits, audit.

mod audit;
mod balances;
mod books;
mod counterparty;
mod effects;
mod entry;
mod entry_kind;
mod funding_search;
mod funds;
mod hold;
mod ledger_account;
mod ledger_day;
mod limits;
mod posting;
mod transaction_ref;

pub use audit::{Difference, FullScan, HeldMismatch, LedgerAudit, Mismatch, RunningTotals};
pub use balances::Balances;
pub use books::Books;
pub use counterparty::Counterparty;
pub use effects::Effects;
pub use entry::{Entry, EntryPosition};
pub use entry_kind::EntryKind;
pub use funding_search::FundingSearch;
pub use funds::Funds;
pub use hold::{Hold, HoldStatus};
pub use ledger_account::LedgerAccount;
pub use ledger_day::LedgerDay;
pub use limits::{OutgoingUsage, PayoutLimits};
pub use posting::Posting;
pub use transaction_ref::{EntryContext, TransactionRef};
