//! `PUT /v1/payout-settings`: replace the payout settings.

use domain::access::AuditAction;
use domain::kernel::AMOUNT_CENTS_MAX;
use domain::kernel::{Error, Flaw, Violation};
use domain::ledger::PayoutLimits;
use domain::payout::{
    ApprovalRule, DESTINATION_COOLING_HOURS, PayoutProtections, SettingsDecision,
    approval_rule_flaws, cooling_hours_flaw,
};
use edge::{Call, CheckedInput, InputContext, InputRules, OkJson, Outcome, PayoutRules};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Store, Writes};

use crate::settings_view::SettingsView;

/// All payout settings; an absent setting is off, and absent hours of cooling are 24.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(
    rename = "NewPayoutSettings",
    extend("examples" = [{
        "approval_rules": [
            { "from_cents": 0, "approvals": 1 },
            { "from_cents": 1_000_000, "approvals": 2 },
        ],
        "review_from_cents": 1_000_000,
        "limits": { "per_payout_cents": 5_000_000, "per_day_cents": 20_000_000 },
    }])
)]
pub struct SettingsInput {
    /// Approvals that a payout needs, by its amount: up to 10 rules, each from a higher amount than the one
    /// before and with no fewer approvals. No approval below the first rule.
    #[schemars(length(max = 10))]
    approval_rules: Vec<ApprovalRuleInput>,
    /// Amount in cents from which a moderator must review a payout; no review if absent.
    #[schemars(range(max = 99_999_999_999_u64))]
    review_from_cents: Option<u64>,
    /// Limits of payouts.
    limits: Option<LimitsInput>,
    /// Hours for which a destination of a saved beneficiary is new; 24 if absent, 0 for no such time. A
    /// payout that would be sent before they are over needs at least one approval.
    #[schemars(range(max = 720))]
    destination_cooling_hours: Option<u16>,
}

/// Approvals that a payout needs from an amount on.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewApprovalRule")]
pub struct ApprovalRuleInput {
    /// Smallest amount to which the rule applies, in cents.
    #[schemars(range(max = 99_999_999_999_u64))]
    from_cents: u64,
    /// Number of different users who must approve the payout, apart from the one who created it; 0 to 3.
    #[schemars(range(max = 3))]
    approvals: u8,
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
    fn protections(&self) -> PayoutProtections {
        let rule = |rule: &ApprovalRuleInput| ApprovalRule {
            from_cents: rule.from_cents,
            approvals: rule.approvals,
        };
        PayoutProtections {
            approval_rules: self.approval_rules.iter().map(rule).collect(),
            review_from_cents: self.review_from_cents,
            limits: self.limits.as_ref().map(PayoutLimits::from).unwrap_or_default(),
            destination_cooling_hours: self
                .destination_cooling_hours
                .unwrap_or(DESTINATION_COOLING_HOURS),
        }
    }
}

impl InputRules for SettingsInput {
    fn check(&self, _: &InputContext) -> Result<(), Error> {
        let flaws = flaws(&self.protections());
        if flaws.is_empty() { Ok(()) } else { Err(Error::Invalid(flaws)) }
    }
}

/// Replaces the settings for payouts created from now on. The limits also apply to existing payouts that
/// Trilho has not sent. If the new settings demand less of any payout, they are not in force: they wait as
/// `pending_change` until another moderator approves them. Either way an earlier change that waits is
/// refused.
pub async fn handle(
    store: &Store,
    call: Call<CheckedInput<SettingsInput>, PayoutRules>,
) -> Result<Outcome<OkJson<SettingsView>>, Error> {
    let before = call.target.settings.clone();
    let (old, new) = (json!(before.protections()), call.input.protections());
    let audited = json!(new);
    let by = call.principal.user_id();
    let decision = before.replace(new, by, &call.moment)?;
    let SettingsDecision { settings, requested, superseded } = decision;
    let (action, target) = match &requested {
        None => (AuditAction::PayoutSettingsReplaced, settings.account_id.to_string()),
        Some(change) => (AuditAction::SettingsChangeRequested, change.id.to_string()),
    };
    let mut writes =
        Writes::default().replace(&settings).create(&call.audit(action, target, old, audited));
    if let Some(change) = &requested {
        writes = writes.create(change);
    }
    if let Some(change) = &superseded {
        let (old, new) = (json!({ "status": "requested" }), json!({ "status": change.status }));
        let line = call.audit(AuditAction::SettingsChangeRefused, change.id, old, new);
        writes = writes.replace(change).create(&line);
    }
    let view = SettingsView::of(&settings, call.moment.now);
    call.commit(store, writes, OkJson(view)).await
}

fn flaws(protections: &PayoutProtections) -> Vec<Violation> {
    let PayoutProtections { approval_rules, review_from_cents, limits, destination_cooling_hours } =
        protections;
    let check = |field: &str, cents: Option<u64>| {
        let detail = format!("the limit must be at most {AMOUNT_CENTS_MAX} cents");
        let good = cents.is_none_or(|cents| cents <= AMOUNT_CENTS_MAX);
        (!good).then(|| Violation::new(field, Flaw::OutOfRange, detail))
    };
    let checks = [
        check("review_from_cents", *review_from_cents),
        check("limits.per_payout_cents", limits.per_payout_cents),
        check("limits.per_day_cents", limits.per_day_cents),
        check("limits.per_night_cents", limits.per_night_cents),
        cooling_hours_flaw(*destination_cooling_hours),
    ];
    approval_rule_flaws(approval_rules).into_iter().chain(checks.into_iter().flatten()).collect()
}
