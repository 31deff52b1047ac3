//! Rows of the ledger.

use domain::ledger::{Books, Entry, Hold, HoldStatus, LedgerAudit, LedgerDay};

use crate::due::DueList;
use crate::index::due_index;
use crate::item::items;
use crate::key::{self, Key};
use crate::table;

items! {
    Books { "books", |it| Key::Books(it.account_id), version: it.version }
    Entry { "entry", |it| Key::Entry(it.account_id, it.position()) }
    LedgerDay { "ledger_day", |it| Key::LedgerDay(it.account_id, it.date) }
    LedgerAudit {
        "ledger_audit", |it| Key::LedgerAudit(it.account_id),
        index: due_index(DueList::LedgerAudits, 0, Some(it.due_at), &it.account_id),
        version: it.version
    }
    Hold {
        "hold", |it| Key::Hold(it.account_id, it.id),
        index: hold_index(it),
        version: it.version
    }
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
