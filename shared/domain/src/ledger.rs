//! Double-entry books in integer cents: entries, holds, balance blocks, limits, audit.

mod audit;
mod balance_alert;
mod balances;
mod block;
mod block_life;
mod block_view;
mod books;
mod counterparty;
mod debts;
mod effects;
mod entry;
mod entry_kind;
mod forced_debit;
mod funding_search;
mod funds;
mod hold;
mod ledger_account;
mod ledger_day;
mod limits;
mod mismatch;
mod open_sums;
mod posting;
mod transaction_method;
mod transaction_ref;

pub use audit::{FullScan, HeldMismatch, LedgerAudit, RunningTotals};
pub use balance_alert::{BalanceAlert, BalanceAlertView};
pub use balances::Balances;
pub use block::{
    BalanceBlock, BlockClaim, BlockKind, BlockStatus, BlockSubject, CLAIMS_MAX, NewBlock,
};
pub use block_view::BalanceBlockView;
pub use books::Books;
pub use counterparty::Counterparty;
pub use debts::OpenDebt;
pub use effects::Effects;
pub use entry::{Entry, EntryPosition};
pub use entry_kind::EntryKind;
pub use forced_debit::ForcedDebit;
pub use funding_search::FundingSearch;
pub use funds::Funds;
pub use hold::{Hold, HoldStatus};
pub use ledger_account::LedgerAccount;
pub use ledger_day::LedgerDay;
pub use limits::{LimitUsage, LimitsLeft, OutgoingUsage, PayoutLimits};
pub use mismatch::{Difference, Mismatch};
pub use open_sums::OpenSums;
pub use posting::Posting;
pub use transaction_method::TransactionMethod;
pub use transaction_ref::{EntryContext, TransactionRef, TransactionType};
