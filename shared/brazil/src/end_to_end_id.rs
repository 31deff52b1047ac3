//! The end-to-end ids of Pix payments and returns.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The kind of an end-to-end id.
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

/// Why an end-to-end id was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EndToEndIdError {
    /// Not 32 ASCII characters.
    #[error("an end-to-end id has 32 letters and digits; send all of them without spaces")]
    WrongLength,
    /// The first character is not `E` or `D`.
    #[error("an end-to-end id starts with E for a payment or D for a return")]
    WrongPrefix,
    /// Characters 2 to 9 are not an ISPB.
    #[error("the ISPB, characters 2 to 9, has 8 digits or upper-case letters")]
    WrongIspb,
    /// Characters 10 to 21 are not a date and time.
    #[error("characters 10 to 21 must be a valid date and time in UTC, yyyyMMddHHmm")]
    WrongTimestamp,
    /// Characters 22 to 32 are not letters and digits.
    #[error("the suffix, characters 22 to 32, has 11 letters or digits")]
    WrongSuffix,
}

/// The id of a Pix payment or its return, 32 characters: a letter for the kind, the ISPB of the
/// institution that started it, the minute in UTC, and 11 characters that make it unique.
/// Case-sensitive. Serialised as a string.
///
/// Source: BCB, API Pix 2.9.0 (`bacen/pix-api`). The ISPB may have letters, because it is the root of
/// a CNPJ. The form of the id of a return follows the official examples.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndToEndId {
    text: String,
    kind: EndToEndIdKind,
    timestamp: Timestamp,
}

impl EndToEndId {
    /// Parses an id: `^[ED][0-9A-Z]{8}\d{12}[0-9A-Za-z]{11}$`, with a valid date and time.
    ///
    /// # Errors
    /// The [`EndToEndIdError`] of the wrong part.
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

    /// Returns the id of a payment or a return that `ispb` (8 characters) starts at `at`, without its
    /// seconds. The suffix is 11 ASCII letters and digits; the caller makes it unique within the
    /// minute.
    ///
    /// # Errors
    /// The [`EndToEndIdError`] of the wrong part.
    pub fn mint(
        kind: EndToEndIdKind,
        ispb: &str,
        at: Timestamp,
        suffix: &str,
    ) -> Result<Self, EndToEndIdError> {
        // Two wrong lengths could add up to 32, so each part has its own check.
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

    /// Returns the 32 characters.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the kind: payment or return.
    pub fn kind(&self) -> EndToEndIdKind {
        self.kind
    }

    /// Returns the ISPB of the institution that started the payment or the return, 8 characters.
    pub fn ispb(&self) -> &str {
        &self.text[1..9]
    }

    /// Returns its minute, in UTC. In São Paulo it may belong to the day before.
    pub fn timestamp(&self) -> Timestamp {
        self.timestamp
    }

    /// Returns the 11 characters that make it unique within the minute.
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

/// Parses 12 ASCII characters as `yyyyMMddHHmm` in UTC. Returns `None` if there is no such minute.
fn read_minute(digits: &str) -> Option<Timestamp> {
    // `parse` would also accept a sign, which is not a digit.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year = digits.get(..4)?.parse().ok()?;
    let pair = |start: usize| digits.get(start..start + 2)?.parse::<i8>().ok();
    let civil = DateTime::new(year, pair(4)?, pair(6)?, pair(8)?, pair(10)?, 0, 0).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}
