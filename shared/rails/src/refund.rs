//! The side of a network that gives payments back to their payers.

use brazil::EndToEndId;
use domain::{
    Effects, Error, Moment, Refund, RefundBasis, RefundDue, RefundNotice, RefundStep, Remittance,
};
use jiff::Timestamp;

use crate::rail::{NetworkOrder, Told};

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
    type Notice = RefundNotice;
}

impl From<&Refund> for RefundOrder {
    fn from(refund: &Refund) -> Self {
        let sending = &refund.sending;
        Self {
            order_id: sending.order_id.clone(),
            end_to_end_id: sending.end_to_end_id.clone(),
            amount_cents: refund.amount_cents,
            reason: refund.reason.clone(),
            since: sending.since,
            attempt: sending.attempts,
        }
    }
}

/// Takes in what a network told: all of it or nothing.
pub fn apply_to_refund(
    refund: &mut Refund,
    basis: &mut RefundBasis,
    told: &Told<RefundNotice>,
    moment: &Moment,
) -> Result<Effects, Error> {
    let mut effects = Effects::default();
    for notice in &told.now {
        effects.append(refund.receive(notice, basis, moment)?);
    }
    // It may have ended meanwhile, in another way.
    if let Some((at, notice)) = told.later.clone().filter(|_| refund.is_under_way()) {
        refund.due = Some(RefundDue { at, step: RefundStep::Receive { notice } });
    }
    Ok(effects)
}
