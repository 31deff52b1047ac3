//! From the stream of the table: creates the deliveries of new events and sends their messages, and sends
//! the messages of orders and exports. It is the only reader of the stream (docs/adr/0037).

use domain::event::Event;
use domain::kernel::Error;
use outbox::publish;
use queue::Batch;
use serde_json::Value;
use store::StreamRecord;
use worker::{Worker, batch_line};

use crate::work::WorkMessages;

/// The records of a batch by what they need.
#[derive(Default)]
struct Changes {
    events: Vec<Event>,
    /// Records of the events, in their order.
    event_records: Vec<String>,
    work: WorkMessages,
    /// Records that cannot be read.
    failed: Vec<String>,
}

impl Changes {
    fn add(&mut self, record: StreamRecord) -> Result<(), Error> {
        self.work.add(&record)?;
        // The relay writes a relayed row once more, to mark it.
        let event = record.row::<Event>()?.filter(|event| event.relayed_at.is_none());
        if let Some(event) = event {
            self.events.push(event);
            self.event_records.push(record.sequence_number);
        }
        Ok(())
    }
}

/// Handles a batch. A failed record comes again with the records after it. An event that is published
/// already gets no second message, and a worker that gets the message of an order twice finds nothing to do.
pub async fn handle(worker: &Worker, batch: Value) -> Result<Value, Error> {
    let app = &worker.app;
    let records = StreamRecord::read_batch(batch)?;
    let (count, mut changes) = (records.len(), Changes::default());
    for record in records {
        let number = record.sequence_number.clone();
        if let Err(error) = changes.add(record) {
            app.warn("could not read a record of the stream; the stream delivers it again", &error);
            changes.failed.push(number);
        }
    }
    let Changes { events, event_records, work, mut failed } = changes;
    let moment = app.moment();
    let (published, ()) = futures::join!(
        publish(&app.store, &worker.lanes, &worker.lane_limiter, &events, &moment),
        work.send(worker),
    );
    if let Err(error) = published.sent {
        app.warn("could not send delivery messages; the scheduler resends them", &error);
    }
    for ((outcome, event), number) in published.outcomes.into_iter().zip(&events).zip(event_records)
    {
        if let Err(error) = outcome {
            app.warn(&format!("{} not published; the stream delivers it again", event.id), &error);
            failed.push(number);
        }
    }
    batch_line(app, "relay_changes", count, failed.len());
    Ok(Batch::response(failed))
}
