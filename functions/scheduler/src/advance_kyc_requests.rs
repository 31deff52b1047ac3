//! Every minute: reminds accounts of KYC requests whose deadline is near, and ends those whose deadline is over.
//!
//! A request that ends rejects its payout in the same transaction, so its money is available again
//! (docs/adr/0053).

use domain::kernel::Error;
use domain::kyc::{KycRequest, KycStep};
use store::{DueList, Key, Writes};
use worker::{Report, Worker};

use crate::due::JobRun;
use crate::payout_change::read;

/// Works the due requests one by one, and returns the number of those that changed. A failed one is logged and
/// stays due for the next tick.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::KycRequests);
    run.each_row(|key| async move {
        run.add(u64::from(Box::pin(advance(worker, &key)).await?));
        Ok(false)
    })
    .await
}

/// Sends the reminder, or ends the request with its payout. The index lags behind the table, so nothing may be due
/// any more.
async fn advance(worker: &Worker, key: &Key) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let request: Option<KycRequest> = store.find(key).await?;
    let mut request = request.ok_or(Error::NotFound("KYC request"))?;
    let writes = match request.due_step(moment.now) {
        None => return Ok(false),
        Some(KycStep::Remind) => {
            let event = request.remind(&moment)?;
            event.iter().fold(Writes::default().replace(&request), Writes::create)
        }
        Some(KycStep::Expire) => {
            let mut rows = read(worker, request.account_id, request.payout_id).await?;
            let ended = rows.payout.expire_kyc(request, &mut rows.funds, &moment)?;
            let Some(effects) = ended else { return Ok(false) };
            Writes::default().change_payout(&rows.payout, &rows.funds, &effects)
        }
    };
    store.commit(writes, &moment).await.map(|_| true)
}
