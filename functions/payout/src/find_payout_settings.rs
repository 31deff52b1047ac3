//! `GET /v1/payout-settings`: show what the account demands of its payouts.

use domain::kernel::Error;
use edge::{Call, Found, NoInput, PayoutRules};
use store::Store;

use crate::settings_view::SettingsView;

/// Shows the settings; those of an account that set nothing are the default.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, PayoutRules>,
) -> Result<Found<SettingsView>, Error> {
    Ok(Found(SettingsView::from(&call.target.settings)))
}
