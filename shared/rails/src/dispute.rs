//! Answers to demands: the order that the network receives, and how its facts change a dispute.

use domain::charge::{Charge, ReturnUpdate};
use domain::dispute::{
    DisputeContext, DisputeInstruction, DisputeOrder, DisputeOrderStep, DisputeUpdate,
};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::Effects;
use domain::network::OutboundOrder;
use jiff::Timestamp;

use crate::charge_return::fit_to_charge;
use crate::network::{NetworkOrder, NetworkStatus};

/// An answer as the network receives it.
#[derive(Debug, Clone)]
pub struct DisputeRequest {
    /// Id of the order at the network, 28 letters and digits.
    pub order_id: String,
    /// Id of the demand at the network.
    pub network_id: String,
    /// Amount that the network demands, in cents; for an acceptance the amount that was accepted.
    pub amount_cents: u64,
    /// What the account answers.
    pub instruction: DisputeInstruction,
    /// Time at which the order was released for submission.
    pub queued_at: Timestamp,
    /// Number of calls made to the network about the order, this one included.
    pub attempt: u32,
}

impl NetworkOrder for DisputeRequest {
    type Update = DisputeUpdate;
}

impl From<&DisputeOrder> for DisputeRequest {
    fn from(order: &DisputeOrder) -> Self {
        let submission = &order.submission;
        Self {
            order_id: submission.order_id.clone(),
            network_id: order.network_id.clone(),
            amount_cents: order.amount_cents,
            instruction: order.instruction.clone(),
            queued_at: submission.queued_at,
            attempt: submission.attempts,
        }
    }
}

/// Applies a status that the network reported to an answer and the rows of its dispute: all of it or nothing.
/// Returns what it caused, and whether the order has ended. It has not ended if the network announces its
/// decision for later.
pub fn apply_to_dispute(
    order: &mut DisputeOrder,
    context: &mut DisputeContext,
    status: &NetworkStatus<DisputeUpdate>,
    moment: &Moment,
) -> Result<(Effects, bool), Error> {
    let (mut effects, mut after) = (Effects::default(), context.clone());
    let mut is_refused = false;
    for update in &status.updates {
        let mut update = update.clone();
        is_refused |= matches!(update, DisputeUpdate::Refused { .. });
        if let DisputeUpdate::Decided { fact } = &mut update {
            name_demand(fact, &order.network_id);
            if !fit_to_payment(&after.charge, fact) {
                continue;
            }
        }
        effects.append(after.apply_answer(&update, moment)?);
    }
    *context = after;
    order.submission.unconfirmed_since = None;
    match status.announced.clone().filter(|_| !is_refused) {
        Some((at, update)) => {
            order.due = Some(Due { at, step: DisputeOrderStep::ApplyUpdate { update } });
            Ok((effects, false))
        }
        None if status.updates.is_empty() => {
            order.schedule_query(moment.now);
            Ok((effects, false))
        }
        None => Ok((effects, true)),
    }
}

/// Names the demand of the order in a decision about it, so that the decision changes the rows of this demand.
fn name_demand(fact: &mut ReturnUpdate, network_id: &str) {
    match fact {
        ReturnUpdate::Returned { notice_id, .. } => *notice_id = Some(network_id.to_owned()),
        ReturnUpdate::Closed { notice_id } => network_id.clone_into(notice_id),
        ReturnUpdate::Blocked { .. } => {}
    }
}

/// Lowers a decision to what the payer paid and no refund or return took: the network can report a part under two ids. Returns
/// false if nothing is left of it.
fn fit_to_payment(charge: &Charge, fact: &mut ReturnUpdate) -> bool {
    let ReturnUpdate::Returned { amount_cents, notice_id, .. } = fact else { return true };
    *amount_cents = charge.claimable_cents(notice_id.as_deref()).min(*amount_cents);
    *amount_cents > 0
}

/// Returns the update that the network announced for now, if it is due.
pub fn due_dispute_update(order: &DisputeOrder, now: Timestamp) -> Option<&DisputeUpdate> {
    match order.due.as_ref().filter(|due| due.is_due(now)).map(|due| &due.step) {
        Some(DisputeOrderStep::ApplyUpdate { update }) => Some(update),
        _ => None,
    }
}

/// Returns the status of an update that was announced. The charge can have changed since then, so a decision takes
/// at most what is left and no refund takes.
pub fn announced_dispute_status(
    update: &DisputeUpdate,
    charge: &Charge,
) -> NetworkStatus<DisputeUpdate> {
    let mut update = update.clone();
    let holds = match &mut update {
        DisputeUpdate::Decided { fact } => fit_to_charge(charge, fact),
        DisputeUpdate::Received | DisputeUpdate::Refused { .. } => true,
    };
    match holds {
        true => NetworkStatus::single(update),
        // Nothing is left to take; the order has ended.
        false => NetworkStatus::single(DisputeUpdate::Received),
    }
}
