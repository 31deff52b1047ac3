//! Handles the queue of orders: submits payouts, refunds, the orders of boletos and cards and answers to demands
//! to the network, and queries those without a response.

use domain::charge::{BoletoOrder, CardOrder, Charge, ChargeMethod, Refund};
use domain::credit::Credit;
use domain::dispute::DisputeOrder;
use domain::kernel::{ChargeId, DisputeId, Error};
use domain::ledger::TransactionRef;
use queue::OrderMessage;
use serde_json::Value;
use store::Key;
use worker::each_message;

use crate::network_action::OrderKind;
use crate::{OrderWorker, network_action, owner_check};

/// Processes the messages of a batch.
pub async fn handle(worker: &OrderWorker, batch: Value) -> Result<Value, Error> {
    let process = |message| process(worker, message);
    each_message(worker.app(), "submit_orders", batch, process).await
}

async fn process(worker: &OrderWorker, message: OrderMessage) -> Result<(), Error> {
    match message.transaction {
        TransactionRef::Payout(id) => {
            let payout = owner_check::process(worker, message.account_id, id).await?;
            match payout {
                Some(payout) => network_action::process(worker, message, payout).await,
                None => Ok(()),
            }
        }
        TransactionRef::Refund(id) => {
            process_row::<Refund>(worker, message, Key::Refund(message.account_id, id)).await
        }
        TransactionRef::Credit(id) => {
            process_row::<Credit>(worker, message, Key::Credit(message.account_id, id)).await
        }
        TransactionRef::Charge(id) => charge_order(worker, message, id).await,
        // The block has the ULID of the dispute that the order answers.
        TransactionRef::Block(id) => {
            let key = Key::DisputeOrder(message.account_id, DisputeId::of_block(id));
            process_last::<DisputeOrder>(worker, message, key).await
        }
    }
}

/// Processes the last order of a charge. An answered order is gone, so a late message finds none.
async fn charge_order(
    worker: &OrderWorker,
    message: OrderMessage,
    charge_id: ChargeId,
) -> Result<(), Error> {
    let (store, account_id) = (&worker.app().store, message.account_id);
    let charge: Option<Charge> = store.find(&Key::Charge(account_id, charge_id)).await?;
    match charge.map(|charge| charge.method) {
        Some(ChargeMethod::Boleto(boleto)) => {
            let key = Key::BoletoOrder(account_id, charge_id, boleto.orders);
            process_last::<BoletoOrder>(worker, message, key).await
        }
        Some(ChargeMethod::Card(card)) => {
            let key = Key::CardOrder(account_id, charge_id, card.orders);
            process_last::<CardOrder>(worker, message, key).await
        }
        Some(ChargeMethod::Pix(_)) | None => Ok(()),
    }
}

async fn process_last<R: OrderKind>(
    worker: &OrderWorker,
    message: OrderMessage,
    key: Key,
) -> Result<(), Error> {
    match worker.app().store.find::<R>(&key).await? {
        Some(order) => network_action::process(worker, message, order).await,
        None => Ok(()),
    }
}

async fn process_row<R: OrderKind>(
    worker: &OrderWorker,
    message: OrderMessage,
    key: Key,
) -> Result<(), Error> {
    let row: R = worker.app().store.find(&key).await?.ok_or(Error::NotFound(R::KIND))?;
    network_action::process(worker, message, row).await
}
