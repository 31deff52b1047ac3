//! From the stream of the table: sends a message for each payout that goes, so that its network is
//! told of it within a second.

use domain::{Error, Payout, PayoutStep};
use queue::{Batch, PayoutMessage};
use serde_json::Value;
use store::StreamRecord;
use worker::{Worker, batch_line};

/// Sends the messages of a batch. What cannot be sent is left to the clock; a message too many finds
/// nothing to do.
pub async fn handle(worker: &Worker, batch: Value) -> Result<Value, Error> {
    let app = &worker.app;
    let records = StreamRecord::<Payout>::read_batch(batch)?;
    let (count, mut failed, mut messages) = (records.len(), Vec::new(), Vec::new());
    for record in records {
        match record.row {
            Ok(payout) => messages.extend(payout.filter(goes).as_ref().map(PayoutMessage::from)),
            Err(error) => {
                app.warn("a record of the stream cannot be read", &error);
                failed.push(record.sequence_number);
            }
        }
    }
    if let Err(error) = worker.lanes.send_payouts(&messages).await {
        app.warn("payouts are left to the clock", &error);
    }
    batch_line(app, "queue_payouts", count, failed.len());
    Ok(Batch::answer(failed))
}

/// Whether the network is yet to be told of it.
fn goes(payout: &Payout) -> bool {
    payout.due.as_ref().is_some_and(|due| due.step == PayoutStep::Submit)
}
