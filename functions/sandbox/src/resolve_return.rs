//! `POST /v1/sandbox/charges/{id}/return`: take the money of a charge back in place of the network.

use domain::account::Account;
use domain::charge::{Charge, ChargeView, ReturnNotice, ReturnUpdate};
use domain::kernel::{Error, Id, MovementId};
use domain::ledger::Books;
use edge::{Call, OkJson, Outcome};
use rails::apply_return;
use rails_sandbox::{ReturnOutcome, return_update};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

use crate::sandbox_only::require_sandbox;

/// Outcome to apply in the sandbox.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "outcome": "blocked" }]))]
pub struct ReturnOutcomeInput {
    /// `blocked` demands the money of the charge, `returned` takes it, and `closed` ends the demand.
    outcome: ReturnResult,
    /// Amount in cents; all that is left of the charge if absent. `closed` has none.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: Option<u64>,
}

/// Outcome to apply in the sandbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReturnResult {
    /// The network demands that the money is blocked, which opens a dispute.
    Blocked,
    /// The network returns money to the payer.
    Returned,
    /// The network takes no more money.
    Closed,
}

impl From<ReturnResult> for ReturnOutcome {
    fn from(result: ReturnResult) -> Self {
        match result {
            ReturnResult::Blocked => Self::Blocked,
            ReturnResult::Returned => Self::Returned,
            ReturnResult::Closed => Self::Closed,
        }
    }
}

/// Applies the outcome as if the network had reported it: charge, balance block, dispute, ledger and events
/// change in one transaction. Only the charge has the id of its block, so this reads twice.
pub async fn handle(
    store: &Store,
    call: Call<ReturnOutcomeInput, (Charge, Books, Account)>,
) -> Result<Outcome<OkJson<ChargeView>>, Error> {
    require_sandbox(call.stage)?;
    let (charge, books, account) = call.target.clone();
    if let Some(violation) =
        call.input.amount_cents.and_then(|cents| edge::fields::amount("amount_cents", cents))
    {
        return Err(Error::Invalid(vec![violation]));
    }
    let open = |notice: &&ReturnNotice| notice.claim_cents > 0 || notice.accepted_cents > 0;
    let notice = charge.returned.notices.iter().find(open);
    let notice_id = match (call.input.outcome, notice) {
        (ReturnResult::Returned | ReturnResult::Closed, Some(notice)) => notice.id.clone(),
        (ReturnResult::Closed, None) => return Err(charge.not_blocked()),
        (ReturnResult::Blocked | ReturnResult::Returned, _) => {
            format!("MED{}", MovementId::mint(&call.moment).ulid())
        }
    };
    let (outcome, amount_cents) = (call.input.outcome.into(), call.input.amount_cents);
    let update = return_update(outcome, amount_cents, notice_id, &charge, &call.moment)?;
    if let ReturnUpdate::Returned { amount_cents, .. } = &update {
        charge.require_not_refunding(*amount_cents)?;
    }
    let fee_cents = account.fees.dispute.fee_cents(charge.paid_by());
    let mut context = store.read_dispute_context(charge, books, &update).await?;
    let effects = apply_return(&mut context, &update, fee_cents, &call.moment)?;
    let writes = Writes::default().change_dispute(&context, &effects);
    let view = ChargeView::at(&context.charge, call.moment.now);
    let view = view.with_payment_url(call.payment_url(context.charge.id));
    call.commit(store, writes, OkJson(view)).await
}
