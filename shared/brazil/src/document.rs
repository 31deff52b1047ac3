//! CPF and CNPJ: the tax numbers that name a person or a company.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Which tax number a document is. Serialised in lower case: `cpf`, `cnpj`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DocumentKind {
    /// A natural person's number, 11 digits.
    Cpf,
    /// A company's number, 12 letters or digits followed by 2 check digits.
    Cnpj,
}

impl DocumentKind {
    /// The printed form, with `#` where a character of the number goes.
    const fn mask(self) -> &'static str {
        match self {
            Self::Cpf => "###.###.###-##",
            Self::Cnpj => "##.###.###/####-##",
        }
    }

    /// The largest weight of the modulo 11 sum, which then starts again at 2.
    const fn heaviest_weight(self) -> u32 {
        match self {
            Self::Cpf => 11,
            Self::Cnpj => 9,
        }
    }

    /// What the number is made of, as an error message says it.
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
    /// Too few or too many characters, punctuation aside.
    #[error("a {kind} has {}; send all of them, leading zeros included", kind.shape())]
    WrongLength {
        /// The number that was expected.
        kind: DocumentKind,
    },
    /// A character that the number cannot hold, or punctuation out of its place.
    #[error("a {kind} has {}; send it bare or as {}, with nothing else", kind.shape(), kind.mask())]
    WrongCharacters {
        /// The number that was expected.
        kind: DocumentKind,
    },
    /// The last two digits are not the ones the rest calls for.
    #[error("the last two digits of the {kind} do not match the rest; check for a typing mistake")]
    WrongCheckDigits {
        /// The number that was expected.
        kind: DocumentKind,
    },
    /// The same digit throughout, which passes the sum and is never issued.
    #[error("a {kind} is never one digit repeated; send the real number")]
    RepeatedDigits {
        /// The number that was expected.
        kind: DocumentKind,
    },
}

/// A valid CPF, held as 11 digits.
///
/// `Debug` shows only [`Cpf::masked`] and there is no `Display`: the number is personal data and
/// leaves through [`Cpf::as_str`] or [`Cpf::formatted`], on purpose.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cpf(String);

impl Cpf {
    /// Reads a CPF, bare or with any of the punctuation of `000.000.000-00` in its place.
    ///
    /// The rule is Receita Federal's modulo 11: weights 10 to 2 for the first check digit, 11 to 2
    /// for the second. `12345678909` is valid: it is a well-known test payer.
    ///
    /// # Errors
    /// Every variant of [`DocumentError`]. One repeated digit is refused by convention.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        parse_number(DocumentKind::Cpf, text).map(Self)
    }

    /// The 11 digits, without punctuation.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as printed: `390.533.447-05`.
    pub fn formatted(&self) -> String {
        punctuate(DocumentKind::Cpf, &self.0)
    }

    /// The form that may be shown and logged, with the middle six digits: `***.533.447-**`.
    ///
    /// Source: how Pix shows a payer the recipient, BCB, Manual Operacional do DICT 8.5.
    pub fn masked(&self) -> String {
        format!("***.{}.{}-**", &self.0[3..6], &self.0[6..9])
    }
}

impl fmt::Debug for Cpf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cpf({})", self.masked())
    }
}

/// A valid CNPJ, numeric or alphanumeric, held as 14 upper-case characters.
///
/// A CNPJ is public, so nothing here hides it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cnpj(String);

impl Cnpj {
    /// Reads a CNPJ, bare or with any of the punctuation of `00.000.000/0000-00` in its place.
    /// Lower case is read as upper case.
    ///
    /// A character is worth its ASCII code less 48, so the numeric form is a case of the
    /// alphanumeric one: Receita Federal, IN RFB 2.229/2024 and Nota Técnica COCAD/SUARA/RFB
    /// 49/2024. Weights run from 2 to 9, from the right, over and over.
    ///
    /// # Errors
    /// Every variant of [`DocumentError`]. One repeated digit is refused by convention.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        parse_number(DocumentKind::Cnpj, text).map(Self)
    }

    /// The 14 characters, upper case, without punctuation.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as printed: `12.ABC.345/01DE-35`.
    pub fn formatted(&self) -> String {
        punctuate(DocumentKind::Cnpj, &self.0)
    }

    /// The same as [`Cnpj::formatted`]: a CNPJ is public.
    pub fn masked(&self) -> String {
        self.formatted()
    }
}

/// A CPF or a CNPJ. Serialised as `{"type":"cpf","number":"39053344705"}`; reading goes through
/// [`Document::parse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "StoredDocument", into = "StoredDocument")]
pub enum Document {
    /// A natural person.
    Cpf(Cpf),
    /// A company.
    Cnpj(Cnpj),
}

impl Document {
    /// Reads a number of the kind given.
    ///
    /// # Errors
    /// Those of [`Cpf::parse`] and [`Cnpj::parse`].
    pub fn parse(kind: DocumentKind, number: &str) -> Result<Self, DocumentError> {
        match kind {
            DocumentKind::Cpf => Cpf::parse(number).map(Self::Cpf),
            DocumentKind::Cnpj => Cnpj::parse(number).map(Self::Cnpj),
        }
    }

    /// Which of the two it is.
    pub fn kind(&self) -> DocumentKind {
        match self {
            Self::Cpf(_) => DocumentKind::Cpf,
            Self::Cnpj(_) => DocumentKind::Cnpj,
        }
    }

    /// The number without punctuation: 11 digits, or 14 upper-case characters.
    pub fn number(&self) -> &str {
        match self {
            Self::Cpf(cpf) => cpf.as_str(),
            Self::Cnpj(cnpj) => cnpj.as_str(),
        }
    }

    /// The form that may be shown and logged: see [`Cpf::masked`] and [`Cnpj::masked`].
    pub fn masked(&self) -> String {
        match self {
            Self::Cpf(cpf) => cpf.masked(),
            Self::Cnpj(cnpj) => cnpj.masked(),
        }
    }
}

/// A document as JSON holds it. It has no `Debug`, because its number is not masked.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredDocument {
    #[serde(rename = "type")]
    kind: DocumentKind,
    number: String,
}

impl TryFrom<StoredDocument> for Document {
    type Error = DocumentError;

    fn try_from(written: StoredDocument) -> Result<Self, DocumentError> {
        Self::parse(written.kind, &written.number)
    }
}

impl From<Document> for StoredDocument {
    fn from(document: Document) -> Self {
        Self { kind: document.kind(), number: document.number().to_owned() }
    }
}

/// Takes the punctuation off and checks everything that is left.
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

/// Walks the text along the mask. Each separator may be there or be left out, but only in its own
/// place, so that a number typed with a character missing is not taken for another one.
fn unpunctuate(kind: DocumentKind, text: &str) -> Result<String, DocumentError> {
    let mut mask = kind.mask().chars().peekable();
    let mut number = String::new();
    for character in text.chars() {
        if mask.next_if(|place| *place != '#') == Some(character) {
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

/// The modulo 11 check digit of the characters given, which are ASCII letters and digits.
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
        .filter_map(|place| if place == '#' { characters.next() } else { Some(place) })
        .collect()
}
