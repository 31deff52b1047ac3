//! The text of an API key:
//! `trl_<sandbox|live>_<12-character id>_<77 characters><6-character CRC-32>`.
//!
//! Because of the prefix and the checksum, secret scanners find leaked keys, and the gate refuses a
//! mistyped key without I/O. The 77 characters are the account and user (22 each, see `hint`), then
//! 33 random ones: 196 bits.

use std::fmt;

use crc::{CRC_32_ISO_HDLC, Crc};
use domain::access::KeyId;
use domain::account::Stage;
use domain::kernel::{AccountId, Id, Moment, UserId};
use zeroize::Zeroizing;

use crate::hint;

const SECRET_LENGTH: usize = 33;
const CHECKSUM_LENGTH: usize = 6;
const TAIL_LENGTH: usize = 2 * hint::HINT_LENGTH + SECRET_LENGTH + CHECKSUM_LENGTH;
const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);

/// A key as a caller presents it. It is well formed, but nothing else is checked.
pub struct PresentedKey {
    /// Stage of the deployment that made the key.
    pub stage: Stage,
    /// Id of the key.
    pub id: KeyId,
    /// Account in the text, not yet proved.
    pub account_id: AccountId,
    /// User in the text, not yet proved.
    pub user_id: UserId,
    text: Zeroizing<String>,
}

impl PresentedKey {
    /// Reads a key. Returns `None` if form or checksum is wrong.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('_');
        let ("trl", stage, id, tail) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?)
        else {
            return None;
        };
        let stage = Stage::parse(stage)?;
        let id = KeyId::from_bare(id)?;
        let alphanumeric = tail.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if parts.next().is_some() || tail.len() != TAIL_LENGTH || !alphanumeric {
            return None;
        }
        let (covered, checksum) = text.split_at(text.len() - CHECKSUM_LENGTH);
        if checksum != self::checksum(covered) {
            return None;
        }
        let account_id = AccountId::from_ulid(hint::read(tail.get(..hint::HINT_LENGTH)?)?);
        let user_id =
            UserId::from_ulid(hint::read(tail.get(hint::HINT_LENGTH..2 * hint::HINT_LENGTH)?)?);
        Some(Self { stage, id, account_id, user_id, text: Zeroizing::new(text.to_owned()) })
    }

    /// Returns the whole text, for hashing.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for PresentedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PresentedKey({})", self.id)
    }
}

/// A new key: its id, and the text that is shown once.
pub struct MintedKey {
    /// Id of the key.
    pub id: KeyId,
    /// Text of the key. Only its hash is stored.
    pub text: Zeroizing<String>,
}

/// Makes a key for a user of an account.
pub fn mint_api_key(
    stage: Stage,
    account_id: AccountId,
    user_id: UserId,
    moment: &Moment,
) -> MintedKey {
    mint_secret(stage, KeyId::mint(moment), account_id, user_id, moment)
}

/// Makes a new secret for an existing key, for a rotation.
pub fn mint_secret(
    stage: Stage,
    id: KeyId,
    account_id: AccountId,
    user_id: UserId,
    moment: &Moment,
) -> MintedKey {
    let mut text = format!(
        "trl_{}_{}_{}{}{}",
        stage.as_str(),
        id.bare(),
        hint::write(account_id.ulid()),
        hint::write(user_id.ulid()),
        moment.base62(SECRET_LENGTH),
    );
    let checksum = checksum(&text);
    text.push_str(&checksum);
    MintedKey { id, text: Zeroizing::new(text) }
}

fn checksum(covered: &str) -> String {
    format!("{:0>6}", base62::encode(CRC.checksum(covered.as_bytes())))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use domain::kernel::Entropy;
    use jiff::Timestamp;
    use proptest::prelude::*;
    use ulid::Ulid;

    use super::*;

    struct Seeded(u8);

    impl Entropy for Seeded {
        fn fill(&self, bytes: &mut [u8]) {
            for (index, byte) in bytes.iter_mut().enumerate() {
                *byte = self.0.wrapping_add(u8::try_from(index % 251).expect("below 251"));
            }
        }
    }

    fn key(seed: u8) -> String {
        let moment = Moment::new(Timestamp::UNIX_EPOCH, Arc::new(Seeded(seed)));
        let account_id = AccountId::from_ulid(Ulid::from_parts(1, u128::from(seed)));
        let user_id = UserId::from_ulid(Ulid::from_parts(u64::from(seed), u128::MAX >> 48));
        let minted = mint_api_key(Stage::Sandbox, account_id, user_id, &moment);
        let presented = PresentedKey::parse(&minted.text).expect("own form");
        assert_eq!(
            (presented.id, presented.account_id, presented.user_id),
            (minted.id, account_id, user_id)
        );
        minted.text.to_string()
    }

    #[test]
    fn a_key_has_the_published_form() {
        let text = key(9);
        let parts: Vec<_> = text.split('_').collect();
        assert_eq!(
            (parts[0], parts[1], parts[2].len(), parts[3].len()),
            ("trl", "sandbox", 12, 83)
        );
    }

    proptest! {
        #[test]
        fn one_changed_character_is_refused(seed: u8, index in 0_usize..108, by in 1_u8..127) {
            let mut bytes = key(seed).into_bytes();
            let index = index % bytes.len();
            bytes[index] = (bytes[index] + by) % 128;
            let changed = String::from_utf8(bytes).expect("ASCII");
            prop_assert!(PresentedKey::parse(&changed).is_none());
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*") {
            let _ = PresentedKey::parse(&text);
            let _ = PresentedKey::parse(&format!("trl_live_000000000000_{text}"));
        }
    }

    #[test]
    fn a_truncated_key_is_refused() {
        let text = key(3);
        for length in 0..text.len() {
            assert!(PresentedKey::parse(&text[..length]).is_none());
        }
        assert!(PresentedKey::parse(&format!("{text}0")).is_none());
    }
}
