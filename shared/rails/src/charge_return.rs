//! Money that a network takes back: how its updates change a charge, its balance block and its dispute.

use domain::charge::{Charge, ReturnUpdate};
use domain::dispute::DisputeContext;
use domain::kernel::{Error, Moment};
use domain::ledger::Effects;

/// Applies a fact that the network reported about money that it takes back. `fee_cents` is the price of a
/// dispute that it opens.
pub fn apply_return(
    context: &mut DisputeContext,
    update: &ReturnUpdate,
    fee_cents: u64,
    moment: &Moment,
) -> Result<Effects, Error> {
    context.apply(update, fee_cents, moment)
}

/// Executes the announced fact of a charge that is due. Returns `None` if none is due.
///
/// The charge can change between the announcement and its time. So an announced fact takes at most what
/// is left then, and nothing if nothing is left.
pub fn advance_return(
    context: &mut DisputeContext,
    fee_cents: u64,
    moment: &Moment,
) -> Result<Option<Effects>, Error> {
    let charge = &mut context.charge;
    let Some(mut announced) = charge.next_announced_return(moment) else { return Ok(None) };
    let is_answered = context.dispute.as_ref().is_some_and(|dispute| dispute.answer.is_some());
    let holds = !(announced.unless_answered && is_answered);
    match holds && fit_to_charge(&context.charge, &mut announced.update) {
        true => apply_return(context, &announced.update, fee_cents, moment).map(Some),
        false => Ok(Some(Effects::default())),
    }
}

/// Lowers an announced fact to what is left of the charge. Returns false if nothing is left for it. The network
/// has refunds in process, so it does not return their money a second time.
pub(crate) fn fit_to_charge(charge: &Charge, update: &mut ReturnUpdate) -> bool {
    match update {
        ReturnUpdate::Blocked { .. } => {
            let left_cents =
                charge.returnable_cents().saturating_sub(charge.refunding_amount_cents);
            left_cents > charge.returned.claimed_cents()
        }
        ReturnUpdate::Returned { amount_cents, notice_id, .. } => {
            let left_cents = charge.takeable_cents(notice_id.as_deref());
            *amount_cents = left_cents.min(*amount_cents);
            *amount_cents > 0
        }
        ReturnUpdate::Closed { .. } => true,
    }
}
