//! Why a Pix key was refused.

use thiserror::Error;

use super::kind::PixKeyKind;
use crate::document::DocumentError;

/// Why a key was refused. No message repeats the key, which may be personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PixKeyError {
    /// No kind was given, and the text looks like none.
    #[error(
        "this looks like no Pix key; send a CPF, a CNPJ, a mobile phone with +55, an e-mail address \
         or a random key, with nothing around it"
    )]
    UnknownForm,
    /// Too few or too many characters.
    #[error("{} has {}; send all of it and nothing more", kind.name(), kind.shape())]
    WrongLength {
        /// The kind that was expected.
        kind: PixKeyKind,
    },
    /// A character that the key cannot hold, or one out of its place.
    #[error("{} has {}; take out what else there is", kind.name(), kind.shape())]
    WrongCharacters {
        /// The kind that was expected.
        kind: PixKeyKind,
    },
    /// The check digits of a CPF or CNPJ are not the ones the rest calls for.
    #[error("the last two digits do not make it {}; check for a typing mistake", kind.name())]
    WrongCheckDigits {
        /// The kind that was expected.
        kind: PixKeyKind,
    },
    /// A CPF or CNPJ of the same digit throughout, which passes the sum and is never issued.
    #[error("{} is never one digit repeated; send the real number", kind.name())]
    RepeatedDigits {
        /// The kind that was expected.
        kind: PixKeyKind,
    },
    /// Two digits that are no Brazilian area code.
    #[error("the area code of the phone is none of the 67 of Brazil; check its two digits")]
    UnknownAreaCode,
    /// A landline, or a mobile phone without its ninth digit.
    #[error(
        "a phone key is a mobile phone: 9 digits after the area code, of which the first is 9; send \
         another key for a landline"
    )]
    NotMobile,
}

impl PixKeyError {
    pub(super) fn of_document(kind: PixKeyKind, error: DocumentError) -> Self {
        match error {
            DocumentError::WrongLength { .. } => Self::WrongLength { kind },
            DocumentError::WrongCharacters { .. } => Self::WrongCharacters { kind },
            DocumentError::WrongCheckDigits { .. } => Self::WrongCheckDigits { kind },
            DocumentError::RepeatedDigits { .. } => Self::RepeatedDigits { kind },
        }
    }
}
