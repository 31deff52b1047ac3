//! Rows of the ledger.

use domain::kernel::Id;
use domain::ledger::{
    BalanceBlock, BlockStatus, Books, Entry, FundingSearch, Hold, HoldStatus, LedgerAudit,
    LedgerDay,
};
use jiff::Timestamp;

use crate::due::DueList;
use crate::index::{due_index, status_and_due};
use crate::item::items;
use crate::key::{self, Key};
use crate::table;

items! {
    Books {
        "books", |it| Key::Books(it.account_id),
        index: funding_index(it),
        version: it.version
    }
    FundingSearch {
        "funding_search", |it| Key::FundingSearch(it.account_id),
        version: it.version
    }
    Entry { "entry", |it| Key::Entry(it.account_id, it.position()) }
    LedgerDay { "ledger_day", |it| Key::LedgerDay(it.account_id, it.date) }
    LedgerAudit {
        "ledger_audit", |it| Key::LedgerAudit(it.account_id),
        index: due_index(DueList::LedgerAudits, 0, Some(it.due_at), &it.account_id),
        version: it.version
    }
    BalanceBlock {
        "balance_block", |it| Key::Block(it.account_id, it.id),
        index: block_index(it),
        version: it.version
    }
    Hold {
        "hold", |it| Key::Hold(it.account_id, it.id),
        index: hold_index(it),
        version: it.version
    }
}

/// Indexes accounts with waiting payouts, always at the same time, so that a payment does not write
/// the index.
fn funding_index(books: &Books) -> Vec<(&'static str, String)> {
    let due_at = (books.waiting_payouts > 0).then_some(Timestamp::UNIX_EPOCH);
    let account_id = books.account_id;
    due_index(DueList::Funding, u128::from(account_id.ulid()), due_at, &account_id)
}

/// Indexes open holds only. Few holds are open, and the ledger audit compares their sum with the
/// books.
fn hold_index(hold: &Hold) -> Vec<(&'static str, String)> {
    if hold.status != HoldStatus::Open {
        return Vec::new();
    }
    vec![
        (table::STATUS_KEYS.0, key::open_holds(&hold.account_id)),
        (table::STATUS_KEYS.1, hold.id.to_string()),
    ]
}

/// Indexes each block by status: the ledger audit compares the open ones with the books. An open block
/// that ends by itself is due at its end.
fn block_index(block: &BalanceBlock) -> Vec<(&'static str, String)> {
    let status = key::blocks_in(&block.account_id, block.status.as_str());
    let due_at = block.ends_at.filter(|_| block.status == BlockStatus::Open);
    status_and_due(status, DueList::Blocks, block.id, due_at)
}
