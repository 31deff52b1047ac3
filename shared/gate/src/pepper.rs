//! The pepper: the secret of a deployment, in versions, and the keys that are derived from it.
//!
//! Its text is `{"current": 1, "1": "<64 random letters and digits>"}`. It is flat, because
//! CloudFormation can only add one generated text to a JSON object. The characters of a version are
//! the key material. All keys are derived from them by HMAC, so any text with 256 bits is good enough:
//! 43 letters and digits, or base64.
//!
//! API keys are random, so a fast keyed hash protects them; a slow one would cost 40 ms of CPU on
//! every call and add nothing (docs/adr/0009).

use std::collections::BTreeMap;
use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::kernel::{Error, Moment};
use hmac::{Hmac, Mac};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::{MintedKey, PresentedKey};

const NONCE_LENGTH: usize = 12;
/// Minimum length of a version: 43 letters and digits hold 256 bits, and base64 of 32 bytes has 43
/// characters and a padding sign.
const TEXT_LENGTH_MIN: usize = 43;
/// Length of a new version, as CloudFormation makes it: 381 bits.
const TEXT_LENGTH: usize = 64;
/// The JSON key of the current version's number.
const CURRENT: &str = "current";

/// Purpose of the key that seals answers, cursors and secrets of log-ins.
const SEAL: &str = "seal";
/// Purpose of the key that seals personal data of people who are no customers.
const PERSONAL: &str = "seal-personal";

/// Why the pepper cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PepperError {
    /// The secret is not `{"current": 1, "1": "<43 characters or more>"}`. The reason shows nothing of
    /// the text.
    #[error("the secret is not {{\"current\": 1, \"1\": \"<random text>\"}}: {0}")]
    Format(&'static str),
    /// The secret does not have this version.
    #[error("pepper version {0} is not in the secret")]
    UnknownVersion(u32),
    /// The version is newer than the fetched secret.
    #[error("pepper version {0} is newer than the fetched secret")]
    NewerVersion(u32),
    /// The sealed text was changed, or sealed for another purpose.
    #[error("the sealed text was changed, or sealed for another purpose")]
    Seal,
}

impl From<PepperError> for Error {
    fn from(error: PepperError) -> Self {
        match error {
            PepperError::NewerVersion(_) => Self::Outdated,
            PepperError::Format(_) | PepperError::UnknownVersion(_) | PepperError::Seal => {
                Self::internal(error)
            }
        }
    }
}

/// The parts of the secret's text, not yet checked: a JSON key may be there twice.
#[derive(Default)]
struct PepperParts {
    current: Vec<u32>,
    versions: Vec<(String, Zeroizing<String>)>,
}

impl<'de> Deserialize<'de> for PepperParts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PartsVisitor)
    }
}

struct PartsVisitor;

impl<'de> Visitor<'de> for PartsVisitor {
    type Value = PepperParts;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of versions")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<PepperParts, A::Error> {
        let mut parts = PepperParts::default();
        while let Some(key) = entries.next_key::<String>()? {
            if key == CURRENT {
                parts.current.push(entries.next_value()?);
            } else {
                parts.versions.push((key, Zeroizing::new(entries.next_value()?)));
            }
        }
        Ok(parts)
    }
}

/// Reads the number of a version. Returns `None` for every other way to write it.
fn version_number(key: &str) -> Option<u32> {
    let number: u32 = key.parse().ok()?;
    (number > 0 && number.to_string() == key).then_some(number)
}

/// All versions of the pepper. New hashes use the current version; hashes of old versions still
/// verify.
pub struct Peppers {
    current: u32,
    versions: BTreeMap<u32, Zeroizing<String>>,
}

impl Peppers {
    /// Reads the text of the secret.
    pub fn parse(secret: &str) -> Result<Self, PepperError> {
        const FORM: PepperError = PepperError::Format(
            "the secret must be a JSON object with one number and texts, each key once",
        );
        let parts: PepperParts = serde_json::from_str(secret).map_err(|_| FORM)?;
        let [current] = parts.current[..] else { return Err(FORM) };
        let mut versions = BTreeMap::new();
        for (key, text) in parts.versions {
            let number = version_number(&key);
            let number =
                number.ok_or(PepperError::Format("version keys must be 1, 2, 3 and so on"))?;
            if text.len() < TEXT_LENGTH_MIN || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(PepperError::Format(
                    "a version must have at least 43 visible ASCII characters",
                ));
            }
            if versions.insert(number, text).is_some() {
                return Err(FORM);
            }
        }
        if !versions.contains_key(&current) {
            return Err(PepperError::Format("`current` must be the number of an existing version"));
        }
        Ok(Self { current, versions })
    }

    /// Makes the text of a new secret, with one version.
    pub fn first(moment: &Moment) -> Zeroizing<String> {
        Self { current: 0, versions: BTreeMap::new() }.next(moment).1
    }

    /// Makes the next version, and the text of the secret with it. The new version is current, and all
    /// old versions stay, so that hashes and sealed texts of them are still valid. A version above the
    /// current one, prepared by hand or left after a step back, is not overwritten.
    pub fn next(&self, moment: &Moment) -> (u32, Zeroizing<String>) {
        let last = self.versions.keys().last().copied().unwrap_or(0);
        let mut next = Self { current: last.saturating_add(1), versions: self.versions.clone() };
        next.versions.insert(next.current, Zeroizing::new(moment.base62(TEXT_LENGTH)));
        let text = serde_json::to_string(&SecretText(&next)).expect("numbers and texts are JSON");
        (next.current, Zeroizing::new(text))
    }

    /// Returns the version of new hashes.
    pub fn current(&self) -> u32 {
        self.current
    }

    /// Returns the numbers of all versions, oldest first.
    pub(crate) fn version_numbers(&self) -> impl DoubleEndedIterator<Item = u32> {
        self.versions.keys().copied()
    }

    /// Returns true if this version, named by a row, is newer than the fetched secret.
    pub fn is_outdated_by(&self, version: u32) -> bool {
        version > self.current
    }

    /// Returns the hash of a key under the current version, for storage.
    pub fn hash_key(&self, key: &MintedKey) -> String {
        let mac = self.mac(self.current, "api-key", key.text.as_bytes());
        hex(&mac.expect("the current version exists"))
    }

    /// Returns true if `hash` is the hash of the key. Takes constant time.
    pub fn key_matches(&self, key: &PresentedKey, version: u32, hash: &str) -> bool {
        self.mac(version, "api-key", key.text().as_bytes())
            .is_ok_and(|mac| hex(&mac).as_bytes().ct_eq(hash.as_bytes()).into())
    }

    /// Encrypts `plain` with AES-256-GCM; opening it needs the same `context`. Returns a text.
    pub fn seal(&self, context: &str, plain: &[u8], moment: &Moment) -> String {
        let bytes = self.encrypt(context, plain, moment);
        format!("{}.{}", self.current, URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Encrypts `plain` as [`Peppers::seal`] does. Returns bytes, a quarter less than the text.
    pub fn seal_bytes(&self, context: &str, plain: &[u8], moment: &Moment) -> Vec<u8> {
        let bytes = self.encrypt(context, plain, moment);
        [self.current.to_be_bytes().as_slice(), &bytes].concat()
    }

    /// Encrypts personal data as [`Peppers::seal`] does, under a key of their own.
    pub(crate) fn seal_personal(&self, context: &str, plain: &[u8], moment: &Moment) -> String {
        let bytes = self.encrypt_as(PERSONAL, context, plain, moment);
        format!("{}.{}", self.current, URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Decrypts a text that [`Peppers::seal_personal`] made with the same context.
    pub(crate) fn open_personal(
        &self,
        context: &str,
        sealed: &str,
    ) -> Result<Zeroizing<Vec<u8>>, PepperError> {
        let (version, bytes) = read_sealed(sealed)?;
        self.decrypt_as(PERSONAL, version, context, &bytes)
    }

    fn encrypt(&self, context: &str, plain: &[u8], moment: &Moment) -> Vec<u8> {
        self.encrypt_as(SEAL, context, plain, moment)
    }

    fn encrypt_as(&self, key: &str, context: &str, plain: &[u8], moment: &Moment) -> Vec<u8> {
        let nonce: [u8; NONCE_LENGTH] = moment.bytes();
        let sealed = self
            .cipher(key, self.current)
            .and_then(|cipher| {
                let payload = Payload { msg: plain, aad: context.as_bytes() };
                cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| PepperError::Seal)
            })
            .expect("the current version exists and a reply is far below the cipher's limit");
        [nonce.as_slice(), &sealed].concat()
    }

    /// Decrypts a text that [`Peppers::seal`] made with the same context.
    pub fn open(&self, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>, PepperError> {
        let (version, bytes) = read_sealed(sealed)?;
        self.decrypt(version, context, &bytes)
    }

    /// Decrypts bytes that [`Peppers::seal_bytes`] made with the same context.
    pub fn open_bytes(
        &self,
        context: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PepperError> {
        let (version, bytes) = sealed.split_first_chunk().ok_or(PepperError::Seal)?;
        self.decrypt(u32::from_be_bytes(*version), context, bytes)
    }

    fn decrypt(
        &self,
        version: u32,
        context: &str,
        bytes: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PepperError> {
        self.decrypt_as(SEAL, version, context, bytes)
    }

    fn decrypt_as(
        &self,
        key: &str,
        version: u32,
        context: &str,
        bytes: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, PepperError> {
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or(PepperError::Seal)?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        let opened = self.cipher(key, version)?.decrypt(&Nonce::from(*nonce), payload);
        opened.map(Zeroizing::new).map_err(|_| PepperError::Seal)
    }

    /// Returns the seed of a signing key for each version, for signatures that anyone can check.
    pub fn signing_seeds(&self) -> Vec<(u32, Zeroizing<[u8; 32]>)> {
        let seed = |version: &u32| {
            let seed = self.mac(*version, "signature", b"ed25519");
            (*version, Zeroizing::new(seed.expect("the version exists")))
        };
        self.versions.keys().map(seed).collect()
    }

    fn cipher(&self, purpose: &str, version: u32) -> Result<Aes256Gcm, PepperError> {
        let key = self.mac(version, purpose, b"aes-256-gcm")?;
        Aes256Gcm::new_from_slice(&key).map_err(|_| PepperError::Seal)
    }

    fn version(&self, version: u32) -> Result<&[u8], PepperError> {
        let text = self.versions.get(&version).ok_or(if version > self.current {
            PepperError::NewerVersion(version)
        } else {
            PepperError::UnknownVersion(version)
        })?;
        Ok(text.as_bytes())
    }

    /// Returns the HMAC-SHA-256 over purpose, a zero byte and text. Because of the purpose, a value
    /// made for one purpose is useless for another.
    pub(crate) fn mac(
        &self,
        version: u32,
        purpose: &str,
        text: &[u8],
    ) -> Result<[u8; 32], PepperError> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.version(version)?)
            .expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text);
        Ok(mac.finalize().into_bytes().into())
    }
}

/// The secret as it is written. It is a separate type, so that no code serializes [`Peppers`] by
/// accident.
struct SecretText<'a>(&'a Peppers);

impl Serialize for SecretText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut entries = serializer.serialize_map(None)?;
        entries.serialize_entry(CURRENT, &self.0.current)?;
        for (version, text) in &self.0.versions {
            entries.serialize_entry(version, text.as_str())?;
        }
        entries.end()
    }
}

impl fmt::Debug for Peppers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Peppers(current {}, {} versions)", self.current, self.versions.len())
    }
}

/// Reads the version and the bytes of a sealed text.
fn read_sealed(sealed: &str) -> Result<(u32, Vec<u8>), PepperError> {
    let (version, encoded) = sealed.split_once('.').ok_or(PepperError::Seal)?;
    let version = version.parse().map_err(|_| PepperError::Seal)?;
    let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| PepperError::Seal)?;
    Ok((version, bytes))
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

    use domain::kernel::Entropy;
    use jiff::Timestamp;

    use super::*;

    struct Fixed;

    impl Entropy for Fixed {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(3);
        }
    }

    fn peppers(current: u32) -> Peppers {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        Peppers::parse(&format!(r#"{{"current":{current},"1":"{one}","2":"{two}"}}"#))
            .expect("well formed")
    }

    fn moment() -> Moment {
        Moment::new(Timestamp::UNIX_EPOCH, Arc::new(Fixed))
    }

    #[test]
    fn a_text_sealed_by_an_old_version_opens_after_a_rotation() {
        let moment = moment();
        let sealed = peppers(1).seal("reply", b"plain", &moment);
        assert_eq!(peppers(2).open("reply", &sealed).expect("opens").as_slice(), b"plain");
    }

    #[test]
    fn a_changed_byte_or_another_context_is_refused() {
        let moment = moment();
        let sealed = peppers(1).seal("reply", b"plain", &moment);
        assert!(peppers(1).open("other", &sealed).is_err());
        for index in 0..sealed.len() {
            let mut bytes = sealed.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert!(peppers(1).open("reply", &changed).is_err(), "{changed}");
        }
    }

    #[track_caller]
    fn check(secret: &str, reason: Option<&str>) {
        match (Peppers::parse(secret), reason) {
            (Ok(_), None) => {}
            (Err(PepperError::Format(found)), Some(reason)) => assert!(found.contains(reason)),
            (outcome, _) => panic!("{outcome:?} of {secret}"),
        }
    }

    #[test]
    fn the_secret_has_one_form() {
        let text = "a".repeat(43);
        let with = |rest: &str| format!(r#"{{"current":1,"1":"{text}"{rest}}}"#);
        check(&with(""), None);
        check(&with(&format!(r#","2":"{text}","12":"{text}""#)), None);
        // base64 of 32 bytes.
        check(&format!(r#"{{"1":"{}=","current":1}}"#, "+/a".repeat(15)), None);
        for secret in ["", "[]", "{}", "1", r#"{"current":"1"}"#] {
            check(secret, Some("be a JSON object"));
        }
        check(&format!(r#"{{"1":"{text}"}}"#), Some("be a JSON object"));
        check(&format!(r#"{{"current":1,"1":"{text}","1":"{text}"}}"#), Some("each key once"));
        check(&with(r#","current":1"#), Some("each key once"));
        check(&format!(r#"{{"current":1,"versions":{{"1":"{text}"}}}}"#), Some("be a JSON object"));
        for key in ["0", "01", "+2", "-1", " 2", "2.0", "4294967296", "previous", ""] {
            check(&with(&format!(r#","{key}":"{text}""#)), Some("must be 1, 2, 3"));
        }
        for short in ["", "a", &"a".repeat(42), &"é".repeat(43), &" ".repeat(64)] {
            check(&with(&format!(r#","2":"{short}""#)), Some("at least 43 visible"));
        }
        check(&format!(r#"{{"current":2,"1":"{text}"}}"#), Some("`current` must be the number"));
    }

    /// The key of AES is derived, so texts of any length that differ in one character make different
    /// ciphers.
    #[test]
    fn every_character_of_a_version_counts() {
        let text = "a".repeat(64);
        let read = |text: &str| {
            Peppers::parse(&format!(r#"{{"current":1,"1":"{text}"}}"#)).expect("well formed")
        };
        let sealed = read(&text).seal("reply", b"plain", &moment());
        for index in 0..text.len() {
            let mut other = text.clone();
            other.replace_range(index..=index, "b");
            assert!(read(&other).open("reply", &sealed).is_err(), "{index}");
        }
        assert!(read(&"a".repeat(65)).open("reply", &sealed).is_err());
    }

    #[test]
    fn the_next_version_is_current_and_the_others_stay() {
        let first = Peppers::parse(&Peppers::first(&moment())).expect("well formed");
        assert_eq!(first.current(), 1);
        let sealed = first.seal("reply", b"plain", &moment());
        let (version, text) = first.next(&moment());
        let next = Peppers::parse(&text).expect("well formed");
        assert_eq!((version, next.current()), (2, 2));
        assert_eq!(next.open("reply", &sealed).expect("opens").as_slice(), b"plain");
        assert!(next.versions[&2].len() == 64);
    }

    #[test]
    fn a_version_after_a_step_back_is_not_overwritten() {
        let (version, text) = peppers(1).next(&moment());
        assert_eq!(version, 3);
        let next = Peppers::parse(&text).expect("well formed");
        assert_eq!(*next.versions[&2], "2".repeat(64));
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", peppers(1)), "Peppers(current 1, 2 versions)");
    }
}
