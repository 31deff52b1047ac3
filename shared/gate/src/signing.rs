//! The secrets that sign deliveries to endpoints (Standard Webhooks, symmetric signatures).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::{AccountId, EndpointId, Moment};
use zeroize::Zeroizing;

/// Length of a secret in bytes; the specification demands 24 to 64.
const SECRET_BYTES: usize = 32;
/// Prefix of every secret, for people and secret scanners.
const PREFIX: &str = "whsec_";

/// Makes a secret: `whsec_` and 32 random bytes in base64.
pub fn new_signing_secret(moment: &Moment) -> Zeroizing<String> {
    let bytes = Zeroizing::new(moment.bytes::<SECRET_BYTES>());
    Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(bytes.as_slice())))
}

/// Returns the context under which an endpoint's secret is sealed. Because of it, a sealed secret that
/// is copied to the row of another endpoint does not open.
pub fn signing_context(account_id: AccountId, endpoint_id: EndpointId) -> String {
    format!("signing-secret:{account_id}:{endpoint_id}")
}
