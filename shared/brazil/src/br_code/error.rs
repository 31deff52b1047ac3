//! Why a BR Code was refused, told apart so that a program can say what to do.

use thiserror::Error;

/// Why a BR Code could not be read or made. Objects are named as the manual does: `62-05` is object
/// 05 inside template 62.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum BrCodeError {
    /// More than 512 characters.
    #[error("a BR Code has at most 512 characters; send only the code")]
    TooLong,
    /// A character outside printable ASCII.
    #[error("a BR Code has only printable ASCII; copy it again, without line breaks or accents")]
    WrongCharacters,
    /// An identifier or a length that is not two digits, or a value cut short.
    #[error("the BR Code does not divide into objects; copy the whole of it again")]
    Malformed,
    /// The last four characters do not match the rest.
    #[error("the checksum does not match: the BR Code was changed or cut; copy it again")]
    WrongChecksum,
    /// An object that is not optional is not there.
    #[error("object {id} of the BR Code is missing; ask whoever made the code for another")]
    Missing {
        /// The object.
        id: &'static str,
    },
    /// The same object more than once.
    #[error("object {id} of the BR Code appears twice; ask whoever made the code for another")]
    Repeated {
        /// The object.
        id: String,
    },
    /// An object whose value or place breaks its rule.
    #[error("object {id} of the BR Code is wrong, {rule}; ask whoever made the code for another")]
    WrongObject {
        /// The object.
        id: &'static str,
        /// What it should be, as a clause.
        rule: &'static str,
    },
    /// No template between 26 and 51 is Pix's.
    #[error("the BR Code is of another arrangement: no template 26 to 51 says br.gov.bcb.pix")]
    NotPix,
    /// The Pix template says neither or more than one of the ways to pay.
    #[error("a Pix code has either a key or a location, unless it is only an authorisation")]
    WrongArrangement,
    /// The Pix key is empty, too long or not visible ASCII.
    #[error("a Pix key has 1 to 77 visible ASCII characters")]
    WrongKey,
    /// The location is not a host and a path, has a scheme, or is too long.
    #[error(
        "a location is a host and a path, as pix.example.com/v2/1, without https://, up to 77 \
             characters"
    )]
    WrongLocation,
    /// Nothing, or more than 13 characters can hold.
    #[error("an amount goes from 0.01 to 9999999999.99 with a dot and at most two decimals")]
    WrongAmount,
    /// Nothing is left of the name in ASCII, or it is longer than 25.
    #[error("the merchant's name has 1 to 25 characters, some of them printable in ASCII")]
    WrongMerchantName,
    /// Nothing is left of the city in ASCII, or it is longer than 15.
    #[error("the merchant's city has 1 to 15 characters, some of them printable in ASCII")]
    WrongMerchantCity,
}
