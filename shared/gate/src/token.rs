//! Tokens of sessions and invitations: the keys of the rows, an id, then 43 random letters and digits
//! (256 bits). Only the SHA-256 of a token is stored.

use std::fmt;

use domain::access::LoginKey;
use domain::kernel::{AccountId, Id, Moment, SessionId, UserId};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use ulid::Ulid;
use zeroize::Zeroizing;

use crate::hint;

const SECRET_LENGTH: usize = 43;
const TOKEN_LENGTH: usize = 1 + 4 * hint::HINT_LENGTH + SECRET_LENGTH;
/// Length of a [`LoginKey`].
const LOGIN_DIGEST_HEX: usize = 32;

/// The purpose of a token, which is its first letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// `s`
    Session,
    /// `i`
    Invitation,
}

impl TokenKind {
    const fn letter(self) -> &'static str {
        match self {
            Self::Session => "s",
            Self::Invitation => "i",
        }
    }
}

/// A token. It is well formed, but nothing else is checked.
pub struct Token {
    /// Account in the text, not yet proved.
    pub account_id: AccountId,
    /// User in the text, not yet proved.
    pub user_id: UserId,
    /// Login in the text, not yet proved.
    pub login_key: LoginKey,
    /// Id of the session in the text, not yet proved. An invitation has one too and does not use it.
    pub session_id: SessionId,
    text: Zeroizing<String>,
}

impl Token {
    /// Makes a token.
    pub fn mint(
        kind: TokenKind,
        account_id: AccountId,
        user_id: UserId,
        login_key: &LoginKey,
        moment: &Moment,
    ) -> Self {
        let login = u128::from_str_radix(login_key.as_hex(), 16)
            .expect("a login key is 32 hexadecimal digits");
        let session_id = SessionId::mint(moment);
        let text = format!(
            "{}{}{}{}{}{}",
            kind.letter(),
            hint::write(account_id.ulid()),
            hint::write(user_id.ulid()),
            hint::write(Ulid::from(login)),
            hint::write(session_id.ulid()),
            moment.base62(SECRET_LENGTH),
        );
        let (login_key, text) = (login_key.clone(), Zeroizing::new(text));
        Self { account_id, user_id, login_key, session_id, text }
    }

    /// Reads a token of this kind. Returns `None` if the form is wrong.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        if text.len() != TOKEN_LENGTH || !text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        let rest = text.strip_prefix(kind.letter())?;
        let hint = |index: usize| {
            hint::read(rest.get(index * hint::HINT_LENGTH..(index + 1) * hint::HINT_LENGTH)?)
        };
        let login = format!("{:032x}", u128::from(hint(2)?));
        Some(Self {
            account_id: AccountId::from_ulid(hint(0)?),
            user_id: UserId::from_ulid(hint(1)?),
            login_key: LoginKey::from_hex(&login)?,
            session_id: SessionId::from_ulid(hint(3)?),
            text: Zeroizing::new(text.to_owned()),
        })
    }

    /// Returns the text, which is shown once.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// Returns the hash that is stored.
    pub fn hash(&self) -> String {
        sha256_hex(self.text.as_bytes())
    }

    /// Returns true if `hash` is the hash of this token. Takes constant time.
    pub fn matches(&self, hash: &str) -> bool {
        self.hash().as_bytes().ct_eq(hash.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.user_id)
    }
}

/// Returns the SHA-256 in hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        hex.push_str(&format!("{byte:02x}"));
        hex
    })
}

/// Returns the key of the login of an e-mail; upper and lower case are equal.
pub fn login_key(email: &str) -> LoginKey {
    let hex = sha256_hex(email.trim().to_lowercase().as_bytes());
    LoginKey::from_hex(&hex[..LOGIN_DIGEST_HEX]).expect("SHA-256 in hexadecimal has 64 digits")
}
