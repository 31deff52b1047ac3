//! Rows of charges, refunds and Pix locations.

use domain::charge::{Charge, Refund};
use domain::kernel::{AccountId, ChargeId};
use serde::{Deserialize, Serialize};

use crate::due::DueList;
use crate::index::status_and_due;
use crate::item::items;
use crate::key::{self, Key};

/// The charge behind a Pix location.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Location {
    pub(crate) token: String,
    pub(crate) account_id: AccountId,
    pub(crate) charge_id: ChargeId,
}

items! {
    Charge {
        "charge", |it| Key::Charge(it.account_id, it.id),
        index: charge_index(it),
        version: it.version
    }
    Refund {
        "refund", |it| Key::Refund(it.account_id, it.id),
        index: refund_index(it),
        version: it.version
    }
    Location { "location", |it| Key::Location(it.token.clone()) }
}

fn charge_index(charge: &Charge) -> Vec<(&'static str, String)> {
    let status = key::charges_in(&charge.account_id, charge.status.as_str());
    let due_at = charge.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Charges, charge.id, due_at)
}

fn refund_index(refund: &Refund) -> Vec<(&'static str, String)> {
    let status = key::refunds_in(&refund.account_id, refund.status.as_str());
    let due_at = refund.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Refunds, refund.id, due_at)
}
