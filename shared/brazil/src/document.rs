//! CPF and CNPJ: the tax numbers of persons and companies.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The kind of a tax number. Serialised in lower case: `cpf`, `cnpj`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "DocumentType", description = "Type of a tax number.")]
pub enum DocumentKind {
    /// A natural person's number, 11 digits.
    Cpf,
    /// A company's number, 12 letters or digits followed by 2 check digits.
    Cnpj,
}

impl DocumentKind {
    /// Returns the printed form, with `#` for each character of the number.
    const fn mask(self) -> &'static str {
        match self {
            Self::Cpf => "###.###.###-##",
            Self::Cnpj => "##.###.###/####-##",
        }
    }

    /// Returns the largest weight of the modulo 11 sum; the next weight is 2 again.
    const fn heaviest_weight(self) -> u32 {
        match self {
            Self::Cpf => 11,
            Self::Cnpj => 9,
        }
    }

    /// Returns the characters of such a number, for error messages.
    const fn shape(self) -> &'static str {
        match self {
            Self::Cpf => "11 digits",
            Self::Cnpj => "12 letters or digits and then 2 check digits",
        }
    }
}

impl fmt::Display for DocumentKind {
    /// Writes `CPF` or `CNPJ`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cpf => "CPF",
            Self::Cnpj => "CNPJ",
        })
    }
}

/// Why a number was refused. No message repeats the number, which may be personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DocumentError {
    /// Too few or too many characters, not counting punctuation.
    #[error("a {kind} has {}; send all of them, leading zeros included", kind.shape())]
    WrongLength {
        /// Expected kind.
        kind: DocumentKind,
    },
    /// A character that the number cannot have, or punctuation in the wrong place.
    #[error("a {kind} has {}; send it without punctuation or as {}", kind.shape(), kind.mask())]
    WrongCharacters {
        /// Expected kind.
        kind: DocumentKind,
    },
    /// The last two digits do not follow from the other characters.
    #[error("the last two digits of the {kind} do not match the rest; check for a typing mistake")]
    WrongCheckDigits {
        /// Expected kind.
        kind: DocumentKind,
    },
    /// All digits are the same. Such a number passes the sum, but is never issued.
    #[error("all digits of the {kind} are the same; send the real number")]
    RepeatedDigits {
        /// Expected kind.
        kind: DocumentKind,
    },
}

/// A valid CPF as 11 digits.
///
/// `Debug` shows only [`Cpf::masked`] and there is no `Display`, because the number is personal data.
/// Only [`Cpf::as_str`] and [`Cpf::formatted`] show it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cpf(String);

impl Cpf {
    /// Parses a CPF, with or without each separator of `000.000.000-00`.
    ///
    /// The rule is Receita Federal's modulo 11: weights 10 to 2 for the first check digit, 11 to 2
    /// for the second. `12345678909` is valid; it is a well-known test payer.
    ///
    /// # Errors
    /// Every variant of [`DocumentError`]. A number of equal digits is refused by convention.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        parse_number(DocumentKind::Cpf, text).map(Self)
    }

    /// Returns the 11 digits, without punctuation.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the printed form: `390.533.447-05`.
    pub fn formatted(&self) -> String {
        punctuate(DocumentKind::Cpf, &self.0)
    }

    /// Returns the form for screens and logs, with the middle six digits: `***.533.447-**`.
    ///
    /// Pix shows the recipient to a payer in this form. Source: BCB, Manual Operacional do DICT 8.5.
    pub fn masked(&self) -> String {
        format!("***.{}.{}-**", &self.0[3..6], &self.0[6..9])
    }
}

impl fmt::Debug for Cpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cpf({})", self.masked())
    }
}

/// A valid CNPJ, numeric or alphanumeric, as 14 upper-case characters.
///
/// A CNPJ is public, so it is never masked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cnpj(String);

impl Cnpj {
    /// Parses a CNPJ, with or without each separator of `00.000.000/0000-00`. Lower case becomes
    /// upper case.
    ///
    /// The value of a character is its ASCII code less 48, so the rule covers the numeric form too:
    /// Receita Federal, IN RFB 2.229/2024 and Nota Técnica COCAD/SUARA/RFB 49/2024. The weights are 2
    /// to 9, repeated from the right.
    ///
    /// Any number with right check digits passes, whatever its letters: `AAAAAAAAAAAA45` and
    /// `ZZZZZZZZZZZZ62` too, and a root or a branch of equal digits, such as `11111111111180`. Receita
    /// Federal excludes no such number, so a rule of our own could refuse a real company. Only 14 equal
    /// digits are refused, by the convention for CPF.
    ///
    /// # Errors
    /// Every variant of [`DocumentError`]. A number of equal digits is refused by convention.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        parse_number(DocumentKind::Cnpj, text).map(Self)
    }

    /// Returns the 14 characters, upper case, without punctuation.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the printed form: `12.ABC.345/01DE-35`.
    pub fn formatted(&self) -> String {
        punctuate(DocumentKind::Cnpj, &self.0)
    }

    /// Returns the same as [`Cnpj::formatted`], because a CNPJ is public.
    pub fn masked(&self) -> String {
        self.formatted()
    }
}

/// A CPF or a CNPJ. Serialised as `{"type":"cpf","number":"39053344705"}`; deserialising
/// calls [`Document::parse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "StoredDocument", into = "StoredDocument")]
pub enum Document {
    /// A natural person.
    Cpf(Cpf),
    /// A company.
    Cnpj(Cnpj),
}

impl Document {
    /// Parses a number of this kind.
    ///
    /// # Errors
    /// The errors of [`Cpf::parse`] and [`Cnpj::parse`].
    pub fn parse(kind: DocumentKind, number: &str) -> Result<Self, DocumentError> {
        match kind {
            DocumentKind::Cpf => Cpf::parse(number).map(Self::Cpf),
            DocumentKind::Cnpj => Cnpj::parse(number).map(Self::Cnpj),
        }
    }

    /// Returns the kind.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Cpf(_) => DocumentKind::Cpf,
            Self::Cnpj(_) => DocumentKind::Cnpj,
        }
    }

    /// Returns the number without punctuation: 11 digits, or 14 upper-case characters.
    pub fn number(&self) -> &str {
        match self {
            Self::Cpf(cpf) => cpf.as_str(),
            Self::Cnpj(cnpj) => cnpj.as_str(),
        }
    }

    /// Returns the form for screens and logs: see [`Cpf::masked`] and [`Cnpj::masked`].
    pub fn masked(&self) -> String {
        match self {
            Self::Cpf(cpf) => cpf.masked(),
            Self::Cnpj(cnpj) => cnpj.masked(),
        }
    }
}

/// A document in JSON. It has no `Debug`, because its number is not masked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDocument {
    #[serde(rename = "type")]
    kind: DocumentKind,
    number: String,
}

impl TryFrom<StoredDocument> for Document {
    type Error = DocumentError;

    fn try_from(stored: StoredDocument) -> Result<Self, DocumentError> {
        Self::parse(stored.kind, &stored.number)
    }
}

impl From<Document> for StoredDocument {
    fn from(document: Document) -> Self {
        Self { kind: document.kind(), number: document.number().to_owned() }
    }
}

/// Removes the punctuation and checks the characters and check digits.
fn parse_number(kind: DocumentKind, text: &str) -> Result<String, DocumentError> {
    let number = unpunctuate(kind, text)?;
    let (base, check) = number.split_at(number.len() - 2);
    if !check.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DocumentError::WrongCharacters { kind });
    }
    if number.bytes().all(|byte| number.starts_with(char::from(byte))) {
        return Err(DocumentError::RepeatedDigits { kind });
    }
    let first = check_digit(kind, base);
    let second = check_digit(kind, &format!("{base}{first}"));
    if check != format!("{first}{second}") {
        return Err(DocumentError::WrongCheckDigits { kind });
    }
    Ok(number)
}

/// Removes the punctuation along the mask. Each separator is optional, but only in its own place, so
/// that a number with a missing character is not read as a different one.
fn unpunctuate(kind: DocumentKind, text: &str) -> Result<String, DocumentError> {
    let mut mask = kind.mask().chars().peekable();
    let mut number = String::new();
    for character in text.chars() {
        if mask.next_if(|expected| *expected != '#') == Some(character) {
            continue;
        }
        let allowed = match kind {
            DocumentKind::Cpf => character.is_ascii_digit(),
            DocumentKind::Cnpj => character.is_ascii_alphanumeric(),
        };
        if !allowed {
            return Err(DocumentError::WrongCharacters { kind });
        }
        if mask.next().is_none() {
            return Err(DocumentError::WrongLength { kind });
        }
        number.push(character.to_ascii_uppercase());
    }
    match mask.next() {
        Some(_) => Err(DocumentError::WrongLength { kind }),
        None => Ok(number),
    }
}

/// Returns the modulo 11 check digit of these ASCII letters and digits.
fn check_digit(kind: DocumentKind, base: &str) -> u32 {
    let weights = (2..=kind.heaviest_weight()).cycle();
    let values = base.bytes().rev().map(|byte| u32::from(byte) - u32::from(b'0'));
    let sum: u32 = values.zip(weights).map(|(value, weight)| value * weight).sum();
    match sum % 11 {
        0 | 1 => 0,
        rest => 11 - rest,
    }
}

/// Puts the number into the mask.
fn punctuate(kind: DocumentKind, number: &str) -> String {
    let mut characters = number.chars();
    kind.mask()
        .chars()
        .filter_map(|sign| if sign == '#' { characters.next() } else { Some(sign) })
        .collect()
}
