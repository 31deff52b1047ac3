//! Every minute: deliveries whose next attempt comes within the minute, and those whose message or
//! worker was lost.

use domain::{Delivery, Error};
use jiff::SignedDuration;
use outbox::resend;
use store::{DueList, Row};
use worker::Worker;

use crate::due::DuePages;

/// What comes due until the next tick is sent now, with the delay that is left.
const AHEAD: SignedDuration = SignedDuration::from_secs(60);

/// Sends a message for each; says how many.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let until = app.moment().now + AHEAD;
    let (mut due, mut done) = (DuePages::new(DueList::Deliveries, until), 0);
    while let Some(keys) = due.next(store).await? {
        let rows = store.read(&keys).await?.into_iter().flatten();
        let deliveries: Vec<Delivery> = rows.map(Row::read).collect::<Result<_, _>>()?;
        // The index lags behind the table: what it still lists may be done already.
        let waiting = deliveries.into_iter().filter(|one| one.due_at.is_some_and(|at| at <= until));
        done += resend(store, &worker.lanes, waiting.collect(), &app.moment()).await?;
    }
    Ok(done)
}
