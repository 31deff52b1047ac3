//! Receiving money: how a network opens charges, and how its updates change a charge.

use std::future::Future;
use std::pin::Pin;

use domain::account::FeeSchedule;
use domain::charge::{Charge, ChargeStatus, ChargeStep, ChargeUpdate};
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

/// Applies a status that the network reported to a charge: all of it or nothing.
pub fn apply_to_charge(
    charge: &mut Charge,
    books: &mut Books,
    fees: &FeeSchedule,
    status: &NetworkStatus<ChargeUpdate>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for update in &status.updates {
        effects.append(charge.apply_update(update, books, fees, moment)?);
    }
    if let Some((at, update)) = status.announced.clone() {
        charge.due = Some(Due { at, step: ChargeStep::ApplyUpdate { update } });
    }
    Ok(effects)
}

/// Executes the step of a charge that is due. Returns `None` if none is due.
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
        ChargeStep::Expire if charge.status == ChargeStatus::Pending => {
            charge.expire(moment).map(Some)
        }
        ChargeStep::Expire => Ok(None),
        ChargeStep::ApplyUpdate { update } => {
            charge.apply_update(&update, books, fees, moment).map(Some)
        }
    }
}
