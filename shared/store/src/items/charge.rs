//! Rows of charges, refunds, disputes, Pix locations, boletos and cards.

use domain::charge::{BoletoNumbers, BoletoOrder, CardOrder, Charge, Refund};
use domain::dispute::{Dispute, DisputeOrder};
use domain::kernel::{AccountId, ChargeId, Id};
use domain::receivable::ReceivableRecord;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::due::DueList;
use crate::index::{due_index, status_and_due};
use crate::item::items;
use crate::items::time_key;
use crate::key::{self, Key};

/// The charge behind a Pix location.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Location {
    pub(crate) token: String,
    pub(crate) account_id: AccountId,
    pub(crate) charge_id: ChargeId,
}

/// The charge behind the number of a boleto.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct BoletoNumber {
    pub(crate) account_id: AccountId,
    pub(crate) our_number: u64,
    pub(crate) charge_id: ChargeId,
}

items! {
    Charge {
        "charge", |it| Key::Charge(it.account_id, it.id),
        plain: &[],
        index: charge_index(it),
        version: it.version
    }
    Refund {
        "refund", |it| Key::Refund(it.account_id, it.id),
        plain: &["due"],
        index: refund_index(it),
        version: it.version
    }
    Dispute {
        "dispute", |it| Key::Dispute(it.account_id, it.id),
        plain: &["kind", "charge_id", "respond_by"],
        index: dispute_index(it),
        version: it.version
    }
    DisputeOrder {
        "dispute_order", |it| Key::DisputeOrder(it.account_id, it.dispute_id),
        plain: &["due"],
        index: dispute_order_index(it),
        version: it.version
    }
    BoletoOrder {
        "boleto_order", |it| Key::BoletoOrder(it.account_id, it.charge_id, it.number),
        plain: &["due"],
        index: boleto_order_index(it),
        version: it.version
    }
    CardOrder {
        "card_order", |it| Key::CardOrder(it.account_id, it.charge_id, it.number),
        plain: &["due"],
        index: card_order_index(it),
        version: it.version
    }
    ReceivableRecord {
        "receivable", |it| receivable_key(it, it.receivable.settles_at),
        plain: &["charge_id", "status"]
    }
    BoletoNumbers {
        "boleto_numbers", |it| Key::BoletoNumbers(it.account_id),
        version: it.version
    }
    BoletoNumber { "boleto_number", |it| Key::BoletoNumber(it.account_id, it.our_number) }
    Location { "location", |it| Key::Location(it.token.clone()) }
}

/// Returns the key of an instalment that the acquirer pays at this time.
pub(crate) fn receivable_key(record: &ReceivableRecord, settles_at: Timestamp) -> Key {
    let charge = record.charge_id.ulid();
    let sort = format!("{}#{charge}#{:02}", time_key(settles_at), record.receivable.number);
    Key::Receivable(record.account_id, sort)
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

fn card_order_index(order: &CardOrder) -> Vec<(&'static str, String)> {
    let due_at = order.due.as_ref().map(|due| due.at);
    let charge_id = order.charge_id;
    due_index(DueList::CardOrders, u128::from(charge_id.ulid()), due_at, &charge_id)
}

fn dispute_index(dispute: &Dispute) -> Vec<(&'static str, String)> {
    let status = key::disputes_in(&dispute.account_id, dispute.status.as_str());
    let due_at = dispute.due.as_ref().map(|due| due.at);
    status_and_due(status, DueList::Disputes, dispute.id, due_at)
}

fn dispute_order_index(order: &DisputeOrder) -> Vec<(&'static str, String)> {
    let due_at = order.due.as_ref().map(|due| due.at);
    let sort = key::dispute_order(&order.dispute_id);
    due_index(DueList::Disputes, u128::from(order.dispute_id.ulid()), due_at, &sort)
}

fn boleto_order_index(order: &BoletoOrder) -> Vec<(&'static str, String)> {
    let due_at = order.due.as_ref().map(|due| due.at);
    let charge_id = order.charge_id;
    due_index(DueList::BoletoOrders, u128::from(charge_id.ulid()), due_at, &charge_id)
}
