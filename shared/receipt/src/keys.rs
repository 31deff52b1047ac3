//! The keys that sign receipts, and their public parts as a JWK set (RFC 7517, RFC 8037).

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey};
use schemars::JsonSchema;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::code_error::CodeError;

pub(crate) const SIGNATURE_LENGTH: usize = ed25519_dalek::SIGNATURE_LENGTH;

/// All versions of the key. New receipts use the current version; codes of older versions still verify.
pub struct ReceiptKeys {
    current: u32,
    signer: SigningKey,
    versions: BTreeMap<u32, SigningKey>,
}

impl ReceiptKeys {
    /// Makes the keys from their seeds. Returns `None` if the current version has no seed.
    pub fn new(
        current: u32,
        seeds: impl IntoIterator<Item = (u32, Zeroizing<[u8; 32]>)>,
    ) -> Option<Self> {
        let seeds = seeds.into_iter();
        let versions: BTreeMap<_, _> =
            seeds.map(|(version, seed)| (version, SigningKey::from_bytes(&seed))).collect();
        Some(Self { current, signer: versions.get(&current)?.clone(), versions })
    }

    /// Returns the version that signs new receipts.
    pub fn current(&self) -> u32 {
        self.current
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> [u8; SIGNATURE_LENGTH] {
        self.signer.sign(bytes).to_bytes()
    }

    /// Checks a signature under a version. It is strict: one signature has one form (RFC 8032, 5.1.7).
    pub(crate) fn verify(
        &self,
        version: u32,
        bytes: &[u8],
        signature: &[u8],
    ) -> Result<(), CodeError> {
        let key = self.versions.get(&version).ok_or(CodeError::UnknownKey(version))?;
        let signature = Signature::from_slice(signature).map_err(|_| CodeError::Signature)?;
        key.verifying_key().verify_strict(bytes, &signature).map_err(|_| CodeError::Signature)
    }

    /// Returns the public keys of all versions.
    pub fn jwk_set(&self) -> JwkSet {
        let keys = self.versions.iter().map(|(version, key)| Jwk {
            kty: "OKP",
            crv: "Ed25519",
            x: URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()),
            kid: version.to_string(),
            purpose: "sig",
            alg: "EdDSA",
        });
        JwkSet { keys: keys.collect() }
    }
}

impl fmt::Debug for ReceiptKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReceiptKeys(current {}, {} versions)", self.current, self.versions.len())
    }
}

/// Public keys of receipts, as a JWK set (RFC 7517).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct JwkSet {
    /// One key for each version.
    pub keys: Vec<Jwk>,
}

/// Public key as a JWK (RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Jwk {
    /// Type of the key; always `OKP`.
    pub kty: &'static str,
    /// Curve of the key; always `Ed25519`.
    pub crv: &'static str,
    /// Public key, 32 bytes in base64url.
    pub x: String,
    /// Version of the key, which a code names in its bytes 2 to 5.
    pub kid: String,
    /// Use of the key; always `sig`.
    #[serde(rename = "use")]
    pub purpose: &'static str,
    /// Algorithm; always `EdDSA`.
    pub alg: &'static str,
}

#[cfg(test)]
mod tests;
