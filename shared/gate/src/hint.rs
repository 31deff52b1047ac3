//! Where a credential's rows are, written into the credential itself.
//!
//! A key or token names its account and user, so that the gate's read and the operation's own read
//! travel in one round trip (ADR 0008). The hint opens nothing: the row found there must hold the
//! hash of the whole text.

use ulid::Ulid;

/// Letters and digits that hold 128 bits: 62^22 > 2^128.
pub(crate) const HINT_LENGTH: usize = 22;

pub(crate) fn write(id: Ulid) -> String {
    format!("{:0>22}", base62::encode(u128::from(id)))
}

pub(crate) fn read(text: &str) -> Option<Ulid> {
    let canonical = |id: &Ulid| write(*id) == text;
    base62::decode(text).ok().map(Ulid::from).filter(canonical)
}
