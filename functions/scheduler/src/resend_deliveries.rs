//! Every minute: sends messages for deliveries whose next attempt comes within a minute, and for
//! those whose message or worker was lost.

use domain::kernel::Error;
use domain::webhook::Delivery;
use jiff::SignedDuration;
use outbox::resend;
use store::DueList;
use worker::Worker;

use crate::due::{ROWS_PER_READ, RunTime, Turns};

/// Time ahead of now. What becomes due before the next tick is sent now, with the remaining delay.
const LOOKAHEAD: SignedDuration = SignedDuration::from_secs(60);

/// Sends a message for each due delivery; returns their number. A failed delivery is logged and
/// stays due for the next tick. It does not delay the others, and the accounts take turns.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let until = time.began() + LOOKAHEAD;
    let (mut turns, mut done) = (Turns::read(store, DueList::Deliveries, until, &time).await?, 0);
    while let Some(keys) = turns.next_page(ROWS_PER_READ).filter(|_| time.is_left()) {
        let rows = store.read(&keys).await?.into_iter().flatten();
        let deliveries = rows.filter_map(|row| {
            let read = row.read::<Delivery>();
            read.inspect_err(|error| app.warn("could not read a delivery; it stays due", error))
                .ok()
        });
        // The index lags behind the table, so a listed delivery may be done already.
        let waiting = deliveries.filter(|one| one.due_at.is_some_and(|at| at <= until));
        match resend(store, &worker.lanes, waiting.collect(), &app.moment()).await {
            Ok(sent) => done += sent,
            Err(error) => {
                app.warn("could not resend all due deliveries; the next tick tries again", &error)
            }
        }
    }
    Ok(done)
}
