//! `GET /v1/payout-settings`: show the payout settings.

use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, PayoutRules};
use store::Store;

use crate::settings_view::SettingsView;

/// Shows the settings, or the defaults if the account has set none.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, PayoutRules>,
) -> Result<OkJson<SettingsView>, Error> {
    Ok(OkJson(SettingsView::of(&call.target.settings, call.moment.now)))
}
