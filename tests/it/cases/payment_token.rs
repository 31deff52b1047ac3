//! The secret in the address of a payment page.

use serde_json::Value;
use tests::text;

/// Returns the token of a charge's payment page.
pub(super) fn payment_token(charge: &Value) -> String {
    let url = text(&charge["payment_url"]);
    url.rsplit('/').next().unwrap_or_default().to_owned()
}
