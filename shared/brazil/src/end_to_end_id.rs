//! The identifiers that the Pix settlement system gives a payment and a return.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EndToEndIdKind {
    /// A payment: the EndToEndId, which starts with `E`.
    Payment,
    /// The return of a payment: the RtrId, which starts with `D`.
    Return,
}

impl EndToEndIdKind {
    const fn prefix(self) -> char {
        match self {
            Self::Payment => 'E',
            Self::Return => 'D',
        }
    }
}

/// Why an identifier was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EndToEndIdError {
    /// Not 32 ASCII characters.
    #[error("an end-to-end identifier has 32 letters and digits; send it whole, without spaces")]
    WrongLength,
    /// The first character is not `E` or `D`.
    #[error("an end-to-end identifier starts with E for a payment or D for a return")]
    WrongPrefix,
    /// Characters 2 to 9 are not an ISPB.
    #[error("the ISPB, characters 2 to 9, has 8 digits or upper-case letters")]
    WrongIspb,
    /// Characters 10 to 21 are not a moment.
    #[error("characters 10 to 21 are a date and time that exist, in UTC, as yyyyMMddHHmm")]
    WrongTimestamp,
    /// Characters 22 to 32 are not letters and digits.
    #[error("the suffix, characters 22 to 32, has 11 letters or digits")]
    WrongSuffix,
}

/// The 32 characters that name a Pix payment or its return: a letter for the kind, the ISPB of who
/// started it, the minute in UTC, and 11 characters that make it unique. Case-sensitive.
/// Serialised as a string.
///
/// Source: BCB, API Pix 2.9.0 (`bacen/pix-api`). The ISPB may hold letters, because it is the root
/// of a CNPJ. The form of the return's identifier is inferred from the official examples.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndToEndId {
    text: String,
    kind: EndToEndIdKind,
    timestamp: Timestamp,
}

impl EndToEndId {
    /// Reads an identifier: `^[ED][0-9A-Z]{8}\d{12}[0-9A-Za-z]{11}$`, with a minute that exists.
    ///
    /// # Errors
    /// The [`EndToEndIdError`] that names the part that is wrong.
    pub fn parse(text: &str) -> Result<Self, EndToEndIdError> {
        if text.len() != 32 || !text.is_ascii() {
            return Err(EndToEndIdError::WrongLength);
        }
        let kind = match text.chars().next() {
            Some('E') => EndToEndIdKind::Payment,
            Some('D') => EndToEndIdKind::Return,
            _ => return Err(EndToEndIdError::WrongPrefix),
        };
        let (ispb, minute, suffix) = (&text[1..9], &text[9..21], &text[21..]);
        if !ispb.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()) {
            return Err(EndToEndIdError::WrongIspb);
        }
        let timestamp = read_minute(minute).ok_or(EndToEndIdError::WrongTimestamp)?;
        if !suffix.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(EndToEndIdError::WrongSuffix);
        }
        Ok(Self { text: text.to_owned(), kind, timestamp })
    }

    /// Makes the identifier of a payment or a return started by `ispb` (8 characters) at `at`,
    /// whose seconds are dropped. The suffix is 11 ASCII letters and digits that the caller keeps
    /// unique within the minute.
    ///
    /// # Errors
    /// The [`EndToEndIdError`] that names the part that is wrong.
    pub fn mint(
        kind: EndToEndIdKind,
        ispb: &str,
        at: Timestamp,
        suffix: &str,
    ) -> Result<Self, EndToEndIdError> {
        // Two wrong lengths could add up to 32, so each part is measured on its own.
        if ispb.len() != 8 {
            return Err(EndToEndIdError::WrongIspb);
        }
        if suffix.len() != 11 {
            return Err(EndToEndIdError::WrongSuffix);
        }
        let utc = TimeZone::UTC.to_datetime(at);
        let date = format!("{:04}{:02}{:02}", utc.year(), utc.month(), utc.day());
        let (prefix, hour, minute) = (kind.prefix(), utc.hour(), utc.minute());
        Self::parse(&format!("{prefix}{ispb}{date}{hour:02}{minute:02}{suffix}"))
    }

    /// The 32 characters.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it names a payment or a return.
    pub fn kind(&self) -> EndToEndIdKind {
        self.kind
    }

    /// The ISPB, 8 characters, of the institution that started the payment or the return.
    pub fn ispb(&self) -> &str {
        &self.text[1..9]
    }

    /// The minute it carries. In São Paulo it may belong to the day before.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// The 11 characters that tell it from others of the same minute.
    pub fn suffix(&self) -> &str {
        &self.text[21..]
    }
}

impl fmt::Display for EndToEndId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for EndToEndId {
    type Error = EndToEndIdError;

    fn try_from(text: String) -> Result<Self, EndToEndIdError> {
        Self::parse(&text)
    }
}

impl From<EndToEndId> for String {
    fn from(id: EndToEndId) -> Self {
        id.text
    }
}

/// Reads 12 ASCII characters as `yyyyMMddHHmm` in UTC, or says that no such minute exists.
fn read_minute(digits: &str) -> Option<Timestamp> {
    // Reading a number would also take a sign, which is not a digit.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = digits.get(..4)?.parse().ok()?;
    let pair = |start: usize| digits.get(start..start + 2)?.parse::<i8>().ok();
    let civil = DateTime::new(year, pair(4)?, pair(6)?, pair(8)?, pair(10)?, 0, 0).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}
