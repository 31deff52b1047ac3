//! Every minute: deliveries whose next attempt comes within the minute, and those whose message or
//! worker was lost.

use domain::kernel::Error;
use domain::webhook::Delivery;
use jiff::SignedDuration;
use outbox::resend;
use store::DueList;
use worker::Worker;

use crate::due::DuePages;

/// What comes due until the next tick is sent now, with the delay that is left.
const LOOKAHEAD: SignedDuration = SignedDuration::from_secs(60);

/// Sends a message for each; says how many. What fails is logged and comes again with the next tick;
/// it does not hold up the others.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let until = app.moment().now + LOOKAHEAD;
    let (mut due, mut done) = (DuePages::new(DueList::Deliveries, until), 0);
    while let Some(keys) = due.next(store).await? {
        let rows = store.read(&keys).await?.into_iter().flatten();
        let deliveries = rows.filter_map(|row| {
            let read = row.read::<Delivery>();
            read.inspect_err(|error| app.warn("a delivery cannot be read", error)).ok()
        });
        // The index lags behind the table: what it still lists may be done already.
        let waiting = deliveries.filter(|one| one.due_at.is_some_and(|at| at <= until));
        match resend(store, &worker.lanes, waiting.collect(), &app.moment()).await {
            Ok(sent) => done += sent,
            Err(error) => app.warn("not every delivery due was sent", &error),
        }
    }
    Ok(done)
}
