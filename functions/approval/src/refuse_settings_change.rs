//! `POST /v1/payout-settings-changes/{id}/refuse`: refuse a lower protection.

use domain::access::AuditAction;
use domain::kernel::Error;
use domain::payout::{SettingsChange, SettingsChangeView};
use edge::{Call, NoInput, OkJson, Outcome, PayoutRules};
use serde_json::json;
use store::{Store, Writes};

/// Refuses the change: the settings stay as they are. Any moderator can, also the one who requested it, and
/// without a code, because no protection gets lower.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, (SettingsChange, PayoutRules)>,
) -> Result<Outcome<OkJson<SettingsChangeView>>, Error> {
    let (mut change, rules) = (call.target.0.clone(), &call.target.1);
    let (mut settings, by) = (rules.settings.clone(), call.principal.user_id());
    settings.refuse(&mut change, by, call.moment.now)?;
    let line = call.audit(
        AuditAction::SettingsChangeRefused,
        change.id,
        json!({ "status": "requested" }),
        json!({ "status": change.status }),
    );
    let writes = Writes::default().replace(&settings).replace(&change).create(&line);
    call.commit(store, writes, OkJson(SettingsChangeView::from(&change))).await
}
