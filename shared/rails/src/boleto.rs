//! Boletos: the bank that registers them, the order that it receives, and how its answers change a charge.

use domain::charge::{
    BoletoAgreement, BoletoInstruction, BoletoOrder, BoletoOrderStep, BoletoUpdate, Charge,
};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::Effects;
use domain::network::OutboundOrder;
use jiff::Timestamp;

use crate::network::{NetworkOrder, NetworkStatus, Rail};

/// A bank that registers boletos.
pub trait BoletoRail: Rail<BoletoRequest> {
    /// Returns the agreement under which the bank registers new boletos.
    fn agreement(&self) -> BoletoAgreement;
}

/// An order as the bank receives it.
#[derive(Debug, Clone)]
pub struct BoletoRequest {
    /// Id of the order at the bank, 28 letters and digits.
    pub order_id: String,
    /// Number of the boleto.
    pub our_number: u64,
    /// Face value in cents.
    pub amount_cents: u64,
    /// What the bank is to do.
    pub instruction: BoletoInstruction,
    /// Time at which the order was released for submission.
    pub queued_at: Timestamp,
    /// Number of calls made to the bank about the order, this one included.
    pub attempt: u32,
}

impl NetworkOrder for BoletoRequest {
    type Update = BoletoUpdate;
}

impl From<&BoletoOrder> for BoletoRequest {
    fn from(order: &BoletoOrder) -> Self {
        let submission = &order.submission;
        Self {
            order_id: submission.order_id.clone(),
            our_number: order.our_number,
            amount_cents: order.amount_cents,
            instruction: order.instruction.clone(),
            queued_at: submission.queued_at,
            attempt: submission.attempts,
        }
    }
}

/// What a status of the bank leaves of an order.
#[derive(Debug)]
pub enum BoletoOrderEnd {
    /// The bank has not answered; the order waits for its next step.
    Open,
    /// The bank has answered. The charge may cause another order.
    Answered(Box<Option<BoletoOrder>>),
}

/// Applies a status that the bank reported to an order and its charge: all of it or nothing. Of an open order
/// the charge stays as it is.
pub fn apply_to_boleto(
    order: &mut BoletoOrder,
    charge: &mut Charge,
    status: &NetworkStatus<BoletoUpdate>,
    moment: &Moment,
) -> Result<(Effects, BoletoOrderEnd), Error> {
    // The first answer ends the order.
    let is_answer = |update: &&BoletoUpdate| !matches!(update, BoletoUpdate::Accepted);
    if let Some(update) = status.updates.iter().find(is_answer) {
        let (effects, next) = charge.apply_boleto_update(order, update, moment)?;
        return Ok((effects, BoletoOrderEnd::Answered(Box::new(next))));
    }
    order.submission.unconfirmed_since = None;
    match status.announced.clone() {
        Some((at, update)) => {
            order.due = Some(Due { at, step: BoletoOrderStep::ApplyUpdate { update } });
        }
        None => order.schedule_query(moment.now),
    }
    Ok((Effects::default(), BoletoOrderEnd::Open))
}

/// Returns the update that the bank announced for now, if it is due.
pub fn due_boleto_update(
    order: &BoletoOrder,
    now: Timestamp,
) -> Option<NetworkStatus<BoletoUpdate>> {
    match order.due.as_ref().filter(|due| due.is_due(now)).map(|due| &due.step) {
        Some(BoletoOrderStep::ApplyUpdate { update }) => {
            Some(NetworkStatus::single(update.clone()))
        }
        _ => None,
    }
}
