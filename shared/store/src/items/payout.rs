//! Rows of payouts, their batches and settings.

use domain::payout::{BatchLines, Payout, PayoutBatch, PayoutSettings, SettingsChange};

use crate::due::DueList;
use crate::index::{due_index, status_and_due};
use crate::item::items;
use crate::key::{self, Key};

items! {
    Payout {
        "payout", |it| Key::Payout(it.account_id, it.id),
        plain: &["due"],
        index: payout_index(it),
        version: it.version
    }
    PayoutBatch {
        "payout_batch", |it| Key::Batch(it.account_id, it.id),
        index: due_index(DueList::Batches, 0, it.lease.until, &it.id),
        version: it.version
    }
    BatchLines {
        "batch_lines", |it| Key::BatchLines(it.account_id, it.batch_id, it.row),
        version: it.version
    }
    SettingsChange {
        "payout_settings_change", |it| Key::SettingsChange(it.account_id, it.id),
        version: it.version
    }
    PayoutSettings {
        "payout_settings", |it| Key::PayoutSettings(it.account_id),
        version: it.version
    }
}

fn payout_index(payout: &Payout) -> Vec<(&'static str, String)> {
    let status = key::payouts_in(&payout.account_id, payout.status.as_str());
    let due_at = payout.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Payouts, payout.id, due_at)
}
