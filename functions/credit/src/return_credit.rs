//! `POST /v1/credits/{id}/return`: return a credit to its payer.

use domain::credit::{Credit, CreditView};
use domain::kernel::{Error, MethodKind};
use domain::ledger::{Books, Effects};
use edge::fields;
use edge::{Call, OkJson, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use store::{Store, Writes};

/// The return of a credit.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreditReturn", extend("examples" = [{ "reason": "Order cancelled" }]))]
pub struct ReturnInput {
    /// Reason that the payer sees; up to 140 characters.
    #[schemars(length(min = 1, max = 140))]
    reason: Option<String>,
}

/// Starts the return of the whole amount. Another function submits it to the network afterwards, and
/// the money stays in the unmatched balance until the network has returned it.
pub async fn handle(
    store: &Store,
    call: Call<ReturnInput, (Credit, Books)>,
) -> Result<Outcome<OkJson<CreditView>>, Error> {
    let reason = call.input.reason.clone();
    if let Some(violation) = fields::text("reason", reason.as_deref(), 140) {
        return Err(Error::Invalid(vec![violation]));
    }
    call.rails.require_refunds(call.account_id(), MethodKind::Pix)?;
    let (mut credit, books) = call.target.clone();
    books.require_not_frozen()?;
    credit.begin_return(reason, Some(call.principal.user_id()), &call.moment)?;
    let writes = Writes::default().change_credit(&credit, &books, &Effects::default());
    call.commit(store, writes, OkJson(CreditView::from(&credit))).await
}
