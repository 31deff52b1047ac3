//! Why a BR Code was refused: one variant for each remedy.

use thiserror::Error;

/// Why a BR Code could not be read or made. Objects have the names of the manual: `62-05` is object 05
/// inside template 62.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BrCodeError {
    /// More than 512 characters.
    #[error("a BR Code has at most 512 characters; send only the code")]
    TooLong,
    /// A character outside printable ASCII.
    #[error("a BR Code has only printable ASCII; copy it again without line breaks or accents")]
    WrongCharacters,
    /// An identifier or a length that is not two digits, or a value cut short.
    #[error("the BR Code is incomplete or damaged; copy the whole code again")]
    Malformed,
    /// The last four characters do not match the rest.
    #[error("the checksum does not match: the BR Code was changed or cut; copy it again")]
    WrongChecksum,
    /// A required object is missing.
    #[error("object {id} of the BR Code is missing; ask the issuer for a new code")]
    Missing {
        /// The object.
        id: &'static str,
    },
    /// The same object more than once.
    #[error("object {id} of the BR Code appears twice; ask the issuer for a new code")]
    Repeated {
        /// The object.
        id: String,
    },
    /// The value or the position of an object breaks its rule.
    #[error("object {id} of the BR Code is wrong, because {rule}; ask the issuer for a new code")]
    WrongObject {
        /// The object.
        id: &'static str,
        /// The rule, as a clause.
        rule: &'static str,
    },
    /// No template between 26 and 51 is a Pix template.
    #[error("the BR Code is not a Pix code: no template 26 to 51 has br.gov.bcb.pix")]
    NotPix,
    /// The Pix template has neither a key nor a location, or has both.
    #[error("a Pix code has either a key or a location, unless it is only an authorisation")]
    WrongArrangement,
    /// The Pix key is empty, too long or not visible ASCII.
    #[error("a Pix key has 1 to 77 visible ASCII characters")]
    WrongKey,
    /// The location is not a host and a path, has a scheme, or is too long.
    #[error(
        "a location is a host and a path without https://, such as pix.example.com/v2/1, with at \
         most 77 characters"
    )]
    WrongLocation,
    /// The amount is malformed, zero, or longer than 13 characters.
    #[error("an amount is 0.01 to 9999999999.99, with a dot and at most two decimals")]
    WrongAmount,
    /// The name has no ASCII character, or more than 25.
    #[error("the merchant's name has 1 to 25 characters, some of them printable in ASCII")]
    WrongMerchantName,
    /// The city has no ASCII character, or more than 15.
    #[error("the merchant's city has 1 to 15 characters, some of them printable in ASCII")]
    WrongMerchantCity,
}
