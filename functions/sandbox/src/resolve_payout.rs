//! `POST /v1/sandbox/payouts/{id}/outcome`: let the network tell what became of a payout.

use domain::kernel::{Due, Error};
use domain::ledger::Effects;
use domain::payout::{PayoutReason, PayoutStep, PayoutUpdate, PayoutView};
use edge::{Call, Found, FundedPayout, Outcome};
use rails::sandbox::{PayoutOutcome, outcome_status};
use rails::{PayoutOrder, apply_to_payout};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::ANSWERS_AFTER;

/// What became of it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayoutOutcomeInput {
    /// `paid`, `rejected`, `returned` (of one that is paid), or `timed_out`: nothing is known for a
    /// minute, and then it is paid.
    outcome: PayoutResult,
    /// Why, for `rejected` and `returned`.
    reason: Option<PayoutReason>,
}

/// See [`PayoutOutcomeInput`].
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutResult {
    /// The beneficiary has it.
    Paid,
    /// It is not paid.
    Rejected,
    /// It comes back.
    Returned,
    /// The network does not answer, and a minute later it is paid.
    TimedOut,
}

/// Takes in what the network tells, the way every rail's word is taken: payout, hold, ledger and events
/// in one transaction.
pub async fn handle(
    store: &Store,
    call: Call<PayoutOutcomeInput, FundedPayout>,
) -> Result<Outcome<Found<PayoutView>>, Error> {
    crate::only_in_sandbox(call.stage)?;
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
            let status = outcome_status(outcome, call.input.reason, &order)?;
            effects = apply_to_payout(&mut payout, &mut funds, &status, &call.moment)?;
        }
        None => {
            payout.mark_unknown(&call.moment)?;
            let step = PayoutStep::ApplyUpdate { update: PayoutUpdate::Settled };
            payout.due = Some(Due { at: call.moment.now + ANSWERS_AFTER, step });
        }
    }
    let writes = Writes::default().change_payout(&payout, &funds, &effects);
    call.commit(store, writes, Found(PayoutView::from(&payout))).await
}
