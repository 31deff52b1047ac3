//! `POST /v1/sandbox/refunds/{id}/outcome`: let the network tell what became of a refund.

use domain::charge::{Refund, RefundRejection, RefundStep, RefundUpdate, RefundView};
use domain::kernel::{Due, Error};
use domain::ledger::Effects;
use edge::{Call, Found, Outcome};
use rails::sandbox::{RefundOutcome, refund_update};
use rails::{NetworkStatus, RefundOrder, apply_to_refund};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::ANSWERS_AFTER;

/// What became of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RefundOutcomeInput")]
pub struct RefundOutcomeInput {
    /// `paid`, `rejected`, or `timed_out`: the network does not answer for a minute, then the refund
    /// is paid.
    outcome: RefundResult,
    /// The reason, for `rejected`.
    reason: Option<RefundRejection>,
}

/// See [`RefundOutcomeInput`].
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PlayedRefund")]
pub enum RefundResult {
    /// The payer has the money back.
    Paid,
    /// The money does not go back.
    Rejected,
    /// The network does not answer, and a minute later the refund is paid.
    TimedOut,
}

/// Takes in what the network tells, the way every rail's word is taken: refund, charge, hold, ledger
/// and events in one transaction. Only the refund knows its charge, so this reads twice.
pub async fn handle(
    store: &Store,
    call: Call<RefundOutcomeInput, Refund>,
) -> Result<Outcome<Found<RefundView>>, Error> {
    crate::only_in_sandbox(call.stage)?;
    let mut refund = call.target.clone();
    let mut context = store.read_refund_context(&refund).await?;
    let order = RefundOrder::from(&refund);
    let outcome = match call.input.outcome {
        RefundResult::Paid | RefundResult::TimedOut => RefundOutcome::Paid,
        RefundResult::Rejected => RefundOutcome::Rejected,
    };
    let update: RefundUpdate = refund_update(outcome, call.input.reason, &order)?;
    let mut effects = Effects::default();
    match call.input.outcome {
        RefundResult::Paid | RefundResult::Rejected => {
            let status = NetworkStatus::single(update);
            effects = apply_to_refund(&mut refund, &mut context, &status, &call.moment)?;
        }
        RefundResult::TimedOut => {
            refund.mark_unknown(&call.moment)?;
            let at = call.moment.now + ANSWERS_AFTER;
            refund.due = Some(Due { at, step: RefundStep::ApplyUpdate { update } });
        }
    }
    let writes = Writes::default().change_refund(&refund, &context, &effects);
    call.commit(store, writes, Found(RefundView::from(&refund))).await
}
