//! The messages. A message only names its row, and a delivery message also its attempt; the worker
//! reads everything else from the table.

use domain::charge::{BoletoOrder, CardOrder, Refund};
use domain::credit::Credit;
use domain::dispute::DisputeOrder;
use domain::kernel::{AccountId, DeliveryId, EndpointId, EventId, ExportId};
use domain::ledger::TransactionRef;
use domain::payout::Payout;
use domain::statement::StatementExport;
use domain::webhook::Delivery;
use serde::{Deserialize, Serialize};

/// A delivery with an attempt to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryMessage {
    /// Account of the delivery.
    pub account_id: AccountId,
    /// Event to deliver.
    pub event_id: EventId,
    /// Endpoint that receives it.
    pub endpoint_id: EndpointId,
    /// Number of attempts before this one. The message is out of date if the delivery has another
    /// count.
    pub attempts_made: u32,
}

impl DeliveryMessage {
    /// Returns the id of the delivery.
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
            attempts_made: delivery.attempts_made,
        }
    }
}

/// A payout, a refund, a credit, an answer to a demand or the order of a boleto with a network action to do. The row says whether to submit or to query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderMessage {
    /// Account of the order.
    pub account_id: AccountId,
    /// Id of the payout, refund or credit, of the charge of an order, or of the balance block of an answer to a demand. Early messages had only payouts and named the field after them.
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

impl From<&BoletoOrder> for OrderMessage {
    fn from(order: &BoletoOrder) -> Self {
        Self { account_id: order.account_id, transaction: TransactionRef::Charge(order.charge_id) }
    }
}

impl From<&CardOrder> for OrderMessage {
    fn from(order: &CardOrder) -> Self {
        Self { account_id: order.account_id, transaction: TransactionRef::Charge(order.charge_id) }
    }
}

impl From<&DisputeOrder> for OrderMessage {
    fn from(order: &DisputeOrder) -> Self {
        Self { account_id: order.account_id, transaction: TransactionRef::Block(order.block_id) }
    }
}

impl From<&Credit> for OrderMessage {
    fn from(credit: &Credit) -> Self {
        Self { account_id: credit.account_id, transaction: TransactionRef::Credit(credit.id) }
    }
}

/// A statement export to write. The row says how far the file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportMessage {
    /// Account of the export.
    pub account_id: AccountId,
    /// Id of the export.
    pub export_id: ExportId,
}

impl From<&StatementExport> for ExportMessage {
    fn from(export: &StatementExport) -> Self {
        Self { account_id: export.account_id, export_id: export.id }
    }
}
