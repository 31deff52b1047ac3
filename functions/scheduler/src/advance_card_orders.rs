//! Every minute: applies due answers of the acquirers of cards, and sends a message if an order must be
//! submitted or queried.

use domain::charge::CardOrder;
use domain::kernel::{Error, MethodKind};
use rails::{apply_to_card, due_card_update};
use store::{DueList, Writes};
use worker::{Report, Worker};

use crate::order_messages::each_order;

/// Works every shard of the due index, and returns the number of orders that advanced or got a message. A
/// failed order is logged and stays due for the next tick.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let advance = |order| advance(worker, order);
    each_order(worker, DueList::CardOrders, |_: &CardOrder, _| None, advance).await
}

/// Advances an order; returns false if nothing was due.
async fn advance(worker: &Worker, order: CardOrder) -> bool {
    let id = order.charge_id;
    match try_to_advance(worker, order).await {
        Ok(did) => did,
        // Another change of the charge or the order came first.
        Err(Error::Stale) => false,
        Err(error) => {
            let text = format!("the card of {id} not advanced; the next tick tries again");
            worker.app.warn(&text, &error);
            false
        }
    }
}

async fn try_to_advance(worker: &Worker, mut order: CardOrder) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    // The index lags behind the table, so a listed order may be done already.
    let Some(status) = due_card_update(&order, moment.now) else { return Ok(false) };
    let (mut charge, mut books, account) = store.read_card_order_context(&order).await?;
    let fees = account.fees.charge_fee(MethodKind::Card);
    let (outcome, is_answered) =
        apply_to_card(&mut order, &mut charge, &status, (&mut books, fees), &moment)?;
    let order = (&order, is_answered);
    let writes = Writes::default().apply_card_status(&charge, &books, order, &outcome);
    store.commit(writes, &moment).await.map(|_| true)
}
