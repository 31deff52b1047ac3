//! The keys of a credential's rows, written into the text of the credential.
//!
//! A key or token names its account and user, so that one round trip reads the rows of the gate and
//! those of the operation (ADR 0008). The hint gives no access: the row that it names must hold the
//! hash of the whole text.

use ulid::Ulid;

/// Number of letters and digits that hold 128 bits: 62^22 > 2^128.
pub(crate) const HINT_LENGTH: usize = 22;

pub(crate) fn write(id: Ulid) -> String {
    format!("{:0>22}", base62::encode(u128::from(id)))
}

pub(crate) fn read(text: &str) -> Option<Ulid> {
    let canonical = |id: &Ulid| write(*id) == text;
    base62::decode(text).ok().map(Ulid::from).filter(canonical)
}
