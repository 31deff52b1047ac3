//! `GET /v1/credit-settings`: show the rules for payments that match no charge exactly.

use domain::kernel::Error;
use edge::{Call, NoInput, OkJson, PaymentTerms};
use store::Store;

use crate::settings_view::CreditSettingsView;

/// Shows the rules, or the defaults if the account has set none.
pub async fn handle(
    _: &Store,
    call: Call<NoInput, PaymentTerms>,
) -> Result<OkJson<CreditSettingsView>, Error> {
    Ok(OkJson(CreditSettingsView::from(&call.target.settings)))
}
