//! Why a Pix key was refused.

use thiserror::Error;

use super::kind::PixKeyKind;
use crate::document::DocumentError;

/// Why a key was refused. No message repeats the key, which may be personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PixKeyError {
    /// The caller gave no kind, and the text has the form of none.
    #[error(
        "not a Pix key; send a CPF, a CNPJ, a mobile phone with +55, an e-mail address or a random \
         key, without other text"
    )]
    UnknownForm,
    /// Too few or too many characters.
    #[error("{} has {}; send all characters and no others", kind.name(), kind.shape())]
    WrongLength {
        /// Expected kind.
        kind: PixKeyKind,
    },
    /// A character that the key cannot have, or one in the wrong place.
    #[error("{} has {}; remove all other characters", kind.name(), kind.shape())]
    WrongCharacters {
        /// Expected kind.
        kind: PixKeyKind,
    },
    /// The check digits of a CPF or CNPJ do not follow from its other characters.
    #[error("the check digits do not make it {}; check for a typing mistake", kind.name())]
    WrongCheckDigits {
        /// Expected kind.
        kind: PixKeyKind,
    },
    /// All digits of a CPF or CNPJ are the same. It passes the sum, but is never issued.
    #[error("all digits of {} are the same; send the real number", kind.name())]
    RepeatedDigits {
        /// Expected kind.
        kind: PixKeyKind,
    },
    /// The area code does not exist in Brazil.
    #[error("the area code of the phone does not exist in Brazil; check its two digits")]
    UnknownAreaCode,
    /// A landline, or a mobile phone without its ninth digit.
    #[error(
        "a phone key is a mobile number: 9 digits after the area code, the first of them 9; use \
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
