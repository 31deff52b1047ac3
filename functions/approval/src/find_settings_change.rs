//! `GET /v1/payout-settings-changes/{id}`: show a change of the payout settings that lowers a protection.

use domain::kernel::Error;
use domain::payout::{SettingsChange, SettingsChangeView};
use edge::{Call, NoInput, OkJson};
use store::Store;

/// Shows the change, with the settings before and after.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, SettingsChange>,
) -> Result<OkJson<SettingsChangeView>, Error> {
    Ok(OkJson(SettingsChangeView::from(&call.target.as_of(call.moment.now))))
}
