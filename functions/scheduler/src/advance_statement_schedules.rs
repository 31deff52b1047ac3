//! Every minute: creates the statement exports of due schedules.

use domain::kernel::{Code, Error};
use domain::statement::StatementSchedule;
use store::{DueList, Key, Writes};
use worker::Worker;

use crate::due::{RunTime, Turns};

/// Periods of one schedule that one tick catches up. The next tick continues.
const PERIODS_MAX: u64 = 40;

/// Creates the exports of each due schedule; returns their number. A failed schedule is logged and
/// stays due for the next tick. It does not delay the others, and the accounts take turns.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let mut turns = Turns::read(store, DueList::Schedules, time.began(), &time).await?;
    let mut requested = 0;
    while let Some(keys) = turns.next_page(1).filter(|_| time.is_left()) {
        for key in keys {
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

/// Creates an export for every period of a schedule that has ended, until the account has the most
/// exports that may be unfinished. The schedule stays due for the others. One transaction writes
/// schedule and export over the version that was read, so of two ticks only one creates it.
async fn advance(worker: &Worker, key: &Key) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let Some(mut schedule) = store.find::<StatementSchedule>(key).await? else { return Ok(0) };
    let mut requested = 0;
    while requested < PERIODS_MAX {
        let moment = app.moment();
        let Some(export) = schedule.advance(moment.now) else { break };
        let writes = Writes::default().replace(&schedule).create(&export);
        match store.commit(writes.add_export(export.account_id), &moment).await {
            Ok(_) => {}
            Err(Error::Conflict { code: Code::StatementExportLimit, .. }) => break,
            Err(error) => return Err(error),
        }
        schedule.version += 1;
        requested += 1;
    }
    Ok(requested)
}
