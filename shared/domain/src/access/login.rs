//! The login of a person in one account: password, second factor and invitation (docs/adr/0020).
use crate::kernel::{AccountId, Moment, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The key of a login: the first half of the SHA-256 of its e-mail address, in hexadecimal, so that
/// keys and tokens contain no address.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LoginKey(String);

impl LoginKey {
    /// Wraps 32 hexadecimal digits. Returns `None` if the text has another form.
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (hex.len() == 32 && digits).then(|| Self(hex.to_owned()))
    }

    /// Returns the 32 digits.
    pub fn as_hex(&self) -> &str {
        &self.0
    }
}

/// The second factor of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TwoFactor {
    /// TOTP secret, sealed under the pepper.
    pub sealed_secret: String,
    /// 30-second step of the last code used; only later codes are accepted. 0 before the first
    /// code.
    pub last_step: u64,
    /// argon2id hashes of the recovery codes; the hash of a used code is empty.
    pub recovery_hashes: Vec<String>,
}

/// The salt under which the passwords of all logins of an e-mail are hashed. So one slow hash compares
/// a password with every login of the e-mail, and the duration shows nothing of their number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginSalt {
    /// Key of the logins.
    pub key: LoginKey,
    /// Salt of 16 bytes, in hexadecimal.
    pub salt: String,
}

impl LoginSalt {
    /// Makes a salt.
    pub fn mint(key: LoginKey, moment: &Moment) -> Self {
        Self { key, salt: format!("{:032x}", u128::from_be_bytes(moment.bytes())) }
    }

    /// Returns the bytes of the salt. Returns `None` if the text has another form.
    pub fn bytes(&self) -> Option<[u8; 16]> {
        u128::from_str_radix(&self.salt, 16).ok().map(u128::to_be_bytes)
    }
}

/// An open invitation: of a person who has no password yet, or who lost it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Hexadecimal SHA-256 of the token.
    pub token_hash: String,
    /// Time from which the invitation is refused.
    pub expires_at: Timestamp,
}

/// The credentials with which a person logs in to one account. The same e-mail can have a login in
/// another account, with another password and another second factor.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Key of the login, made from the e-mail address.
    pub key: LoginKey,
    /// Account of the person.
    pub account_id: AccountId,
    /// User who logs in.
    pub user_id: UserId,
    /// Name of the user, for the audit trail.
    #[serde(default)]
    pub user_name: String,
    /// argon2id hash of the password as a PHC string; none until the person accepts the invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_hash: Option<String>,
    /// Second factor of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub two_factor: Option<TwoFactor>,
    /// Epoch of the sessions that this login opens; the same as in its user.
    #[serde(default)]
    pub session_epoch: u32,
    /// True if a log-in has compared the present password with the other logins of the e-mail. The
    /// first comparison of a password counts as a guess at them.
    #[serde(default)]
    pub is_compared: bool,
    /// Sealed TOTP secret that waits for its first code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_secret: Option<String>,
    /// Open invitation of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
    /// Number of changes so far.
    pub version: u64,
}

impl Login {
    /// Sets another password. It ends an open invitation, and an enrolment that is not confirmed: the
    /// person who knew the old password can have started it.
    pub fn set_password(&mut self, hash: String) {
        self.password_hash = Some(hash);
        self.is_compared = false;
        self.invitation = None;
        self.pending_secret = None;
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}
