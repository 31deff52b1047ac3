//! `POST /v1/sandbox/payouts/{id}/outcome`: set the outcome of a payout.

use domain::kernel::{Due, Error, FailureCode};
use domain::ledger::Effects;
use domain::payout::{PayoutStep, PayoutUpdate, PayoutView};
use edge::{Call, FundedPayout, OkJson, Outcome};
use rails::{PayoutOrder, apply_to_payout};
use rails_sandbox::{PayoutOutcome, outcome_status};
use schemars::JsonSchema;
use serde::Deserialize;
use store::Store;

use crate::sandbox_only::{REPORTED_AFTER, named_failure, require_sandbox};

/// Outcome to apply in the sandbox.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutOutcomeInput {
    /// `paid`, `rejected`, `returned` (only for a paid payout) or `timed_out`, which pays after one
    /// minute without an answer.
    outcome: PayoutResult,
    /// Reason for `rejected` or `returned`; `unspecified` if absent.
    reason: Option<FailureCode>,
    /// Code of the network for the reason, such as `AC03`; `reason` follows from it if absent.
    #[schemars(length(min = 1, max = 35))]
    network_code: Option<String>,
}

/// Outcome to apply in the sandbox.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutResult {
    /// The beneficiary has the money.
    Paid,
    /// The network rejects the payout.
    Rejected,
    /// The beneficiary returns the money.
    Returned,
    /// The network does not answer, and pays one minute later.
    TimedOut,
}

/// Applies the outcome as if the network had reported it: payout, hold, ledger and events change in
/// one transaction.
pub async fn handle(
    store: &Store,
    call: Call<PayoutOutcomeInput, FundedPayout>,
) -> Result<Outcome<OkJson<PayoutView>>, Error> {
    require_sandbox(call.stage)?;
    let failure = named_failure(call.input.reason, call.input.network_code.as_deref())?;
    let FundedPayout { mut payout, mut funds } = call.target.clone();
    let order = PayoutOrder::of(&payout).ok_or_else(|| payout.not_submitted())?;
    let outcome = match call.input.outcome {
        PayoutResult::Paid => Some(PayoutOutcome::Paid),
        PayoutResult::Rejected => Some(PayoutOutcome::Rejected),
        PayoutResult::Returned => Some(PayoutOutcome::Returned),
        PayoutResult::TimedOut => None,
    };
    let mut effects = Effects::default();
    match outcome {
        Some(outcome) => {
            let status = outcome_status(outcome, failure, &order)?;
            effects = apply_to_payout(&mut payout, &mut funds, &status, &call.moment)?;
        }
        None => {
            payout.mark_unconfirmed(&call.moment)?;
            let step = PayoutStep::ApplyUpdate { update: PayoutUpdate::Settled };
            payout.due = Some(Due { at: call.moment.now + REPORTED_AFTER, step });
        }
    }
    let writes = store.payout_writes(&payout, (&funds, &effects), &call.moment).await?;
    call.commit(store, writes, OkJson(PayoutView::from(&payout))).await
}
