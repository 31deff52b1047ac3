//! The row of an account.

use domain::account::Account;

use crate::item::items;
use crate::key::{self, Key};
use crate::table;

items! {
    Account {
        "account", |it| Key::Account(it.id),
        index: vec![
            (table::STATUS_KEYS.0, key::ACCOUNTS.to_owned()),
            (table::STATUS_KEYS.1, it.id.to_string()),
        ],
        version: it.version
    }
}
