//! From the stream of the table: sends a message for each payout and each refund that goes, so that
//! its network is told of it within a second, and for each export that was asked for.

use domain::charge::Refund;
use domain::kernel::Error;
use domain::network::{NetworkAction, OutboundOrder};
use domain::payout::Payout;
use domain::statement::{ExportStatus, StatementExport};
use queue::{Batch, ExportMessage, OrderMessage};
use serde_json::Value;
use store::{Item, StreamRecord};
use worker::{Worker, batch_line};

/// The messages of a batch.
#[derive(Default)]
struct Messages {
    orders: Vec<OrderMessage>,
    exports: Vec<ExportMessage>,
}

/// Sends the messages of a batch. What cannot be sent is left to the clock; a message too many finds
/// nothing to do.
pub async fn handle(worker: &Worker, batch: Value) -> Result<Value, Error> {
    let (app, lanes) = (&worker.app, &worker.lanes);
    let records = StreamRecord::read_batch(batch)?;
    let (count, mut failed, mut messages) = (records.len(), Vec::new(), Messages::default());
    for record in records {
        if let Err(error) = messages.add(&record) {
            app.warn("a record of the stream cannot be read", &error);
            failed.push(record.sequence_number);
        }
    }
    let (orders, exports) =
        futures::join!(lanes.send_orders(&messages.orders), lanes.send_exports(&messages.exports));
    if let Err(error) = orders {
        app.warn("payouts and refunds are left to the clock", &error);
    }
    if let Err(error) = exports {
        app.warn("exports are left to the clock", &error);
    }
    batch_line(app, "queue_work", count, failed.len());
    Ok(Batch::answer(failed))
}

impl Messages {
    /// Adds that of a record, if its row waits for anybody.
    fn add(&mut self, record: &StreamRecord) -> Result<(), Error> {
        self.orders.extend(order::<Payout>(record)?);
        self.orders.extend(order::<Refund>(record)?);
        let export = record.row::<StatementExport>()?;
        let new = export.filter(|export| export.status == ExportStatus::Waiting);
        self.exports.extend(new.as_ref().map(ExportMessage::from));
        Ok(())
    }
}

/// The message of a row of this type whose network is yet to be told of it.
fn order<R>(record: &StreamRecord) -> Result<Option<OrderMessage>, Error>
where
    R: Item + OutboundOrder,
    for<'a> OrderMessage: From<&'a R>,
{
    let is_due =
        |row: &R| row.next_action().is_some_and(|(_, action)| action == NetworkAction::Submit);
    Ok(record.row::<R>()?.filter(is_due).as_ref().map(OrderMessage::from))
}
