//! Every minute: creates the statement exports of due schedules.

use domain::kernel::Error;
use domain::statement::StatementSchedule;
use store::{DueList, Key, Writes};
use worker::Worker;

use crate::due::{DuePages, TIME_BUDGET};

/// Periods of one schedule that one tick catches up. The next tick continues.
const PERIODS_MAX: u64 = 40;

/// Creates the exports of each due schedule; returns their number. A failed schedule is logged and
/// stays due for the next tick. It does not delay the others.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let began = app.moment().now;
    let in_time = || app.moment().now < began + TIME_BUDGET;
    let (mut due, mut requested) = (DuePages::new(DueList::Schedules, began), 0);
    while let Some(keys) = due.next(store).await?.filter(|_| in_time()) {
        for key in keys.into_iter().take_while(|_| in_time()) {
            match advance(worker, &key).await {
                Ok(exports) => requested += exports,
                // Another tick advanced the schedule, or its owner changed it.
                Err(Error::Stale) => {}
                Err(error) => app.warn(
                    &format!("{} not advanced; the next tick tries again", key.name()),
                    &error,
                ),
            }
        }
    }
    Ok(requested)
}

/// Creates an export for every period of a schedule that has ended. One transaction writes
/// schedule and export over the version that was read, so of two ticks only one creates it.
async fn advance(worker: &Worker, key: &Key) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let Some(mut schedule) = store.find::<StatementSchedule>(key).await? else { return Ok(0) };
    let mut requested = 0;
    while requested < PERIODS_MAX {
        let moment = app.moment();
        let Some(export) = schedule.advance(moment.now) else { break };
        let writes = Writes::default().replace(&schedule).create(&export);
        store.commit(writes, &moment).await?;
        schedule.version += 1;
        requested += 1;
    }
    Ok(requested)
}
