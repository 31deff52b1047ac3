//! Paying out: the order that a network receives, and how its updates change a payout.

use brazil::EndToEndId;
use domain::kernel::{Due, Error, Moment};
use domain::ledger::{Effects, Funds};
use domain::payout::{
    Beneficiary, Payout, PayoutDestination, PayoutMethod, PayoutStep, PayoutUpdate,
};
use jiff::Timestamp;

use crate::network::{NetworkOrder, NetworkStatus, Rail};

/// A payout as the network receives it.
#[derive(Debug, Clone)]
pub struct PayoutOrder {
    /// Id of the order in the network.
    pub order_id: String,
    /// End-to-end id of a Pix; `None` for a TED.
    pub end_to_end_id: Option<EndToEndId>,
    /// Payment method.
    pub method: PayoutMethod,
    /// Amount in cents.
    pub amount_cents: u64,
    /// Pix key or bank account of the beneficiary.
    pub to: PayoutDestination,
    /// The beneficiary, if the customer named one.
    pub beneficiary: Option<Beneficiary>,
    /// Time at which the payout was released for submission.
    pub queued_at: Timestamp,
    /// Number of calls made to the network about the order, this one included.
    pub attempt: u32,
}

impl PayoutOrder {
    /// Returns the order of a payout. Returns `None` if the payout was not released for submission.
    pub fn of(payout: &Payout) -> Option<Self> {
        let submission = payout.submission.as_ref()?;
        Some(Self {
            order_id: submission.order_id.clone(),
            end_to_end_id: submission.end_to_end_id.clone(),
            method: payout.method,
            amount_cents: payout.amount_cents,
            to: payout.to.clone(),
            beneficiary: payout.beneficiary.clone(),
            queued_at: submission.queued_at,
            attempt: submission.attempts,
        })
    }
}

impl NetworkOrder for PayoutOrder {
    type Update = PayoutUpdate;
}

/// A network that pays out.
pub trait PayoutRail: Rail<PayoutOrder> {
    /// Returns the ISPB of the institution that pays. End-to-end ids of its payouts contain it.
    fn participant(&self) -> &'static str;
}

/// Applies a status that the network reported to a payout: all of it or nothing.
pub fn apply_to_payout(
    payout: &mut Payout,
    funds: &mut Funds,
    status: &NetworkStatus<PayoutUpdate>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for update in &status.updates {
        effects.append(payout.apply_update(update, funds, moment)?);
    }
    if let Some((at, update)) = status.announced.clone() {
        payout.due = Some(Due { at, step: PayoutStep::ApplyUpdate { update } });
    }
    Ok(effects)
}
