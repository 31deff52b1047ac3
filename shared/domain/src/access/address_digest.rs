//! The digest of a caller's address.
use serde::{Deserialize, Serialize};
use std::fmt;

/// The number of bytes of a digest.
const LENGTH: usize = 16;

/// A keyed digest of the address or network that a request came from, so that rows and their names
/// contain no address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AddressDigest([u8; LENGTH]);

/// A text that is not a digest of an address.
#[derive(Debug, thiserror::Error)]
#[error("not the digest of an address")]
pub struct NotADigest;

impl AddressDigest {
    /// Takes the first half of a MAC.
    pub fn of_mac(mac: &[u8; 2 * LENGTH]) -> Self {
        let mut digest = [0; LENGTH];
        digest.copy_from_slice(&mac[..LENGTH]);
        Self(digest)
    }
}

impl fmt::Display for AddressDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl From<AddressDigest> for String {
    fn from(digest: AddressDigest) -> Self {
        digest.to_string()
    }
}

impl TryFrom<String> for AddressDigest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        let mut digest = [0; LENGTH];
        if text.len() != 2 * LENGTH || !text.is_ascii() {
            return Err(NotADigest);
        }
        for (byte, digits) in digest.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).map_err(|_| NotADigest)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NotADigest)?;
        }
        Ok(Self(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_read_as_it_is_written() {
        let mut mac = [0; 32];
        mac.iter_mut().zip(0..).for_each(|(byte, number)| *byte = number * 8);
        let digest = AddressDigest::of_mac(&mac);
        assert_eq!(digest.to_string(), "0008101820283038404850586068707 8".replace(' ', ""));
        assert_eq!(AddressDigest::try_from(digest.to_string()).expect("a digest"), digest);
        for other in ["", "00", &"g".repeat(32), &"é".repeat(16), &"0".repeat(33)] {
            AddressDigest::try_from(other.to_owned()).expect_err("no digest");
        }
    }
}
