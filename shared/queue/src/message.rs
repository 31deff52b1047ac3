//! What a message says: which attempt to make. Everything else is read from the table.

use domain::charge::Refund;
use domain::kernel::{AccountId, DeliveryId, EndpointId, EventId, ExportId};
use domain::ledger::TransactionRef;
use domain::payout::Payout;
use domain::statement::StatementExport;
use domain::webhook::Delivery;
use serde::{Deserialize, Serialize};

/// An attempt to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryMessage {
    /// Whose.
    pub account_id: AccountId,
    /// The event.
    pub event_id: EventId,
    /// Where to.
    pub endpoint_id: EndpointId,
    /// Attempts made before this one. A message whose count is not the delivery's is out of date.
    pub made: u32,
}

impl DeliveryMessage {
    /// The delivery it is about.
    pub fn delivery_id(&self) -> DeliveryId {
        DeliveryId::of(self.event_id, self.endpoint_id)
    }
}

impl From<&Delivery> for DeliveryMessage {
    fn from(delivery: &Delivery) -> Self {
        Self {
            account_id: delivery.account_id,
            event_id: delivery.event_id,
            endpoint_id: delivery.endpoint_id,
            made: delivery.made,
        }
    }
}

/// A payout or a refund whose network is to be spoken to. Whether it is to be told or asked, the row
/// says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderMessage {
    /// Whose.
    pub account_id: AccountId,
    /// The payout or the refund. Messages had only payouts once, and named them so.
    #[serde(alias = "payout_id")]
    pub transaction: TransactionRef,
}

impl From<&Payout> for OrderMessage {
    fn from(payout: &Payout) -> Self {
        Self { account_id: payout.account_id, transaction: TransactionRef::Payout(payout.id) }
    }
}

impl From<&Refund> for OrderMessage {
    fn from(refund: &Refund) -> Self {
        Self { account_id: refund.account_id, transaction: TransactionRef::Refund(refund.id) }
    }
}

/// A statement to be written. How far it is, its row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportMessage {
    /// Whose.
    pub account_id: AccountId,
    /// The export.
    pub export_id: ExportId,
}

impl From<&StatementExport> for ExportMessage {
    fn from(export: &StatementExport) -> Self {
        Self { account_id: export.account_id, export_id: export.id }
    }
}
