//! The row of an account.

use domain::account::Account;

use crate::item::items;
use crate::key::Key;

items! {
    Account { "account", |it| Key::Account(it.id) }
}
