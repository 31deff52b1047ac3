//! Pix keys: they replace a bank, a branch and an account number.

mod email;
mod error;
mod kind;
mod phone;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::document::{Cnpj, Cpf, Document};

pub use error::PixKeyError;
pub use kind::PixKeyKind;

/// Number of characters of a random key, hyphens included.
const EVP_LENGTH: usize = 36;
/// Positions of its hyphens.
const EVP_HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// A Pix key in the form of the directory. Serialised as
/// `{"type":"email","key":"maria@example.com"}`; deserialising calls [`PixKey::parse`].
///
/// A valid key may not exist; only the directory can tell. `Debug` shows [`PixKey::masked`] and there
/// is no `Display`, because most keys are personal data. Only [`PixKey::as_str`] shows them.
///
/// Source: BCB, API DICT (`bacen/pix-dict-api` 1.8.0, table of the key types; e-mail as of 2.6.0)
/// and Manual Operacional do DICT 8.5, which widens the CNPJ to letters.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "StoredPixKey", into = "StoredPixKey")]
pub struct PixKey(Form);

#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Form {
    Cpf(Cpf),
    Cnpj(Cnpj),
    Phone(String),
    Email(String),
    Evp(String),
}

impl PixKey {
    /// Parses a key of this kind in any usual form; spaces around it are removed.
    ///
    /// # Errors
    /// Every variant of [`PixKeyError`] except [`PixKeyError::UnknownForm`].
    pub fn parse(kind: PixKeyKind, text: &str) -> Result<Self, PixKeyError> {
        let text = text.trim();
        let of_document = |error| PixKeyError::of_document(kind, error);
        let form = match kind {
            PixKeyKind::Cpf => Form::Cpf(Cpf::parse(text).map_err(of_document)?),
            PixKeyKind::Cnpj => Form::Cnpj(Cnpj::parse(text).map_err(of_document)?),
            PixKeyKind::Phone => Form::Phone(phone::parse(text)?),
            PixKeyKind::Email => Form::Email(email::parse(text)?),
            PixKeyKind::Evp => Form::Evp(parse_evp(text)?),
        };
        Ok(Self(form))
    }

    /// Parses a key and infers its kind.
    ///
    /// Eleven bare digits may be a CPF and a phone at once. They are a CPF if the check digits are
    /// right, and a phone if written with `+55`, `0055` or parentheses. A caller with the kind uses
    /// [`PixKey::parse`].
    ///
    /// # Errors
    /// Every variant of [`PixKeyError`].
    pub fn detect(text: &str) -> Result<Self, PixKeyError> {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let is_made_of = |extra: &str| {
            text.chars().all(|character| character.is_ascii_digit() || extra.contains(character))
        };
        if text.contains('@') {
            Self::parse(PixKeyKind::Email, text)
        } else if text.len() == EVP_LENGTH && text.matches('-').count() == EVP_HYPHENS.len() {
            Self::parse(PixKeyKind::Evp, text)
        } else if phone::is_written_as_one(text) {
            Self::parse(PixKeyKind::Phone, text)
        } else if digits == 11 && is_made_of(".-") {
            let as_cpf = Self::parse(PixKeyKind::Cpf, text);
            as_cpf.or_else(|error| Self::parse(PixKeyKind::Phone, text).map_err(|_| error))
        } else if looks_like_cnpj(text) {
            Self::parse(PixKeyKind::Cnpj, text)
        } else if digits >= 10 && is_made_of(" -") {
            Self::parse(PixKeyKind::Phone, text)
        } else {
            Err(PixKeyError::UnknownForm)
        }
    }

    /// Returns a random key of 16 random bytes: a UUID of version 4, so six of its bits are fixed.
    pub fn evp(bytes: [u8; 16]) -> Self {
        const VERSION: u128 = 0xf << 76;
        const VARIANT: u128 = 0x3 << 62;
        let random = u128::from_be_bytes(bytes) & !VERSION & !VARIANT;
        let digits = format!("{:032x}", random | 0x4 << 76 | 0x2 << 62);
        let groups =
            [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        Self(Form::Evp(groups.join("-")))
    }

    /// Returns the kind.
    pub fn kind(&self) -> PixKeyKind {
        match self.0 {
            Form::Cpf(_) => PixKeyKind::Cpf,
            Form::Cnpj(_) => PixKeyKind::Cnpj,
            Form::Phone(_) => PixKeyKind::Phone,
            Form::Email(_) => PixKeyKind::Email,
            Form::Evp(_) => PixKeyKind::Evp,
        }
    }

    /// Returns the key in the form of the directory: a CPF or CNPJ without punctuation, a phone as
    /// `+5511987654321`, an e-mail address or a random key in lower case.
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Form::Cpf(cpf) => cpf.as_str(),
            Form::Cnpj(cnpj) => cnpj.as_str(),
            Form::Phone(text) | Form::Email(text) | Form::Evp(text) => text,
        }
    }

    /// Returns the document that the key is. Returns `None` for every other kind.
    pub fn document(&self) -> Option<Document> {
        match &self.0 {
            Form::Cpf(cpf) => Some(Document::Cpf(cpf.clone())),
            Form::Cnpj(cnpj) => Some(Document::Cnpj(cnpj.clone())),
            Form::Phone(_) | Form::Email(_) | Form::Evp(_) => None,
        }
    }

    /// Returns the form for screens and logs: `***.456.789-**`, `+55 ** *****-4321`,
    /// `m***@example.com`. A CNPJ is public and a random key reveals nothing, so neither is masked.
    pub fn masked(&self) -> String {
        match &self.0 {
            Form::Cpf(cpf) => cpf.masked(),
            Form::Cnpj(cnpj) => cnpj.masked(),
            Form::Phone(text) => phone::masked(text),
            Form::Email(text) => email::masked(text),
            Form::Evp(text) => text.clone(),
        }
    }
}

impl fmt::Debug for PixKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PixKey({} {})", self.kind(), self.masked())
    }
}

/// A key in JSON. It has no `Debug`, because it is not masked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredPixKey {
    #[serde(rename = "type")]
    kind: PixKeyKind,
    key: String,
}

impl TryFrom<StoredPixKey> for PixKey {
    type Error = PixKeyError;

    fn try_from(stored: StoredPixKey) -> Result<Self, PixKeyError> {
        Self::parse(stored.kind, &stored.key)
    }
}

impl From<PixKey> for StoredPixKey {
    fn from(key: PixKey) -> Self {
        Self { kind: key.kind(), key: key.as_str().to_owned() }
    }
}

/// Returns true for fourteen letters and digits that end with a digit, with or without the punctuation
/// of a CNPJ.
///
/// No phone key has fourteen digits, because `0055` precedes eleven.
fn looks_like_cnpj(text: &str) -> bool {
    let is_part = |character: char| character.is_ascii_alphanumeric() || "./-".contains(character);
    text.chars().all(is_part)
        && text.bytes().filter(u8::is_ascii_alphanumeric).count() == 14
        && text.ends_with(|last: char| last.is_ascii_digit())
}

/// Parses a random key of any UUID version, because the directory's own example is not of version 4.
fn parse_evp(text: &str) -> Result<String, PixKeyError> {
    let kind = PixKeyKind::Evp;
    if text.len() != EVP_LENGTH {
        return Err(PixKeyError::WrongLength { kind });
    }
    let fits = |(index, byte): (usize, u8)| match EVP_HYPHENS.contains(&index) {
        true => byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    match text.bytes().enumerate().all(fits) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err(PixKeyError::WrongCharacters { kind }),
    }
}
