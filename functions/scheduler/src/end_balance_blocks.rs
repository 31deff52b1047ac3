//! Every minute: ends balance blocks whose time is over.

use domain::kernel::Error;
use domain::ledger::{BalanceBlock, BlockStatus};
use store::{DueList, Key, Writes};
use worker::{Report, Worker};

use crate::due::JobRun;

/// Ends each due block; returns their number. A failed block is logged and stays due for the next tick.
/// It does not delay the others.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Blocks);
    run.each_row(|key| async move {
        run.add(u64::from(end(worker, &key).await?));
        Ok(false)
    })
    .await
}

async fn end(worker: &Worker, key: &Key) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let block = store.find::<BalanceBlock>(key).await?.ok_or(Error::NotFound("balance block"))?;
    // The index lags behind the table, so a listed block may have ended already.
    let is_due = block.ends_at.is_some_and(|at| at <= moment.now);
    if block.status != BlockStatus::Open || !is_due {
        return Ok(false);
    }
    let mut context = store.read_block_context(block).await?;
    let effects = context.end(&moment)?;
    let writes = Writes::default().change_block(&context, &effects);
    store.commit(writes, &moment).await.map(|_| true)
}
