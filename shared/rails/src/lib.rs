//! Payment networks.
//!
//! A rail tells facts ([`ChargeUpdate`]); [`apply`] turns them into a changed charge, ledger entries and
//! events, whichever rail told them. The sandbox is the only rail so far, and only on the sandbox
//! stage: a live deployment without a bank refuses charges rather than invent payments.
#![warn(missing_docs)]

mod payout;
mod rail;
mod refund;
pub mod sandbox;

use domain::account::{FeeSchedule, Stage};
use domain::charge::{Charge, ChargeStatus, ChargeStep, ChargeUpdate};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::{Books, Effects};

pub use payout::{DirectoryEntry, KeyDirectory, PayoutOrder, PayoutRail, apply_to_payout};
pub use rail::{
    Network, NetworkOrder, NetworkStatus, NoResponse, Rail, RailFuture, missing, network,
    participant,
};
pub use refund::{RefundOrder, apply_to_refund};

/// Registers a charge with the stage's network, which may refuse it.
pub fn open(stage: Stage, charge: &Charge) -> Result<(), Error> {
    match stage {
        Stage::Sandbox => sandbox::open(charge),
        Stage::Live => Err(rail::missing()),
    }
}

/// Refuses refunds where no network would carry them out.
pub fn must_refund(stage: Stage) -> Result<(), Error> {
    network(stage).map(drop)
}

/// Takes in what a rail told: all of it or nothing.
pub fn apply(
    charge: &mut Charge,
    books: &mut Books,
    fees: &FeeSchedule,
    status: &NetworkStatus<ChargeUpdate>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for update in &status.updates {
        effects.append(charge.receive(update, books, fees, moment)?);
    }
    if let Some((at, update)) = status.announced.clone() {
        charge.due = Some(Due { at, step: ChargeStep::ApplyUpdate { update } });
    }
    Ok(effects)
}

/// Does what came due for a charge. None when nothing is due.
pub fn advance(
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
            charge.receive(&update, books, fees, moment).map(Some)
        }
    }
}
