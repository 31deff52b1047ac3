//! From the stream of the table: sends a message for each payout and each refund that goes, so that
//! its network is told of it within a second.

use domain::{Errand, Error, Payout, Refund, Remittance};
use queue::{Batch, OrderMessage};
use serde_json::Value;
use store::{Item, StreamRecord};
use worker::{Worker, batch_line};

/// Sends the messages of a batch. What cannot be sent is left to the clock; a message too many finds
/// nothing to do.
pub async fn handle(worker: &Worker, batch: Value) -> Result<Value, Error> {
    let app = &worker.app;
    let records = StreamRecord::read_batch(batch)?;
    let (count, mut failed, mut messages) = (records.len(), Vec::new(), Vec::new());
    for record in records {
        let payout = message::<Payout>(&record).transpose();
        match payout.or_else(|| message::<Refund>(&record).transpose()).transpose() {
            Ok(message) => messages.extend(message),
            Err(error) => {
                app.warn("a record of the stream cannot be read", &error);
                failed.push(record.sequence_number);
            }
        }
    }
    if let Err(error) = worker.lanes.send_orders(&messages).await {
        app.warn("payouts and refunds are left to the clock", &error);
    }
    batch_line(app, "queue_payouts", count, failed.len());
    Ok(Batch::answer(failed))
}

/// The message of a row of this type whose network is yet to be told of it.
fn message<R>(record: &StreamRecord) -> Result<Option<OrderMessage>, Error>
where
    R: Item + Remittance,
    for<'a> OrderMessage: From<&'a R>,
{
    let goes = |row: &R| row.next_errand().is_some_and(|(_, errand)| errand == Errand::Submit);
    Ok(record.row::<R>()?.filter(goes).as_ref().map(OrderMessage::from))
}
