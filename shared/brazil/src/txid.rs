//! The txid: the id that the recipient of a Pix gives a charge.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a txid was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TxidError {
    /// The txid of a charge has the wrong length.
    #[error("the txid of a charge has 26 to 35 characters")]
    WrongLength,
    /// The txid of a static code has the wrong length.
    #[error("the txid of a static code has 1 to 25 characters, or is *** for none")]
    WrongStaticLength,
    /// A character other than an ASCII letter or digit.
    #[error(
        "a txid has only letters A to Z and a to z and digits; remove hyphens, spaces and accents"
    )]
    WrongCharacters,
}

/// The txid of a dynamic charge: `^[a-zA-Z0-9]{26,35}$`, case-sensitive. Serialised as a string.
///
/// Source: BCB, API Pix 2.9.0 (`bacen/pix-api`, `openapi.yaml`), `cob` and `cobv`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Txid(String);

impl Txid {
    /// Parses a txid and keeps its case.
    ///
    /// # Errors
    /// [`TxidError::WrongCharacters`] and [`TxidError::WrongLength`].
    pub fn parse(text: &str) -> Result<Self, TxidError> {
        check_characters(text)?;
        if !(26..=35).contains(&text.len()) {
            return Err(TxidError::WrongLength);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the 26 to 35 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Txid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Txid {
    type Error = TxidError;

    fn try_from(text: String) -> Result<Self, TxidError> {
        Self::parse(&text)
    }
}

impl From<Txid> for String {
    fn from(txid: Txid) -> Self {
        txid.0
    }
}

/// The txid inside a BR Code, object 62-05: 1 to 25 ASCII letters and digits, or `***` for none.
///
/// A dynamic code has `***`, because its charge is at the location.
/// Source: BCB, Manual do BR Code 2.0.1; `bacen/pix-api` issue 212.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StaticTxid(String);

impl StaticTxid {
    /// Returns `***`, which means no txid.
    pub fn none() -> Self {
        Self("***".to_owned())
    }

    /// Parses a txid and keeps its case.
    ///
    /// # Errors
    /// [`TxidError::WrongCharacters`] and [`TxidError::WrongStaticLength`].
    pub fn parse(text: &str) -> Result<Self, TxidError> {
        if text == "***" {
            return Ok(Self::none());
        }
        check_characters(text)?;
        if !(1..=25).contains(&text.len()) {
            return Err(TxidError::WrongStaticLength);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the 1 to 25 characters, or `***`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn check_characters(text: &str) -> Result<(), TxidError> {
    match text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err(TxidError::WrongCharacters),
    }
}
