//! The token in the address of a Data Collect page. The table has only its digest (docs/adr/0052).

use domain::kernel::Moment;
use zeroize::Zeroizing;

use crate::sha256_hex;

/// Letters and digits of a token: 256 bits, so a digest without a key protects it.
const TOKEN_LENGTH: usize = 43;
/// Form of a token, as a pattern.
pub const COLLECTION_TOKEN_PATTERN: &str = "^[0-9A-Za-z]{43}$";

/// Mints a token; returns it with its digest.
pub fn mint_collection_token(moment: &Moment) -> (Zeroizing<String>, String) {
    let token = Zeroizing::new(moment.base62(TOKEN_LENGTH));
    let digest = sha256_hex(token.as_bytes());
    (token, digest)
}

/// Returns the digest of a token that a caller presents. Returns `None` if the text does not have the form of
/// one.
pub fn collection_link_digest(token: &str) -> Option<String> {
    let has_form =
        token.len() == TOKEN_LENGTH && token.bytes().all(|it| it.is_ascii_alphanumeric());
    has_form.then(|| sha256_hex(token.as_bytes()))
}
