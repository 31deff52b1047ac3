//! Every minute: events that have no deliveries yet. Alone it is enough for every event to arrive;
//! the stream is only faster.

use domain::{Error, Event};
use jiff::SignedDuration;
use outbox::publish;
use store::DueList;
use worker::Worker;

use crate::due::DuePages;

/// An event this young is left to the stream.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

/// Publishes what lies there; says how many events. One that fails is logged and comes again with
/// the next tick.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let until = app.moment().now - GRACE;
    let (mut due, mut done) = (DuePages::new(DueList::Events, until), 0);
    while let Some(keys) = due.next(store).await? {
        let rows = store.read(&keys).await?.into_iter().flatten();
        let events: Vec<Event> = rows
            .filter_map(|row| {
                let read = row.read();
                read.inspect_err(|error| app.warn("an event cannot be read", error)).ok()
            })
            .collect();
        let moment = app.moment();
        let published = publish(store, &worker.lanes, &worker.admission, &events, &moment).await;
        for (outcome, event) in published.iter().zip(&events) {
            match outcome {
                Ok(()) => done += 1,
                Err(error) => app.warn(&format!("{} not published", event.id), error),
            }
        }
    }
    Ok(done)
}
