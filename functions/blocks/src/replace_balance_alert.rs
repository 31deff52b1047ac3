//! `PUT /v1/balance-alert`: replace the amount below which the balance is low.

use domain::access::AuditAction;
use domain::kernel::{AMOUNT_CENTS_MAX, Error, Flaw};
use domain::ledger::{BalanceAlertView, Books};
use edge::{Call, OkJson, Outcome};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Store, Writes};

/// The new alert.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("examples" = [{ "below_cents": 500_000 }]))]
pub struct BalanceAlertInput {
    /// Amount in cents below which the available balance is low; absent or null for no alert.
    #[schemars(range(min = 1, max = 99_999_999_999_u64))]
    below_cents: Option<u64>,
}

/// Replaces the amount. Records an event at once if the balance is below it and was not low before. The
/// books carry the alert, so a movement at the same moment is decided before or after it.
pub async fn handle(
    store: &Store,
    call: Call<BalanceAlertInput, Books>,
) -> Result<Outcome<OkJson<BalanceAlertView>>, Error> {
    let below_cents = call.input.below_cents;
    if below_cents.is_some_and(|cents| !(1..=AMOUNT_CENTS_MAX).contains(&cents)) {
        let detail = format!("an amount must be 1 to {AMOUNT_CENTS_MAX} cents");
        return Err(Error::invalid("below_cents", Flaw::OutOfRange, detail));
    }
    let mut books = call.target.clone();
    let (account_id, balances, now) = (books.account_id, books.balances, call.moment.now);
    let before = books.alert.view(&balances, now);
    let event = books.alert.replace(below_cents, account_id, &balances, &call.moment);
    let view = books.alert.view(&balances, now);
    let (old, new) =
        (json!({ "below_cents": before.below_cents }), json!({ "below_cents": below_cents }));
    let audit = call.audit(AuditAction::BalanceAlertReplaced, account_id, old, new);
    let writes = Writes::default().replace(&books).create(&audit);
    let writes = event.iter().fold(writes, Writes::create);
    call.commit(store, writes, OkJson(view)).await
}
