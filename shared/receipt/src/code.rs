//! The code of a receipt: which transaction, in which state, a digest of the claims, and a signature.
//!
//! The bytes are: version 1, key version (4), kind (1), state (1), account (16), transaction (16), time of
//! the state in milliseconds (8), returned cents (8), SHA-256 of the claims (32), Ed25519 signature over all
//! of these (64). Numbers are big-endian. The text is base64url without padding. There is no personal data in
//! it, because it is part of a URL.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::kernel::{AccountId, ChargeId, Id, PayoutId, RefundId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use ulid::Ulid;

use crate::code_error::CodeError;
use crate::keys::{ReceiptKeys, SIGNATURE_LENGTH};
use crate::receipt::{Receipt, ReceiptState};
use crate::subject::ReceiptSubject;

/// Version of the form of a code.
const VERSION: u8 = 1;
const DIGEST_LENGTH: usize = 32;
/// Length of everything that is signed.
const SIGNED_LENGTH: usize = 1 + 4 + 1 + 1 + 16 + 16 + 8 + 8 + DIGEST_LENGTH;
/// Characters of a code.
const TEXT_LENGTH: usize = (SIGNED_LENGTH + SIGNATURE_LENGTH).div_ceil(3) * 4 - 2;

/// The content of a code without its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptCode {
    /// Version of the key that signed it.
    pub key_version: u32,
    /// The transaction.
    pub transaction: ReceiptSubject,
    /// Account of the transaction.
    pub account_id: AccountId,
    /// State of the transaction when the receipt was issued.
    pub state: ReceiptState,
    /// Time since which it had the state.
    pub state_at: Timestamp,
    /// Total that had come back, in cents.
    pub returned_amount_cents: u64,
    digest: [u8; DIGEST_LENGTH],
}

impl ReceiptCode {
    pub(crate) fn of(receipt: &Receipt, key_version: u32) -> Self {
        Self {
            key_version,
            transaction: receipt.transaction,
            account_id: receipt.account_id,
            state: receipt.state,
            state_at: receipt.state_at,
            returned_amount_cents: receipt.returned_amount_cents,
            digest: digest(receipt),
        }
    }

    pub(crate) fn sign(&self, keys: &ReceiptKeys) -> String {
        let mut bytes = self.signed();
        let signature = keys.sign(&bytes);
        bytes.extend(signature);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Returns the version of the key that the text names, without any check of the signature.
    pub fn key_version(text: &str) -> Option<u32> {
        decode(text).and_then(|bytes| read(&bytes)).map(|code| code.key_version)
    }

    /// Reads a code and checks its signature.
    ///
    /// # Errors
    /// Every variant of [`CodeError`]. Nothing of a code is believed before its signature is checked.
    pub fn verify(text: &str, keys: &ReceiptKeys) -> Result<Self, CodeError> {
        let bytes = decode(text).ok_or(CodeError::Form)?;
        let code = read(&bytes).ok_or(CodeError::Form)?;
        let (signed, signature) = bytes.split_at(SIGNED_LENGTH);
        keys.verify(code.key_version, signed, signature)?;
        Ok(code)
    }

    /// Returns true if the claims of this receipt are those that were signed.
    pub fn covers(&self, receipt: &Receipt) -> bool {
        digest(receipt) == self.digest
    }

    fn signed(&self) -> Vec<u8> {
        let (kind, id) = match self.transaction {
            ReceiptSubject::Payout(id) => (1, id.ulid()),
            ReceiptSubject::Charge(id) => (2, id.ulid()),
            ReceiptSubject::Refund(id) => (3, id.ulid()),
        };
        let state = ReceiptState::ALL.iter().position(|state| *state == self.state);
        let state = state.and_then(|index| u8::try_from(index).ok()).unwrap_or(u8::MAX);
        let mut bytes = vec![VERSION];
        bytes.extend(self.key_version.to_be_bytes());
        bytes.extend([kind, state]);
        bytes.extend(u128::from(self.account_id.ulid()).to_be_bytes());
        bytes.extend(u128::from(id).to_be_bytes());
        bytes.extend(self.state_at.as_millisecond().to_be_bytes());
        bytes.extend(self.returned_amount_cents.to_be_bytes());
        bytes.extend(self.digest);
        bytes
    }
}

fn digest(receipt: &Receipt) -> [u8; DIGEST_LENGTH] {
    Sha256::digest(receipt.claims().as_bytes()).into()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    // The length is checked first, so that a long text costs nothing.
    (text.len() == TEXT_LENGTH).then(|| URL_SAFE_NO_PAD.decode(text).ok()).flatten()
}

fn read(bytes: &[u8]) -> Option<ReceiptCode> {
    let (version, rest) = take::<1>(bytes)?;
    let (key_version, rest) = take::<4>(rest)?;
    let ([kind, state], rest) = take::<2>(rest)?;
    let (account, rest) = take::<16>(rest)?;
    let (id, rest) = take::<16>(rest)?;
    let (state_at, rest) = take::<8>(rest)?;
    let (returned, rest) = take::<8>(rest)?;
    let (digest, _) = take::<DIGEST_LENGTH>(rest)?;
    let id = Ulid::from(u128::from_be_bytes(id));
    let transaction = match kind {
        1 => ReceiptSubject::Payout(PayoutId::from_ulid(id)),
        2 => ReceiptSubject::Charge(ChargeId::from_ulid(id)),
        3 => ReceiptSubject::Refund(RefundId::from_ulid(id)),
        _ => return None,
    };
    Some(ReceiptCode {
        key_version: (version == [VERSION]).then(|| u32::from_be_bytes(key_version))?,
        transaction,
        account_id: AccountId::from_ulid(Ulid::from(u128::from_be_bytes(account))),
        state: *ReceiptState::ALL.get(usize::from(state))?,
        state_at: Timestamp::from_millisecond(i64::from_be_bytes(state_at)).ok()?,
        returned_amount_cents: u64::from_be_bytes(returned),
        digest,
    })
}

fn take<const LENGTH: usize>(bytes: &[u8]) -> Option<([u8; LENGTH], &[u8])> {
    let (first, rest) = bytes.split_first_chunk::<LENGTH>()?;
    Some((*first, rest))
}

#[cfg(test)]
mod tests;
