//! Every minute: asks for the statements whose schedules have come round.

use domain::kernel::Error;
use domain::statement::StatementSchedule;
use store::{DueList, Key, Writes};
use worker::Worker;

use crate::due::{DuePages, TIME_BUDGET};

/// Periods of one schedule that one tick catches up; what is left comes with the next.
const PERIODS_MAX: u64 = 40;

/// Asks for each, and says for how many. One that fails is logged and comes again with the next tick;
/// it does not hold up the others.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let began = app.moment().now;
    let in_time = || app.moment().now < began + TIME_BUDGET;
    let (mut due, mut requested) = (DuePages::new(DueList::Schedules, began), 0);
    while let Some(keys) = due.next(store).await?.filter(|_| in_time()) {
        for key in keys.into_iter().take_while(|_| in_time()) {
            match advance(worker, &key).await {
                Ok(exports) => requested += exports,
                // Another tick is at it, or it was changed at this moment.
                Err(Error::Stale) => {}
                Err(error) => app.warn(&format!("{} not advanced", key.name()), &error),
            }
        }
    }
    Ok(requested)
}

/// Asks for every period of a schedule that is over. Schedule and export are one transaction, over the
/// version that was read: of two ticks at once one asks.
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
