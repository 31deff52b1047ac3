//! The kinds of Pix keys.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of a Pix key. Serialised in lower case: `cpf`, `cnpj`, `phone`, `email`, `evp`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "PixKeyType", description = "Type of a Pix key.")]
pub enum PixKeyKind {
    /// A natural person's tax number.
    Cpf,
    /// A company's tax number.
    Cnpj,
    /// A Brazilian mobile phone.
    Phone,
    /// An e-mail address.
    Email,
    /// A random key that the directory issues: "endereço virtual de pagamento".
    Evp,
}

impl PixKeyKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Cpf, Self::Cnpj, Self::Phone, Self::Email, Self::Evp];

    /// Returns the serialised word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cpf => "cpf",
            Self::Cnpj => "cnpj",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Evp => "evp",
        }
    }

    /// Returns the name for error messages.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Cpf => "a CPF",
            Self::Cnpj => "a CNPJ",
            Self::Phone => "a phone key",
            Self::Email => "an e-mail key",
            Self::Evp => "a random key",
        }
    }

    /// Returns the characters of such a key, for error messages.
    pub(super) const fn shape(self) -> &'static str {
        match self {
            Self::Cpf => "11 digits",
            Self::Cnpj => "12 letters or digits and then 2 check digits",
            Self::Phone => "+55, two digits of area code, 9 and 8 digits more",
            Self::Email => {
                "at most 77 characters: a-z 0-9 .!#$'*+/=?^_`{|}~- before the @, a domain after"
            }
            Self::Evp => "32 hexadecimal digits in groups of 8-4-4-4-12, with the hyphens",
        }
    }
}

impl fmt::Display for PixKeyKind {
    /// Writes [`PixKeyKind::as_str`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
