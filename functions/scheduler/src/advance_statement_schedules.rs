//! Every minute: creates the statement exports of due schedules.

use domain::kernel::{Code, Error};
use domain::statement::StatementSchedule;
use store::{DueList, Key, Writes};
use worker::{Report, Worker};

use crate::due::JobRun;

/// Periods of one schedule that one tick catches up. The next tick continues.
const PERIODS_MAX: usize = 40;

/// Creates the exports of each due schedule; returns their number. A failed schedule is logged and
/// stays due for the next tick. It does not delay the others.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Schedules);
    run.each_row(|key| async move { advance(run, &key).await.map(|()| false) }).await
}

/// Creates an export for every period of a schedule that has ended, until the account has the most
/// exports that may be unfinished. The schedule stays due for the others. One transaction writes
/// schedule and export over the version that was read, so of two ticks only one creates it.
async fn advance(run: &JobRun<'_>, key: &Key) -> Result<(), Error> {
    let (app, store) = (&run.worker.app, &run.worker.app.store);
    let Some(mut schedule) = store.find::<StatementSchedule>(key).await? else { return Ok(()) };
    for _ in 0..PERIODS_MAX {
        let moment = app.moment();
        let Some(export) = schedule.advance(moment.now) else { break };
        let writes = Writes::default().replace(&schedule).create(&export);
        match store.commit(writes.add_export(export.account_id), &moment).await {
            Ok(_) => {}
            Err(Error::Conflict { code: Code::StatementExportLimit, .. }) => break,
            Err(error) => return Err(error),
        }
        schedule.version += 1;
        run.add(1);
    }
    Ok(())
}
