//! The pepper: the one secret of a deployment, in versions, and what is derived from it.
//!
//! API keys are random, so a fast keyed hash protects them; a slow one would cost 40 ms of CPU on
//! every call and add nothing (docs/adr/0009).

use std::collections::BTreeMap;
use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use domain::{Error, Moment};
use hmac::{Hmac, Mac};
use serde::Deserialize;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{MintedKey, PresentedKey};

const NONCE_LENGTH: usize = 12;

/// Why the pepper cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PepperError {
    /// The secret is not `{"current": 1, "versions": {"1": "<base64 of 32 bytes or more>"}}`.
    #[error("the pepper secret is not {{\"current\": n, \"versions\": {{\"n\": base64}}}}")]
    Format,
    /// A version that is not in the secret.
    #[error("pepper version {0} is not in the secret")]
    UnknownVersion(u32),
    /// A version newer than the secret at hand.
    #[error("pepper version {0} is newer than the secret at hand")]
    NewerVersion(u32),
    /// Changed, or sealed for another purpose.
    #[error("the sealed text was changed or belongs elsewhere")]
    Seal,
}

impl From<PepperError> for Error {
    fn from(error: PepperError) -> Self {
        match error {
            PepperError::NewerVersion(_) => Self::Outdated,
            PepperError::Format | PepperError::UnknownVersion(_) | PepperError::Seal => {
                Self::internal(error)
            }
        }
    }
}

#[derive(Deserialize)]
struct Secret {
    current: u32,
    versions: BTreeMap<u32, String>,
}

/// All versions of the pepper. New hashes use the current one; old ones keep verifying.
pub struct Peppers {
    current: u32,
    versions: BTreeMap<u32, Zeroizing<Vec<u8>>>,
}

impl Peppers {
    /// Reads the secret's text.
    pub fn parse(secret: &str) -> Result<Self, PepperError> {
        let secret: Secret = serde_json::from_str(secret).map_err(|_| PepperError::Format)?;
        let mut versions = BTreeMap::new();
        for (version, encoded) in secret.versions {
            let bytes = STANDARD.decode(encoded).map_err(|_| PepperError::Format)?;
            if bytes.len() < 32 {
                return Err(PepperError::Format);
            }
            versions.insert(version, Zeroizing::new(bytes));
        }
        let peppers = Self { current: secret.current, versions };
        peppers.version(peppers.current)?;
        Ok(peppers)
    }

    /// The version new hashes are made with.
    pub fn current(&self) -> u32 {
        self.current
    }

    /// Whether a row names a version newer than what is known here.
    pub fn is_outdated_by(&self, version: u32) -> bool {
        version > self.current
    }

    /// The stored hash of a key under the current version.
    pub fn hash_key(&self, key: &MintedKey) -> String {
        let mac = self.mac(self.current, "api-key", key.text.as_bytes());
        hex(&mac.expect("the current version is known"))
    }

    /// Whether `hash` is the key's, in constant time.
    pub fn key_matches(&self, key: &PresentedKey, version: u32, hash: &str) -> bool {
        self.mac(version, "api-key", key.text().as_bytes())
            .is_ok_and(|mac| hex(&mac).as_bytes().ct_eq(hash.as_bytes()).into())
    }

    /// Encrypts `plain` with AES-256-GCM; `context` must be given again to open it.
    pub fn seal(&self, context: &str, plain: &[u8], moment: &Moment) -> String {
        let nonce: [u8; NONCE_LENGTH] = moment.bytes();
        let sealed = self
            .cipher(self.current)
            .and_then(|cipher| {
                let payload = Payload { msg: plain, aad: context.as_bytes() };
                cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| PepperError::Seal)
            })
            .expect("the current version is known and a reply is far below the cipher's limit");
        let bytes = [nonce.as_slice(), &sealed].concat();
        format!("{}.{}", self.current, URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Decrypts what [`Peppers::seal`] made for the same context.
    pub fn open(&self, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, PepperError> {
        let (version, encoded) = sealed.split_once('.').ok_or(PepperError::Seal)?;
        let version = version.parse().map_err(|_| PepperError::Seal)?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| PepperError::Seal)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or(PepperError::Seal)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        let opened = self.cipher(version)?.decrypt(&Nonce::from(*nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| PepperError::Seal)
    }

    fn cipher(&self, version: u32) -> Result<Aes256Gcm, PepperError> {
        let key = self.mac(version, "seal", b"aes-256-gcm")?;
        Aes256Gcm::new_from_slice(&key).map_err(|_| PepperError::Seal)
    }

    fn version(&self, version: u32) -> Result<&[u8], PepperError> {
        let bytes = self.versions.get(&version).ok_or(if version > self.current {
            PepperError::NewerVersion(version)
        } else {
            PepperError::UnknownVersion(version)
        })?;
        Ok(bytes)
    }

    /// HMAC-SHA-256 over purpose, a zero byte and text: what is made for one purpose is worthless
    /// for another.
    fn mac(&self, version: u32, purpose: &str, text: &[u8]) -> Result<[u8; 32], PepperError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.version(version)?)
            .expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text);
        Ok(mac.finalize().into_bytes().into())
    }
}

impl fmt::Debug for Peppers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peppers(current {}, {} versions)", self.current, self.versions.len())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push_str(&format!("{byte:02x}"));
        hex
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::Entropy;
    use jiff::Timestamp;

    use super::*;

    struct Fixed;

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(3);
        }
    }

    fn peppers(current: u32) -> Peppers {
        let one = STANDARD.encode([1; 32]);
        let two = STANDARD.encode([2; 32]);
        Peppers::parse(&format!(
            r#"{{"current":{current},"versions":{{"1":"{one}","2":"{two}"}}}}"#
        ))
        .expect("well formed")
    }

    #[test]
    fn what_an_old_version_sealed_still_opens_after_a_rotation() {
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(Fixed));
        let sealed = peppers(1).seal("reply", b"plain", &moment);
        assert_eq!(peppers(2).open("reply", &sealed).expect("opens").as_slice(), b"plain");
    }

    #[test]
    fn a_changed_byte_or_another_context_is_refused() {
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(Fixed));
        let sealed = peppers(1).seal("reply", b"plain", &moment);
        assert!(peppers(1).open("other", &sealed).is_err());
        for place in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert!(peppers(1).open("reply", &changed).is_err(), "{changed}");
        }
    }

    #[test]
    fn a_short_pepper_or_a_missing_current_version_is_refused() {
        for secret in [
            r#"{"current":1,"versions":{}}"#.to_owned(),
            format!(r#"{{"current":1,"versions":{{"1":"{}"}}}}"#, STANDARD.encode([1; 31])),
            "{}".to_owned(),
        ] {
            assert!(Peppers::parse(&secret).is_err(), "{secret}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", peppers(1)), "Peppers(current 1, 2 versions)");
    }
}
