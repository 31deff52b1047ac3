//! The scenarios in which the network takes the money of a paid charge back.

use domain::charge::{Charge, ChargeStatus};
use domain::credit::ArrivalContext;
use domain::kernel::{Error, Moment};

/// Announces what the network will do later with the money of a charge that was just paid and credited. A
/// payment that became a credit does not change the charge, and its returns were announced before.
pub(crate) fn start_returns(context: &mut ArrivalContext, moment: &Moment) -> Result<(), Error> {
    let credited =
        |charge: &Charge| charge.status == ChargeStatus::Credited && charge.due.is_none();
    let is_credited = context.changed_charge().is_some_and(credited);
    if let Some(charge) = context.charge.as_mut().filter(|_| is_credited) {
        let returns = rails_sandbox::announced_returns(charge, moment)?;
        charge.announce_returns(returns);
    }
    Ok(())
}
