//! The token in the address of a payment page (docs/adr/0041).
//!
//! It names its charge, and an HMAC under the pepper proves that Trilho made it. So a wrong token costs no
//! read, and no other id of a charge leads to its page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::kernel::{ChargeId, Id};
use subtle::ConstantTimeEq;
use ulid::Ulid;

use crate::Peppers;

/// Purpose of the HMAC, so that no other value under the pepper is a token.
const PURPOSE: &str = "payment-page";
const ID_LENGTH: usize = 16;
const VERSION_LENGTH: usize = 4;
/// Bytes of the HMAC in a token: 128 bits, which cannot be guessed.
const PROOF_LENGTH: usize = 16;
/// Bytes of a token. They are a multiple of three, so each token has exactly one form in base64.
const TOKEN_LENGTH: usize = ID_LENGTH + VERSION_LENGTH + PROOF_LENGTH;

/// Form of a token, as a pattern.
pub const PAYMENT_TOKEN_PATTERN: &str = "^[0-9A-Za-z_-]{48}$";

/// A token of a payment page that a caller presents. Only [`Peppers::payment_page_charge`] says whether it
/// is genuine.
pub struct PaymentToken {
    charge_id: ChargeId,
    version: u32,
    proof: [u8; PROOF_LENGTH],
}

impl PaymentToken {
    /// Reads a token. Returns `None` if the text does not have the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; TOKEN_LENGTH] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (id, rest) = bytes.split_first_chunk::<ID_LENGTH>()?;
        let (version, proof) = rest.split_first_chunk::<VERSION_LENGTH>()?;
        Some(Self {
            charge_id: ChargeId::from_ulid(Ulid::from_bytes(*id)),
            version: u32::from_be_bytes(*version),
            proof: proof.try_into().ok()?,
        })
    }

    /// Returns the version of the pepper that the token names.
    pub fn version(&self) -> u32 {
        self.version
    }
}

impl Peppers {
    /// Returns the token of a charge's payment page under the current version of the pepper. Tokens of older
    /// versions still lead to the page.
    pub fn payment_token(&self, charge_id: ChargeId) -> String {
        let proof = self.payment_proof(self.current(), charge_id);
        let proof = proof.expect("the current version exists");
        let id = charge_id.ulid().to_bytes();
        URL_SAFE_NO_PAD.encode([&id[..], &self.current().to_be_bytes(), &proof].concat())
    }

    /// Returns the charge of a token. Returns `None` if the token is not genuine. Takes constant time.
    pub fn payment_page_charge(&self, token: &PaymentToken) -> Option<ChargeId> {
        let proof = self.payment_proof(token.version, token.charge_id)?;
        let is_genuine: bool = proof.ct_eq(&token.proof).into();
        is_genuine.then_some(token.charge_id)
    }

    /// Returns the proof of a charge. Returns `None` if the secret does not have this version.
    fn payment_proof(&self, version: u32, charge_id: ChargeId) -> Option<[u8; PROOF_LENGTH]> {
        let mac = self.mac(version, PURPOSE, &charge_id.ulid().to_bytes()).ok()?;
        mac.first_chunk().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peppers(current: u32) -> Peppers {
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        let text = format!(r#"{{"current":{current},"1":"{one}","2":"{two}"}}"#);
        Peppers::parse(&text).expect("well formed")
    }

    fn charge_of(peppers: &Peppers, text: &str) -> Option<ChargeId> {
        peppers.payment_page_charge(&PaymentToken::parse(text)?)
    }

    #[test]
    fn a_token_leads_to_its_charge_also_after_a_rotation() {
        let id = ChargeId::from_ulid(7.into());
        let token = peppers(1).payment_token(id);
        assert_eq!(token.len(), 48);
        assert_eq!(charge_of(&peppers(1), &token), Some(id));
        assert_eq!(charge_of(&peppers(2), &token), Some(id), "the secret keeps version 1");
        let rotated = peppers(2).payment_token(id);
        assert_ne!(rotated, token);
        assert_eq!(charge_of(&peppers(2), &rotated), Some(id));
    }

    #[test]
    fn every_changed_character_makes_a_token_useless() {
        let token = peppers(1).payment_token(ChargeId::from_ulid(7.into()));
        for index in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).expect("ASCII");
            assert_eq!(charge_of(&peppers(1), &changed), None, "{changed}");
        }
        for malformed in ["", "A", &token[1..], &format!("{token}A"), &format!("{token}=")] {
            assert!(PaymentToken::parse(malformed).is_none(), "{malformed}");
        }
    }

    #[test]
    fn a_version_that_the_secret_does_not_have_proves_nothing() {
        let (two, secret) = (peppers(2), format!(r#"{{"current":1,"1":"{}"}}"#, "1".repeat(64)));
        let token = two.payment_token(ChargeId::from_ulid(7.into()));
        let one = Peppers::parse(&secret).expect("well formed");
        assert_eq!(PaymentToken::parse(&token).map(|token| token.version()), Some(2));
        assert_eq!(charge_of(&one, &token), None);
    }
}
