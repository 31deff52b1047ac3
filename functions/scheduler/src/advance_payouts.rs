//! Every minute: advances due payouts. It starts scheduled payouts, ends payouts that got no money or
//! no approval in time, and sends a message if a network action is due.

use domain::kernel::Error;
use domain::network::OutboundOrder;
use domain::payout::Payout;
use store::DueList;
use worker::{Report, Worker};

use crate::due::{ROWS_PER_READ, RunTime, Turns};
use crate::order_messages::{OldestOrder, OrderMessages};
use crate::payout_change::change_payout;

/// Reads every shard of the due index and returns the number of payouts that advanced or got a
/// message. A failed payout is logged and stays due for the next tick. The accounts take turns, and
/// only one page of rows is in memory.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let mut turns = Turns::read(store, DueList::Payouts, time.began(), &time).await?;
    let (mut moved, mut oldest) = (0, OldestOrder::default());
    while let Some(keys) = turns.next_page(ROWS_PER_READ).filter(|_| time.is_left()) {
        let mut orders = OrderMessages::default();
        for row in store.read(&keys).await?.into_iter().flatten() {
            let payout = match row.read::<Payout>() {
                Ok(payout) => payout,
                Err(error) => {
                    app.warn("could not read a payout; it stays due", &error);
                    continue;
                }
            };
            if orders.push_if_due(&payout, app.moment().now) {
                oldest.note(payout.submission());
            } else if time.is_left() {
                moved += u64::from(advance(worker, &payout).await);
            }
        }
        moved += orders.send(worker).await;
    }
    Ok(Report { done: moved, metrics: vec![oldest.metric(time.began())] })
}

/// Advances a payout; returns false if nothing was due.
async fn advance(worker: &Worker, payout: &Payout) -> bool {
    let ids = (payout.account_id, payout.id);
    let changed = change_payout(worker, ids, |rows, moment| {
        rows.payout.advance(&rows.terms, &mut rows.funds, moment)
    });
    changed.await.is_some()
}
