//! Every minute: reminds accounts of disputes whose time to answer ends, applies due updates of their answers, and
//! sends a message if an answer must be submitted or queried.

use std::sync::{Mutex, PoisonError};

use domain::dispute::{Dispute, DisputeOrder};
use domain::kernel::Error;
use domain::network::OutboundOrder;
use rails::{announced_dispute_status, apply_to_dispute, due_dispute_update};
use store::{DueList, Key, Writes};
use worker::{Report, Worker};

use crate::due::JobRun;
use crate::order_messages::{OldestOrder, message, send};

/// Works the due disputes and answers one by one, and returns the number of those that advanced or got a message.
/// A failed row is logged and stays due for the next tick. It does not delay the others.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Disputes);
    let oldest = &Mutex::new(OldestOrder::default());
    let report = run.each_row(|key| async move {
        let did = match &key {
            Key::DisputeOrder(..) => advance_answer(worker, &key, oldest).await?,
            _ => u64::from(remind(worker, &key).await?),
        };
        run.add(did);
        Ok(false)
    });
    let mut report = report.await?;
    let oldest = oldest.lock().unwrap_or_else(PoisonError::into_inner);
    report.metrics.push(oldest.metric(run.began()));
    Ok(report)
}

/// Sends the reminder of a dispute. The index lags behind the table, so a listed dispute may have had it already.
async fn remind(worker: &Worker, key: &Key) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let dispute: Option<Dispute> = store.find(key).await?;
    let mut dispute = dispute.ok_or(Error::NotFound("dispute"))?;
    let Some(effects) = dispute.remind(&moment)? else { return Ok(false) };
    let writes = Writes::default().replace(&dispute).record(&effects);
    store.commit(writes, &moment).await.map(|_| true)
}

/// Sends the message of an answer, or applies its due update. An answer that ended has no row.
async fn advance_answer(
    worker: &Worker,
    key: &Key,
    oldest: &Mutex<OldestOrder>,
) -> Result<u64, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let order: Option<DisputeOrder> = store.find(key).await?;
    let Some(mut order) = order else { return Ok(0) };
    if order.due_action(moment.now).is_some() {
        oldest.lock().unwrap_or_else(PoisonError::into_inner).note(order.submission());
        let messages: Vec<_> = message(&order, moment.now).into_iter().collect();
        return Ok(send(worker, &messages).await);
    }
    let Some(update) = due_dispute_update(&order, moment.now) else { return Ok(0) };
    let ids = (order.charge_id, order.block_id);
    let before = store.read_answer_context(order.account_id, ids).await?;
    let status = announced_dispute_status(update, &before.charge);
    let mut after = before.clone();
    let (effects, has_ended) = apply_to_dispute(&mut order, &mut after, &status, &moment)?;
    let order = (&order, has_ended);
    let writes = Writes::default().apply_dispute_status((&before, &after), order, &effects);
    store.commit(writes, &moment).await.map(|_| 1)
}
