//! Every minute: applies due network updates of refunds, and sends a message if a network action
//! is due.

use domain::charge::Refund;
use domain::kernel::Error;
use domain::network::OutboundOrder;
use store::{DueList, Writes};
use worker::{Report, Worker};

use crate::due::{ROWS_PER_READ, RunTime, Turns};
use crate::order_messages::{OldestOrder, OrderMessages};

/// Reads every shard of the due index and returns the number of refunds that advanced or got a
/// message. A failed refund is logged and stays due for the next tick. The accounts take turns.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let mut turns = Turns::read(store, DueList::Refunds, time.began(), &time).await?;
    let (mut moved, mut oldest) = (0, OldestOrder::default());
    while let Some(keys) = turns.next_page(ROWS_PER_READ).filter(|_| time.is_left()) {
        let mut orders = OrderMessages::default();
        for row in store.read(&keys).await?.into_iter().flatten() {
            match row.read::<Refund>() {
                Ok(refund) if orders.push_if_due(&refund, app.moment().now) => {
                    oldest.note(refund.submission());
                }
                Ok(refund) if time.is_left() => moved += u64::from(advance(worker, refund).await),
                Ok(_) => {}
                Err(error) => app.warn("could not read a refund; it stays due", &error),
            }
        }
        moved += orders.send(worker).await;
    }
    Ok(Report { done: moved, metrics: vec![oldest.metric(time.began())] })
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
