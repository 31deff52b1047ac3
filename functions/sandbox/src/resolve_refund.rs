//! `POST /v1/sandbox/refunds/{id}/outcome`: set the outcome of a refund.

use domain::charge::{Refund, RefundStep, RefundUpdate, RefundView};
use domain::kernel::{Due, Error, FailureCode};
use domain::ledger::Effects;
use edge::{Call, OkJson, Outcome};
use rails::{NetworkStatus, RefundOrder, apply_to_refund};
use rails_sandbox::{RefundOutcome, refund_update};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::sandbox_only::{REPORTED_AFTER, named_failure, require_sandbox};

/// Outcome to apply in the sandbox.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RefundOutcomeInput")]
pub struct RefundOutcomeInput {
    /// `paid`, `rejected` or `timed_out`, which pays after one minute without an answer.
    outcome: RefundResult,
    /// Reason for `rejected`; `unspecified` if absent.
    reason: Option<FailureCode>,
    /// Code of the network for the reason, such as `AC03`; `reason` follows from it if absent.
    #[schemars(length(min = 1, max = 35))]
    network_code: Option<String>,
}

/// Outcome to apply in the sandbox.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "RefundScenarioResult")]
pub enum RefundResult {
    /// The payer has the money back.
    Paid,
    /// The network rejects the refund.
    Rejected,
    /// The network does not answer, and pays the refund one minute later.
    TimedOut,
}

/// Applies the outcome as if the network had reported it: refund, charge, hold, ledger and events
/// change in one transaction. Only the refund has the id of its charge, so this reads twice.
pub async fn handle(
    store: &Store,
    call: Call<RefundOutcomeInput, Refund>,
) -> Result<Outcome<OkJson<RefundView>>, Error> {
    require_sandbox(call.stage)?;
    let failure = named_failure(call.input.reason, call.input.network_code.as_deref())?;
    let mut refund = call.target.clone();
    let mut context = store.read_refund_context(&refund).await?;
    let order = RefundOrder::from(&refund);
    let outcome = match call.input.outcome {
        RefundResult::Paid | RefundResult::TimedOut => RefundOutcome::Paid,
        RefundResult::Rejected => RefundOutcome::Rejected,
    };
    let update: RefundUpdate = refund_update(outcome, failure, &order)?;
    let mut effects = Effects::default();
    match call.input.outcome {
        RefundResult::Paid | RefundResult::Rejected => {
            let status = NetworkStatus::single(update);
            effects = apply_to_refund(&mut refund, &mut context, &status, &call.moment)?;
        }
        RefundResult::TimedOut => {
            refund.mark_unconfirmed(&call.moment)?;
            let at = call.moment.now + REPORTED_AFTER;
            refund.due = Some(Due { at, step: RefundStep::ApplyUpdate { update } });
        }
    }
    let writes = Writes::default().change_refund(&refund, &context, &effects);
    call.commit(store, writes, OkJson(RefundView::from(&refund))).await
}
