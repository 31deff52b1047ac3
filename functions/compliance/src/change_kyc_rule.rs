//! `compliance.change_kyc_rule`: set the amount from which compliance must approve payouts.

use command::{CommandFailure, Invocation, OperatorTrail, find_account};
use domain::access::AuditAction;
use domain::kernel::{AMOUNT_CENTS_MAX, AccountId, Error, Flaw};
use domain::payout::PayoutSettings;
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Writes};

/// The account and its rule.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeKycRuleInput {
    account_id: String,
    /// Amount in cents from which compliance must approve a payout; null for no rule. It is required, so that no
    /// rule ends because the field was left out.
    #[serde(deserialize_with = "Option::deserialize")]
    kyc_from_cents: Option<u64>,
}

/// The rule before and after.
#[derive(Serialize)]
pub struct ChangedKycRule {
    account_id: AccountId,
    before: Option<u64>,
    after: Option<u64>,
}

/// Changes the rule for payouts that are created from now on. The settings that the people of the account
/// change stay as they are.
pub async fn handle(
    app: &App,
    invocation: Invocation<ChangeKycRuleInput>,
) -> Result<ChangedKycRule, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let after = input.kyc_from_cents;
    if after.is_some_and(|cents| cents > AMOUNT_CENTS_MAX) {
        let detail = format!("an amount must be at most {AMOUNT_CENTS_MAX} cents");
        return Err(Error::invalid("kyc_from_cents", Flaw::OutOfRange, detail).into());
    }
    let account_id = find_account(app, &input.account_id).await?.id;
    let found = app.store.find::<PayoutSettings>(&Key::PayoutSettings(account_id)).await?;
    let mut settings = found.unwrap_or_else(|| PayoutSettings::default_of(account_id));
    let before = std::mem::replace(&mut settings.kyc_from_cents, after);
    (settings.updated_at, settings.updated_by) = (Some(moment.now), None);
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let (old, new) = (json!({ "kyc_from_cents": before }), json!({ "kyc_from_cents": after }));
    let line = trail.line(AuditAction::KycRuleChanged, account_id, old, new);
    app.store.commit(Writes::default().replace(&settings).create(&line), &moment).await?;
    Ok(ChangedKycRule { account_id, before, after })
}
