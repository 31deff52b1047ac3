//! `operator.apply_settings_change`: put a lower protection in force for an account without a second moderator.

use domain::access::AuditAction;
use domain::kernel::{AccountId, Error, Id, SettingsChangeId};
use domain::payout::{PayoutProtections, PayoutSettings, SettingsChange};
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Key, Row, Writes};

use crate::account::{OperatorTrail, find_account};
use crate::{CommandFailure, Invocation};

/// The account and the change.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplySettingsChangeInput {
    account_id: String,
    change_id: String,
}

/// The settings before and after.
#[derive(Serialize)]
pub struct AppliedSettingsChange {
    account_id: AccountId,
    change_id: SettingsChangeId,
    before: PayoutProtections,
    after: PayoutProtections,
}

/// Applies the change in place of a second moderator, and leaves a line in the audit trail. The operator
/// asks the company on another way first (docs/operator.md).
pub async fn handle(
    app: &App,
    invocation: Invocation<ApplySettingsChangeInput>,
) -> Result<AppliedSettingsChange, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let account_id = find_account(app, &input.account_id).await?.id;
    let missing =
        || CommandFailure::refused("not_found", "change_id: the account has no such change");
    let id = SettingsChangeId::parse(&input.change_id).map_err(|_: Error| missing())?;
    let keys = [Key::SettingsChange(account_id, id), Key::PayoutSettings(account_id)];
    let mut rows = app.store.read(&keys).await?.into_iter();
    let change = rows.next().flatten().map(Row::read::<SettingsChange>).transpose()?;
    let settings = rows.next().flatten().map(Row::read::<PayoutSettings>).transpose()?;
    let (Some(mut change), Some(mut settings)) = (change, settings) else { return Err(missing()) };
    settings.apply(&mut change, None, moment.now)?;
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let (old, new) = (json!(change.before), json!(change.after));
    let line = trail.line(AuditAction::SettingsChangeApplied, id, old, new);
    let writes = Writes::default().replace(&settings).replace(&change).create(&line);
    app.store.commit(writes, &moment).await?;
    let SettingsChange { before, after, .. } = change;
    Ok(AppliedSettingsChange { account_id, change_id: id, before, after })
}
