//! The side of a network that gives payments back to their payers.

use brazil::EndToEndId;
use domain::charge::{Refund, RefundContext, RefundStep, RefundUpdate};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::Effects;
use domain::network::OutboundOrder;
use jiff::Timestamp;

use crate::rail::{NetworkOrder, NetworkStatus};

/// A refund as the network is told of it: in the Central Bank's API Pix,
/// `PUT /pix/{e2eid}/devolucao/{id}`.
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// Its name in the network, 1 to 35 letters and digits; of one payment no two refunds have the
    /// same.
    pub order_id: String,
    /// The payment that is given back.
    pub end_to_end_id: Option<EndToEndId>,
    /// How much of it.
    pub amount_cents: u64,
    /// Why, for the payer.
    pub reason: Option<String>,
    /// When it was let go.
    pub since: Timestamp,
    /// How often the network was spoken to about it, this time included.
    pub attempt: u32,
}

impl NetworkOrder for RefundOrder {
    type Update = RefundUpdate;
}

impl From<&Refund> for RefundOrder {
    fn from(refund: &Refund) -> Self {
        let submission = &refund.submission;
        Self {
            order_id: submission.order_id.clone(),
            end_to_end_id: submission.end_to_end_id.clone(),
            amount_cents: refund.amount_cents,
            reason: refund.reason.clone(),
            since: submission.since,
            attempt: submission.attempts,
        }
    }
}

/// Takes in what a network told: all of it or nothing.
pub fn apply_to_refund(
    refund: &mut Refund,
    context: &mut RefundContext,
    status: &NetworkStatus<RefundUpdate>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for update in &status.updates {
        effects.append(refund.receive(update, context, moment)?);
    }
    // It may have ended meanwhile, in another way.
    if let Some((at, update)) = status.announced.clone().filter(|_| refund.is_in_flight()) {
        refund.due = Some(Due { at, step: RefundStep::ApplyUpdate { update } });
    }
    Ok(effects)
}
