//! Returning a credit: the order that a network receives, and how its updates change the credit.

use domain::charge::RefundUpdate;
use domain::credit::{Credit, CreditStep};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::{Books, Effects};
use domain::network::OutboundOrder;

use crate::network::NetworkStatus;
use crate::refund::RefundOrder;

impl RefundOrder {
    /// Returns the order of a credit's return. Returns `None` if the credit is not on its way back.
    pub fn of_credit(credit: &Credit) -> Option<Self> {
        let last = credit.last_return.as_ref()?;
        Some(Self {
            card_payment_id: None,
            order_id: last.submission.order_id.clone(),
            end_to_end_id: last.submission.end_to_end_id.clone(),
            amount_cents: credit.amount_cents(),
            reason: last.reason.clone(),
            queued_at: last.submission.queued_at,
            attempt: last.submission.attempts,
        })
    }
}

/// Applies a status that the network reported about the return of a credit: all of it or nothing.
pub fn apply_to_credit(
    credit: &mut Credit,
    books: &mut Books,
    status: &NetworkStatus<RefundUpdate>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for update in &status.updates {
        effects.append(credit.apply_update(update, books, moment)?);
    }
    // One of the updates may have ended the return. Then nothing is due.
    if let Some((at, update)) = status.announced.clone().filter(|_| credit.is_in_flight()) {
        credit.due = Some(Due { at, step: CreditStep::ApplyUpdate { update } });
    }
    Ok(effects)
}
