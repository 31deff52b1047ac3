//! Payment networks.
//!
//! A rail tells facts ([`Notice`]); [`apply`] turns them into a changed charge, ledger entries and
//! events, whichever rail told them. The sandbox is the only rail so far, and only on the sandbox
//! stage: a live deployment without a bank refuses charges rather than invent payments.
#![warn(missing_docs)]

mod payout;
pub mod sandbox;

use domain::{
    Books, Charge, ChargeStatus, Due, DueStep, Effects, Error, FeeSchedule, Moment, Notice, Stage,
};
use jiff::Timestamp;

pub use payout::{
    Answer, DirectoryEntry, KeyDirectory, Order, PayoutRail, PayoutTold, Silence, apply_to_payout,
    missing, participant, payout_rail,
};

/// What a rail tells about a charge.
#[derive(Debug, Clone)]
pub struct Told {
    /// Facts, in their order.
    pub now: Vec<Notice>,
    /// A fact announced for later.
    pub later: Option<(Timestamp, Notice)>,
}

/// Registers a charge with the stage's network, which may refuse it.
pub fn open(stage: Stage, charge: &Charge) -> Result<(), Error> {
    match stage {
        Stage::Sandbox => sandbox::open(charge),
        Stage::Live => Err(payout::missing()),
    }
}

/// Takes in what a rail told: all of it or nothing.
pub fn apply(
    charge: &mut Charge,
    books: &mut Books,
    fees: &FeeSchedule,
    told: &Told,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for notice in &told.now {
        effects.append(charge.receive(notice, books, fees, moment)?);
    }
    if let Some((at, notice)) = told.later.clone() {
        charge.due = Some(Due { at, step: DueStep::Receive { notice } });
    }
    Ok(effects)
}

/// Does what came due for a charge. None when nothing is due.
pub fn come_due(
    charge: &mut Charge,
    books: &mut Books,
    fees: &FeeSchedule,
    moment: &Moment,
) -> Result<Option<Effects>, Error> {
    let Some(due) = charge.due.clone().filter(|due| due.at <= moment.now) else {
        return Ok(None);
    };
    match due.step {
        DueStep::Expire if charge.status == ChargeStatus::Pending => {
            charge.expire(moment).map(Some)
        }
        DueStep::Expire => Ok(None),
        DueStep::Receive { notice } => charge.receive(&notice, books, fees, moment).map(Some),
    }
}
