//! From the versions of the secret to the keys that sign receipts.

use domain::kernel::Error;
use gate::Peppers;
use receipt::ReceiptKeys;

/// Derives the keys of all versions.
pub(crate) fn signing_keys(secret: &Peppers) -> Result<ReceiptKeys, Error> {
    let keys = ReceiptKeys::new(secret.current(), secret.signing_seeds());
    keys.ok_or_else(|| Error::internal("the current version of the secret has no seed"))
}
