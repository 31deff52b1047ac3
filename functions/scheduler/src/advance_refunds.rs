//! Every minute: what came due for refunds. Takes in what networks announced, and sends somebody to
//! the network where it has to be told or asked.

use domain::charge::Refund;
use domain::kernel::Error;
use store::{DueList, Writes};
use worker::Worker;

use crate::due::DuePages;
use crate::order_messages::OrderMessages;

/// Goes through every shard of the due index and says how many refunds moved on or are spoken of to
/// their network. One that fails is logged and comes again with the next tick.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let (mut due, mut moved) = (DuePages::new(DueList::Refunds, app.moment().now), 0);
    while let Some(keys) = due.next(store).await? {
        let mut orders = OrderMessages::default();
        for row in store.read(&keys).await?.into_iter().flatten() {
            match row.read::<Refund>() {
                Ok(refund) if orders.push_if_due(&refund, app.moment().now) => {}
                Ok(refund) => moved += u64::from(advance(worker, refund).await),
                Err(error) => app.warn("a refund cannot be read", &error),
            }
        }
        moved += orders.send(worker).await;
    }
    Ok(moved)
}

/// Does what came due for a refund; whether there was anything.
async fn advance(worker: &Worker, refund: Refund) -> bool {
    let id = refund.id;
    match try_to_advance(worker, refund).await {
        Ok(did) => did,
        // Somebody else moved it on at this moment.
        Err(Error::Stale) => false,
        Err(error) => {
            worker.app.warn(&format!("{id} not advanced"), &error);
            false
        }
    }
}

async fn try_to_advance(worker: &Worker, mut refund: Refund) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let mut context = store.read_refund_context(&refund).await?;
    // The index lags behind the table: what it still lists may be done already.
    let Some(effects) = refund.advance(&mut context, &moment)? else { return Ok(false) };
    let writes = Writes::default().change_refund(&refund, &context, &effects);
    store.commit(writes, &moment).await.map(|_| true)
}
