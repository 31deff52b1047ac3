//! Rows of key look-ups: the budgets and the answers of the directory.

use domain::network::{CachedKeyOwner, LookupBudgetRow};

use crate::item::items;
use crate::key::Key;

items! {
    LookupBudgetRow {
        "lookups", |it| Key::LookupBudget(it.account_id, it.bucket),
        version: it.version
    }
    CachedKeyOwner {
        "known_key", |it| Key::KeyLookup(it.account_id, it.key_digest.clone()),
        ends_at: Some(it.ends_at())
    }
}
