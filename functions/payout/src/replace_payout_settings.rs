//! `PUT /v1/payout-settings`: replace the payout settings.

use domain::access::AuditAction;
use domain::kernel::AMOUNT_CENTS_MAX;
use domain::kernel::{Error, Flaw, Violation};
use domain::ledger::PayoutLimits;
use domain::payout::{Approval, PayoutSettings};
use edge::{Call, CheckedInput, InputContext, InputRules, OkJson, Outcome, PayoutRules};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use store::{Store, Writes};

use crate::settings_view::SettingsView;

/// All payout settings; an absent setting is off.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewPayoutSettings",
    extend("examples" = [{
        "approval": "second_user",
        "review_from_cents": 1_000_000,
        "limits": { "per_payout_cents": 5_000_000, "per_day_cents": 20_000_000 },
    }])
)]
pub struct SettingsInput {
    /// Approval that a payout needs from a second user.
    approval: Approval,
    /// Amount in cents from which a moderator must review a payout; no review if absent.
    #[schemars(range(max = 99_999_999_999_u64))]
    review_from_cents: Option<u64>,
    /// Limits of payouts.
    limits: Option<LimitsInput>,
}

/// Limits in cents; an absent limit means unlimited.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewPayoutLimits")]
pub struct LimitsInput {
    /// Limit for one payout, in cents.
    #[schemars(range(max = 99_999_999_999_u64))]
    per_payout_cents: Option<u64>,
    /// Limit for all payouts of a calendar day in São Paulo, in cents.
    #[schemars(range(max = 99_999_999_999_u64))]
    per_day_cents: Option<u64>,
    /// Limit for all payouts of a night, 20:00 to 06:00 in São Paulo, in cents.
    #[schemars(range(max = 99_999_999_999_u64))]
    per_night_cents: Option<u64>,
}

impl From<&LimitsInput> for PayoutLimits {
    fn from(input: &LimitsInput) -> Self {
        let LimitsInput { per_payout_cents, per_day_cents, per_night_cents } = *input;
        Self { per_payout_cents, per_day_cents, per_night_cents }
    }
}

impl SettingsInput {
    fn limits(&self) -> PayoutLimits {
        self.limits.as_ref().map(PayoutLimits::from).unwrap_or_default()
    }
}

impl InputRules for SettingsInput {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        let flaws = flaws(self, &self.limits());
        if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
    }
}

/// Replaces the settings for payouts created from now on. The limits also apply to existing
/// payouts that Trilho has not sent.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<SettingsInput>, PayoutRules>,
) -> Result<Outcome<OkJson<SettingsView>>, Error> {
    let limits = call.input.limits();
    let before = &call.target.settings;
    let settings = PayoutSettings {
        account_id: before.account_id,
        approval: call.input.approval,
        review_from_cents: call.input.review_from_cents,
        limits,
        updated_at: Some(call.moment.now),
        version: before.version,
    };
    let audit = call.audit(
        AuditAction::PayoutSettingsReplaced,
        before.account_id,
        audited(before),
        audited(&settings),
    );
    let writes = Writes::default().replace(&settings).create(&audit);
    call.commit(store, writes, OkJson(SettingsView::from(&settings))).await
}

fn flaws(input: &SettingsInput, limits: &PayoutLimits) -> Vec<Violation> {
    let check = |field: &str, cents: Option<u64>| {
        let detail = format!("the limit must be at most {AMOUNT_CENTS_MAX} cents");
        let good = cents.is_none_or(|cents| cents <= AMOUNT_CENTS_MAX);
        (!good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
    };
    let checks = [
        check("review_from_cents", input.review_from_cents),
        check("limits.per_payout_cents", limits.per_payout_cents),
        check("limits.per_day_cents", limits.per_day_cents),
        check("limits.per_night_cents", limits.per_night_cents),
    ];
    checks.into_iter().flatten().collect()
}

fn audited(settings: &PayoutSettings) -> Value {
    json!({
        "approval": settings.approval,
        "review_from_cents": settings.review_from_cents,
        "limits": settings.limits,
    })
}
