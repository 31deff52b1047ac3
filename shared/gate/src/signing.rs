//! The secrets that sign what endpoints are sent (Standard Webhooks, symmetric signatures).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::kernel::{AccountId, EndpointId, Moment};
use zeroize::Zeroizing;

/// The specification asks for 24 to 64 bytes.
const SECRET_BYTES: usize = 32;
/// What every secret begins with, for people and secret scanners.
const PREFIX: &str = "whsec_";

/// A fresh secret: `whsec_` and 32 random bytes in base64.
pub fn new_signing_secret(moment: &Moment) -> Zeroizing<String> {
    let bytes = Zeroizing::new(moment.bytes::<SECRET_BYTES>());
    Zeroizing::new(format!("{PREFIX}{}", STANDARD.encode(bytes.as_slice())))
}

/// What an endpoint's secret is sealed for: copied to another endpoint's row it does not open.
pub fn signing_context(account_id: AccountId, endpoint_id: EndpointId) -> String {
    format!("signing-secret:{account_id}:{endpoint_id}")
}
