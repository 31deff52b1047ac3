//! Every minute: applies due network updates of refunds, and sends a message if a network action
//! is due.

use domain::charge::Refund;
use domain::kernel::Error;
use store::{DueList, Writes};
use worker::{Report, Worker};

use crate::order_messages::each_order;

/// Works every shard of the due index, and returns the number of refunds that advanced or got a
/// message. A failed refund is logged and stays due for the next tick.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let advance = |refund| advance(worker, refund);
    each_order(worker, DueList::Refunds, |_: &Refund, _| None, advance).await
}

/// Advances a refund; returns false if nothing was due.
async fn advance(worker: &Worker, refund: Refund) -> bool {
    let id = refund.id;
    match try_to_advance(worker, refund).await {
        Ok(did) => did,
        // Another change of the refund came first.
        Err(Error::Stale) => false,
        Err(error) => {
            worker.app.warn(&format!("{id} not advanced; the next tick tries again"), &error);
            false
        }
    }
}

async fn try_to_advance(worker: &Worker, mut refund: Refund) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let mut context = store.read_refund_context(&refund).await?;
    // The index lags behind the table, so a listed refund may be done already.
    let Some(effects) = refund.advance(&mut context, &moment)? else { return Ok(false) };
    let writes = Writes::default().change_refund(&refund, &context, &effects);
    store.commit(writes, &moment).await.map(|_| true)
}
