//! Every minute: sends messages for deliveries whose next attempt comes within a minute, and for
//! those whose message or worker was lost.

use domain::kernel::Error;
use domain::webhook::Delivery;
use jiff::SignedDuration;
use outbox::resend;
use store::DueList;
use worker::{Report, Worker};

use crate::due::{JobRun, ROWS_PER_READ, WIDE_TURNS_AT_ONCE};

/// Time ahead of now. What becomes due before the next tick is sent now, with the remaining delay.
const LOOKAHEAD: SignedDuration = SignedDuration::from_secs(60);

/// Sends a message for each due delivery; returns their number. A failed delivery is logged and
/// stays due for the next tick. It does not delay the others.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let run = JobRun::start(worker, DueList::Deliveries);
    let run = &run.shifted(LOOKAHEAD).accounts_at_once(WIDE_TURNS_AT_ONCE);
    run.each_group(ROWS_PER_READ, |keys| async move {
        let rows = store.read(&keys).await?.into_iter().flatten();
        let deliveries = rows.filter_map(|row| {
            let read = row.read::<Delivery>();
            read.inspect_err(|error| app.warn("could not read a delivery; it stays due", error))
                .ok()
        });
        // The index lags behind the table, so a listed delivery may be done already.
        let waiting = deliveries.filter(|one| one.due_at.is_some_and(|at| at <= run.until()));
        match resend(store, &worker.lanes, waiting.collect(), &app.moment()).await {
            Ok(sent) => run.add(sent),
            Err(error) => {
                app.warn("could not resend all due deliveries; the next tick tries again", &error)
            }
        }
        Ok(())
    })
    .await
}
