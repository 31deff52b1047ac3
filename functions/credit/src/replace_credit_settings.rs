//! `PUT /v1/credit-settings`: replace the rules for payments that match no charge exactly.

use domain::access::AuditAction;
use domain::credit::{CreditSettings, RETURN_AFTER_DAYS_MAX};
use domain::kernel::{AMOUNT_CENTS_MAX, Error, Flaw, Violation};
use edge::{Call, CheckedInput, InputContext, InputRules, OkJson, Outcome, PaymentTerms};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Store, Writes};

use crate::settings_view::CreditSettingsView;

/// All rules; an absent rule is off.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewCreditSettings",
    extend("examples" = [{ "return_after_days": 7, "accepted_difference_cents": 5 }])
)]
pub struct CreditSettingsInput {
    /// Days after which Trilho returns a new credit to its payer, 1 to 80; a person decides if absent.
    #[schemars(range(min = 1, max = 80))]
    return_after_days: Option<u16>,
    /// Largest difference between payment and charge, in cents, with which the payment still pays the
    /// charge; 0 if absent.
    #[schemars(range(max = 99_999_999_999_u64))]
    accepted_difference_cents: Option<u64>,
    /// Whether only the payer of a charge can pay it; false if absent. A payment of anybody else becomes
    /// a credit, and so does one whose payer the network does not name.
    same_payer_only: Option<bool>,
}

impl InputRules for CreditSettingsInput {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        let days =
            self.return_after_days.is_none_or(|days| (1..=RETURN_AFTER_DAYS_MAX).contains(&days));
        let days = (!days).then(|| {
            let detail =
                format!("the rule must return a credit after 1 to {RETURN_AFTER_DAYS_MAX} days");
            Violation::new("return_after_days", Flaw::OutOfRange, detail)
        });
        let cents = self.accepted_difference_cents.is_none_or(|cents| cents <= AMOUNT_CENTS_MAX);
        let cents = (!cents).then(|| {
            let detail = format!("the difference must be at most {AMOUNT_CENTS_MAX} cents");
            Violation::new("accepted_difference_cents", Flaw::OutOfRange, detail)
        });
        let flaws: Vec<_> = days.into_iter().chain(cents).collect();
        if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
    }
}

/// Replaces the rules for payments that arrive from now on. Existing credits keep the day on which
/// they return.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<CreditSettingsInput>, PaymentTerms>,
) -> Result<Outcome<OkJson<CreditSettingsView>>, Error> {
    let before = &call.target.settings;
    let settings = CreditSettings {
        account_id: before.account_id,
        return_after_days: call.input.return_after_days,
        accepted_difference_cents: call.input.accepted_difference_cents.unwrap_or(0),
        same_payer_only: call.input.same_payer_only.unwrap_or(false),
        updated_at: Some(call.moment.now),
        version: before.version,
    };
    let audit = call.audit(
        AuditAction::CreditSettingsReplaced,
        before.account_id,
        audited(before),
        audited(&settings),
    );
    let writes = Writes::default().replace(&settings).create(&audit);
    call.commit(store, writes, OkJson(CreditSettingsView::from(&settings))).await
}

fn audited(settings: &CreditSettings) -> Value {
    json!({
        "return_after_days": settings.return_after_days,
        "accepted_difference_cents": settings.accepted_difference_cents,
        "same_payer_only": settings.same_payer_only,
    })
}
