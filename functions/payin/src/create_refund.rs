//! `POST /v1/charges/{id}/refunds`: refund money of a charge to its payer.

use std::collections::BTreeMap;

use domain::charge::{Charge, NewRefund, Refund, RefundContext, RefundView};
use domain::kernel::{Error, Id, RefundId};
use domain::ledger::{Books, Funds};
use edge::fields;
use edge::{Call, Created, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// A new refund.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewRefund",
    extend("examples" = [{ "amount_cents": 1500, "reason": "One of two items came back" }])
)]
pub struct RefundInput {
    /// Amount in cents; the whole rest of the charge if absent.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    amount_cents: Option<u64>,
    /// Reason that the payer sees; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    reason: Option<String>,
    /// Caller's own id, unique among the account's refunds; up to 64 characters.
    #[schemars(length(min = 1, max = 64))]
    reference: Option<String>,
    /// Notes of the caller: up to 20, names up to 40 and values up to 500 characters.
    #[schemars(extend(
        "maxProperties" = 20,
        "propertyNames" = { "minLength": 1, "maxLength": 40 },
        "additionalProperties" = { "type": "string", "maxLength": 500 },
    ))]
    metadata: Option<BTreeMap<String, String>>,
}

/// Creates the refund, reserves its amount on the charge and holds it in the books, in one transaction.
/// Another function submits it to the network afterwards.
pub async fn handle(
    store: &Store,
    call: Call<RefundInput, (Charge, Books)>,
) -> Result<Outcome<Created<RefundView>>, Error> {
    let new = check(&call.input)?;
    let (charge, books) = call.target.clone();
    call.rails.require_refunds(call.account_id(), charge.paid_by())?;
    let mut context = RefundContext::new(charge, Funds::new(books, None));
    let (id, user_id) = (RefundId::mint(&call.moment), call.principal.user_id());
    let (refund, effects) = Refund::open(id, user_id, new, &mut context, &call.moment)?;
    let writes = Writes::default().open_refund(&refund, &context, &effects);
    call.commit(store, writes, Created(RefundView::from(&refund))).await
}

fn check(input: &RefundInput) -> Result<NewRefund, Error> {
    let rules = [
        input.amount_cents.and_then(|amount| fields::amount("amount_cents", amount)),
        fields::text("reason", input.reason.as_deref(), 140),
        fields::reference("reference", input.reference.as_deref()),
    ];
    let metadata = fields::metadata("metadata", input.metadata.as_ref());
    let violations: Vec<_> = rules.into_iter().flatten().chain(metadata).collect();
    if !violations.is_empty() {
        return Err(Error::Invalid(violations));
    }
    Ok(NewRefund {
        amount_cents: input.amount_cents,
        reason: input.reason.clone(),
        reference: input.reference.clone(),
        metadata: input.metadata.clone().unwrap_or_default(),
    })
}
