//! Rows of payments and credits, and the rules for them.

use domain::credit::{Credit, CreditSettings};
use domain::payment::Payment;

use crate::due::DueList;
use crate::index::status_and_due;
use crate::item::items;
use crate::key::{self, Key};

items! {
    Payment { "payment", |it| Key::Payment(it.account_id, it.id) }
    Credit {
        "credit", |it| Key::Credit(it.account_id, it.id),
        index: credit_index(it),
        version: it.version
    }
    CreditSettings {
        "credit_settings", |it| Key::CreditSettings(it.account_id),
        version: it.version
    }
}

fn credit_index(credit: &Credit) -> Vec<(&'static str, String)> {
    let status = key::credits_in(&credit.account_id, credit.status.as_str());
    let due_at = credit.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Credits, credit.id, due_at)
}
