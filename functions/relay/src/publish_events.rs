//! From the stream of the table: makes the deliveries of new events and sends their messages.

use domain::event::Event;
use domain::kernel::Error;
use outbox::publish;
use queue::Batch;
use serde_json::Value;
use store::StreamRecord;
use worker::{Worker, batch_line};

/// Publishes the events of a batch. A record that fails is named, and comes again with those after
/// it; one that was published already is passed over, so nothing is sent twice on its account.
pub async fn handle(worker: &Worker, batch: Value) -> Result<Value, Error> {
    let app = &worker.app;
    let records = StreamRecord::read_batch(batch)?;
    let (count, mut failed) = (records.len(), Vec::new());
    let mut events: Vec<Event> = Vec::new();
    let mut numbers = Vec::new();
    for record in records {
        match record.row::<Event>() {
            Ok(None) => {}
            // A row that was relayed is written once more to say so.
            Ok(Some(event)) if event.relayed_at.is_some() => {}
            Ok(Some(event)) => {
                events.push(event);
                numbers.push(record.sequence_number);
            }
            Err(error) => {
                app.warn("a record of the stream cannot be read", &error);
                failed.push(record.sequence_number);
            }
        }
    }
    let moment = app.moment();
    let published =
        publish(&app.store, &worker.lanes, &worker.lane_limiter, &events, &moment).await;
    if let Err(error) = published.sent {
        app.warn("messages are left to the clock", &error);
    }
    for ((outcome, event), number) in published.outcomes.into_iter().zip(&events).zip(numbers) {
        if let Err(error) = outcome {
            app.warn(&format!("{} not published", event.id), &error);
            failed.push(number);
        }
    }
    batch_line(app, "publish_events", count, failed.len());
    Ok(Batch::answer(failed))
}
