//! From the stream of the table: creates the deliveries of new events and sends their messages.

use domain::event::Event;
use domain::kernel::Error;
use outbox::publish;
use queue::Batch;
use serde_json::Value;
use store::StreamRecord;
use worker::{Worker, batch_line};

/// Publishes the events of a batch. A failed record comes again with the records after it. An
/// event that is published already gets no second message.
pub async fn handle(worker: &Worker, batch: Value) -> Result<Value, Error> {
    let app = &worker.app;
    let records = StreamRecord::read_batch(batch)?;
    let (count, mut failed) = (records.len(), Vec::new());
    let mut events: Vec<Event> = Vec::new();
    let mut numbers = Vec::new();
    for record in records {
        match record.row::<Event>() {
            Ok(None) => {}
            // The relay writes a relayed row once more, to mark it.
            Ok(Some(event)) if event.relayed_at.is_some() => {}
            Ok(Some(event)) => {
                events.push(event);
                numbers.push(record.sequence_number);
            }
            Err(error) => {
                app.warn(
                    "could not read a record of the stream; the stream delivers it again",
                    &error,
                );
                failed.push(record.sequence_number);
            }
        }
    }
    let moment = app.moment();
    let published =
        publish(&app.store, &worker.lanes, &worker.lane_limiter, &events, &moment).await;
    if let Err(error) = published.sent {
        app.warn("could not send delivery messages; the scheduler resends them", &error);
    }
    for ((outcome, event), number) in published.outcomes.into_iter().zip(&events).zip(numbers) {
        if let Err(error) = outcome {
            app.warn(&format!("{} not published; the stream delivers it again", event.id), &error);
            failed.push(number);
        }
    }
    batch_line(app, "publish_events", count, failed.len());
    Ok(Batch::response(failed))
}
