//! Reads the stream of the table. Sends a message for each payout and refund to submit, so that the
//! network gets it within a second, and for each new export.

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

/// Sends the messages of a batch. The scheduler resends what could not be sent. A worker that gets
/// a message twice finds nothing to do.
pub async fn handle(worker: &Worker, batch: Value) -> Result<Value, Error> {
    let (app, lanes) = (&worker.app, &worker.lanes);
    let records = StreamRecord::read_batch(batch)?;
    let (count, mut failed, mut messages) = (records.len(), Vec::new(), Messages::default());
    for record in records {
        if let Err(error) = messages.add(&record) {
            app.warn("could not read a record of the stream; the stream delivers it again", &error);
            failed.push(record.sequence_number);
        }
    }
    let (orders, exports) =
        futures::join!(lanes.send_orders(&messages.orders), lanes.send_exports(&messages.exports));
    if let Err(error) = orders {
        app.warn("could not send order messages; the scheduler resends them", &error);
    }
    if let Err(error) = exports {
        app.warn("could not send export messages; the scheduler resends them", &error);
    }
    batch_line(app, "queue_work", count, failed.len());
    Ok(Batch::response(failed))
}

impl Messages {
    /// Adds the message of a record, if its row needs a worker.
    fn add(&mut self, record: &StreamRecord) -> Result<(), Error> {
        self.orders.extend(order::<Payout>(record)?);
        self.orders.extend(order::<Refund>(record)?);
        let export = record.row::<StatementExport>()?;
        let new = export.filter(|export| export.status == ExportStatus::Waiting);
        self.exports.extend(new.as_ref().map(ExportMessage::from));
        Ok(())
    }
}

/// Returns the message of a row of this type that must be submitted to its network.
fn order<R>(record: &StreamRecord) -> Result<Option<OrderMessage>, Error>
where
    R: Item + OutboundOrder,
    for<'a> OrderMessage: From<&'a R>,
{
    let is_due =
        |row: &R| row.next_action().is_some_and(|(_, action)| action == NetworkAction::Submit);
    Ok(record.row::<R>()?.filter(is_due).as_ref().map(OrderMessage::from))
}
