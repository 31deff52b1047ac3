//! Every minute: applies due answers of the banks of boletos, and sends a message if an order must be
//! submitted or queried.

use domain::charge::{BoletoOrder, Charge};
use domain::kernel::Error;
use rails::{BoletoOrderEnd, apply_to_boleto, due_boleto_update};
use store::{DueList, Key, Writes};
use worker::{Report, Worker};

use crate::order_messages::each_order;

/// Works every shard of the due index, and returns the number of orders that advanced or got a message. A
/// failed order is logged and stays due for the next tick.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let advance = |order| advance(worker, order);
    each_order(worker, DueList::BoletoOrders, |_: &BoletoOrder, _| None, advance).await
}

/// Advances an order; returns false if nothing was due.
async fn advance(worker: &Worker, order: BoletoOrder) -> bool {
    let id = order.charge_id;
    match try_to_advance(worker, order).await {
        Ok(did) => did,
        // Another change of the charge or the order came first.
        Err(Error::Stale) => false,
        Err(error) => {
            let text = format!("the boleto of {id} not advanced; the next tick tries again");
            worker.app.warn(&text, &error);
            false
        }
    }
}

async fn try_to_advance(worker: &Worker, mut order: BoletoOrder) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    // The index lags behind the table, so a listed order may be done already.
    let Some(status) = due_boleto_update(&order, moment.now) else { return Ok(false) };
    let key = Key::Charge(order.account_id, order.charge_id);
    let mut charge: Charge = store.find(&key).await?.ok_or(Error::NotFound("charge"))?;
    let answered = order.clone();
    let (effects, end) = apply_to_boleto(&mut order, &mut charge, &status, &moment)?;
    let BoletoOrderEnd::Answered(next) = end else { return Ok(false) };
    let writes =
        Writes::default().answer_boleto_order(&charge, &answered, next.as_ref().as_ref(), &effects);
    store.commit(writes, &moment).await.map(|_| true)
}
