//! `POST /v1/sandbox/refunds/{id}/outcome`: let the network tell what became of a refund.

use domain::{
    Effects, Error, Refund, RefundDue, RefundFailure, RefundNotice, RefundStep, RefundView,
};
use edge::{Call, Found, Outcome};
use rails::sandbox::{RefundOutcome, refund_notice};
use rails::{RefundOrder, Told, apply_to_refund};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::ANSWERS_AFTER;

/// What became of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RefundOutcomeInput")]
pub struct OutcomeInput {
    /// `succeeded`, `failed`, or `timed_out`: nothing is known for a minute, and then it succeeds.
    outcome: Played,
    /// Why, for `failed`.
    reason: Option<RefundFailure>,
}

/// See [`OutcomeInput`].
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PlayedRefund")]
pub enum Played {
    /// The payer has the money back.
    Succeeded,
    /// The money does not go back.
    Failed,
    /// The network does not answer, and a minute later it succeeds.
    TimedOut,
}

/// Takes in what the network tells, the way every rail's word is taken: refund, charge, hold, ledger
/// and events in one transaction. Only the refund knows its charge, so this reads twice.
pub async fn handle(
    store: &Store,
    call: Call<OutcomeInput, Refund>,
) -> Result<Outcome<Found<RefundView>>, Error> {
    crate::only_in_sandbox(call.stage)?;
    let mut refund = call.target.clone();
    let mut basis = store.read_refund_basis(&refund).await?;
    let order = RefundOrder::from(&refund);
    let outcome = match call.input.outcome {
        Played::Succeeded | Played::TimedOut => RefundOutcome::Succeeded,
        Played::Failed => RefundOutcome::Failed,
    };
    let notice: RefundNotice = refund_notice(outcome, call.input.reason, &order)?;
    let mut effects = Effects::default();
    match call.input.outcome {
        Played::Succeeded | Played::Failed => {
            let told = Told::at_once(notice);
            effects = apply_to_refund(&mut refund, &mut basis, &told, &call.moment)?;
        }
        Played::TimedOut => {
            refund.lose_sight(&call.moment)?;
            let at = call.moment.now + ANSWERS_AFTER;
            refund.due = Some(RefundDue { at, step: RefundStep::Receive { notice } });
        }
    }
    let writes = Writes::default().change_refund(&refund, &basis, &effects);
    call.commit(store, writes, Found(RefundView::from(&refund))).await
}
