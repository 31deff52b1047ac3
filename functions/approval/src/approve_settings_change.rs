//! `POST /v1/payout-settings-changes/{id}/approve`: put a lower protection in force.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::{SettingsChange, SettingsChangeView};
use edge::{Call, NoInput, OkJson, Outcome, PayoutRules};
use serde_json::json;
use store::{Store, Writes};

/// Puts the change in force. The moderator who requested it cannot.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (SettingsChange, PayoutRules)>,
) -> Result<Outcome<OkJson<SettingsChangeView>>, Error> {
    let (mut change, rules) = (call.target.0.clone(), &call.target.1);
    let (mut settings, by) = (rules.settings.clone(), call.principal.user_id());
    settings.apply(&mut change, Some(by), call.moment.now)?;
    let line = call.audit(
        AuditAction::SettingsChangeApplied,
        change.id,
        json!(change.before),
        json!(change.after),
    );
    let writes = Writes::default().replace(&settings).replace(&change).create(&line);
    call.commit(store, writes, OkJson(SettingsChangeView::from(&change))).await
}
