//! Handles the queue of orders: submits payouts and refunds to the network, and queries those without a
//! response.

use domain::charge::Refund;
use domain::kernel::Error;
use domain::ledger::TransactionRef;
use domain::payout::Payout;
use queue::OrderMessage;
use serde_json::Value;
use worker::each_message;

use crate::{OrderWorker, network_action};

/// Processes the messages of a batch.
pub async fn handle(worker: &OrderWorker, batch: Value) -> Result<Value, Error> {
    let process = |message| process(worker, message);
    each_message(worker.app(), "submit_orders", batch, process).await
}

async fn process(worker: &OrderWorker, message: OrderMessage) -> Result<(), Error> {
    match message.transaction {
        TransactionRef::Payout(_) => network_action::process::<Payout>(worker, message).await,
        TransactionRef::Refund(_) => network_action::process::<Refund>(worker, message).await,
        TransactionRef::Charge(id) => {
            Err(Error::internal(format!("{id} is a charge, not an order to the network")))
        }
    }
}
