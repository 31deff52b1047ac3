//! `POST /v1/sandbox/credits/{id}/outcome`: set the outcome of a credit's return.

use domain::credit::{Credit, CreditView};
use domain::kernel::{Code, Error, FailureCode};
use domain::ledger::Books;
use domain::network::OutboundOrder;
use edge::{Call, OkJson, Outcome};
use rails::{NetworkStatus, RefundOrder, apply_to_credit};
use rails_sandbox::{RefundOutcome, refund_update};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::sandbox_only::{named_failure, require_sandbox};

/// Outcome of a credit's return to apply in the sandbox.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreditOutcomeInput", extend("examples" = [{ "outcome": "paid" }]))]
pub struct CreditOutcomeInput {
    /// `paid`, or `rejected`, which makes the credit `unmatched` again.
    outcome: CreditOutcome,
    /// Reason for `rejected`; `unspecified` if absent.
    reason: Option<FailureCode>,
    /// Code of the network for the reason, such as `AC03`; `reason` follows from it if absent.
    #[schemars(length(min = 1, max = 35))]
    network_code: Option<String>,
}

/// Outcome of a credit's return.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditOutcome {
    /// The payer has the money back.
    Paid,
    /// The network rejects the return.
    Rejected,
}

/// Applies the outcome as if the network had reported it: credit, ledger and events change in one
/// transaction.
pub async fn handle(
    store: &Store,
    call: Call<CreditOutcomeInput, (Credit, Books)>,
) -> Result<Outcome<OkJson<CreditView>>, Error> {
    require_sandbox(call.stage)?;
    let failure = named_failure(call.input.reason, call.input.network_code.as_deref())?;
    let (mut credit, mut books) = call.target.clone();
    let order = RefundOrder::of_credit(&credit).filter(|_| credit.is_in_flight());
    let order = order.ok_or_else(|| {
        let status = credit.status.as_str();
        let detail = format!("the credit is {status}; only a return on its way has an outcome");
        Error::conflict(Code::CreditState, detail)
    })?;
    let outcome = match call.input.outcome {
        CreditOutcome::Paid => RefundOutcome::Paid,
        CreditOutcome::Rejected => RefundOutcome::Rejected,
    };
    let status = NetworkStatus::single(refund_update(outcome, failure, &order)?);
    let effects = apply_to_credit(&mut credit, &mut books, &status, &call.moment)?;
    let writes = Writes::default().change_credit(&credit, &books, &effects);
    call.commit(store, writes, OkJson(CreditView::from(&credit))).await
}
