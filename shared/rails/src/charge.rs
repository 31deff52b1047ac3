//! Receiving money: how a network opens charges, and how its updates change a charge.

use std::future::Future;
use std::pin::Pin;

use domain::account::FeeSchedule;
use domain::charge::{Charge, ChargeStatus, ChargeStep, ChargeUpdate};
use domain::credit::{Arrival, ArrivalContext};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::{Books, Effects};

use crate::network::NetworkStatus;

/// The decision of the network about a new charge, which has not arrived yet.
pub type ChargeFuture<'a> = Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'a>>;

/// A network that receives payments of one method.
pub trait ChargeRail: Send + Sync {
    /// Registers a charge with the network.
    ///
    /// # Errors
    /// `rail_refused` if the network refuses the charge; unavailable if it does not respond.
    fn open<'a>(&'a self, charge: &'a Charge) -> ChargeFuture<'a>;
}

/// Applies a report of the network: a payment that arrived, with or without a charge, and what became
/// of it. All of it or nothing. Every receiver of such reports calls this function: the sandbox, the
/// scheduler, and the webhook of a bank.
///
/// A payment that does not pay the charge becomes a credit. The rest of its report is about that
/// payment, so the charge does not hear it.
pub fn apply_arrival(
    context: &mut ArrivalContext,
    status: &NetworkStatus<ChargeUpdate>,
    moment: &Moment,
) -> Result<Arrival, Error> {
    let mut arrival = Arrival::default();
    for update in &status.updates {
        if !context.apply(update, &mut arrival, moment)? {
            return Ok(arrival);
        }
    }
    if let (Some((at, update)), Some(charge)) = (status.announced.clone(), &mut context.charge)
        // A report that comes again announces a credit that the charge has.
        && !(charge.status == ChargeStatus::Credited && update == ChargeUpdate::Credited)
    {
        charge.due = Some(Due { at, step: ChargeStep::ApplyUpdate { update } });
    }
    arrival.order = context.order_write_off(moment)?;
    Ok(arrival)
}

/// Applies the payment that the network announced on a charge for now. Returns `None` if none is due.
pub fn advance_arrival(
    context: &mut ArrivalContext,
    moment: &Moment,
) -> Result<Option<Arrival>, Error> {
    let Some(charge) = &mut context.charge else { return Ok(None) };
    let Some(update) = charge.due_payment(moment.now).cloned() else { return Ok(None) };
    charge.due = charge.scheduled_step();
    apply_arrival(context, &NetworkStatus::single(update), moment).map(Some)
}

/// Executes the step of a charge that is due, except for an announced payment. Returns `None` if none
/// is due, or if the step is one of [`crate::advance_return`].
pub fn advance_charge(
    charge: &mut Charge,
    books: &mut Books,
    fees: &FeeSchedule,
    moment: &Moment,
) -> Result<Option<Effects>, Error> {
    let Some(due) = charge.due.clone().filter(|due| due.at <= moment.now) else {
        return Ok(None);
    };
    match due.step {
        ChargeStep::Expire
            if matches!(charge.status, ChargeStatus::Pending | ChargeStatus::Authorized) =>
        {
            charge.expire(moment).map(Some)
        }
        ChargeStep::CreditInstallment { number } => {
            charge.credit_installment(number, books, moment).map(Some)
        }
        ChargeStep::Expire | ChargeStep::ApplyReturns { .. } => Ok(None),
        ChargeStep::ApplyUpdate { update } => {
            charge.apply_update(&update, books, fees, moment).map(Some)
        }
    }
}
