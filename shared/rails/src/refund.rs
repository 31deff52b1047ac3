//! Refunding: the order that a network receives, and how its updates change a refund.

use brazil::EndToEndId;
use domain::charge::{Refund, RefundContext, RefundStep, RefundUpdate};
use domain::kernel::{Due, Error, Moment};
use domain::ledger::Effects;
use domain::network::OutboundOrder;
use jiff::Timestamp;

use crate::network::{NetworkOrder, NetworkStatus};

/// A refund as the network receives it: `PUT /pix/{e2eid}/devolucao/{id}` in the Central Bank's API
/// Pix, or the cancellation of a sale by card.
#[derive(Debug, Clone)]
pub struct RefundOrder {
    /// Id of the order in the network, 1 to 35 letters and digits, unique among the refunds of a
    /// payment.
    pub order_id: String,
    /// End-to-end id of the payment that the refund returns.
    pub end_to_end_id: Option<EndToEndId>,
    /// Id of the payment at the acquirer, of a refund to a card.
    pub card_payment_id: Option<String>,
    /// Amount in cents; at most the amount of the payment.
    pub amount_cents: u64,
    /// Reason that the payer sees.
    pub reason: Option<String>,
    /// Time at which the refund was released for submission.
    pub queued_at: Timestamp,
    /// Number of calls made to the network about the order, this one included.
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
            card_payment_id: refund.card_payment_id.clone(),
            amount_cents: refund.amount_cents,
            reason: refund.reason.clone(),
            queued_at: submission.queued_at,
            attempt: submission.attempts,
        }
    }
}

/// Applies a status that the network reported to a refund: all of it or nothing.
pub fn apply_to_refund(
    refund: &mut Refund,
    context: &mut RefundContext,
    status: &NetworkStatus<RefundUpdate>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for update in &status.updates {
        effects.append(refund.apply_update(update, context, moment)?);
    }
    // One of the updates may have ended the refund. Then nothing is due.
    if let Some((at, update)) = status.announced.clone().filter(|_| refund.is_in_flight()) {
        refund.due = Some(Due { at, step: RefundStep::ApplyUpdate { update } });
    }
    Ok(effects)
}
