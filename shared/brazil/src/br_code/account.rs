//! The Pix template of a BR Code, objects 26 to 51: a key, or the location of a charge.

use std::fmt;

use super::error::BrCodeError;
use super::tlv::{self, Objects};

/// Value of the first object of a Pix template, in any case.
const PIX: &str = "br.gov.bcb.pix";
/// Largest number of characters of a key or a location. It fills a template of 99.
const LONGEST_VALUE: usize = 77;

/// The destination in a Pix code.
///
/// `Debug` omits the key and the description: a key may be a CPF, a telephone or an e-mail address.
#[derive(Clone, PartialEq, Eq)]
pub enum Arrangement {
    /// A static code: the payer pays this key.
    Key {
        /// Pix key, 1 to 77 visible ASCII characters.
        key: String,
        /// Description that the payer sees; with the key at most 73 characters.
        description: Option<String>,
        /// ISPB of the institution that provides the cash of a Pix Saque, 8 characters.
        withdrawal_ispb: Option<String>,
    },
    /// A dynamic code: the charge is at this location, a host and a path without scheme, at most 77
    /// characters.
    Location(String),
    /// No payment now: only the authorisation at the recurrence location of the code.
    RecurrenceOnly,
}

impl Arrangement {
    /// Reads the objects of a Pix template.
    pub(super) fn read(template: &Objects<'_>) -> Result<Self, BrCodeError> {
        let (description, ispb) = (template.get("02"), template.get("03"));
        match (template.get("01"), template.get("25")) {
            (Some(key), None) => Ok(Self::Key {
                key: check_key(key)?,
                description: description.map(str::to_owned),
                withdrawal_ispb: ispb.map(check_ispb).transpose()?,
            }),
            (None, Some(location)) if description.is_none() && ispb.is_none() => {
                check_location(location).map(Self::Location)
            }
            (None, None) if description.is_none() && ispb.is_none() => Ok(Self::RecurrenceOnly),
            _ => Err(BrCodeError::WrongArrangement),
        }
    }

    /// Writes the value of template 26.
    pub(super) fn encode(&self) -> String {
        let (key, description, ispb) = match self {
            Self::Key { key, description, withdrawal_ispb } => (key, description, withdrawal_ispb),
            Self::Location(location) => return encode_location(location),
            Self::RecurrenceOnly => return open_template(),
        };
        let mut template = open_template();
        tlv::write(&mut template, "01", key);
        if let Some(description) = description {
            tlv::write(&mut template, "02", description);
        }
        if let Some(ispb) = ispb {
            tlv::write(&mut template, "03", ispb);
        }
        template
    }
}

impl fmt::Debug for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { .. } => f.debug_struct("Key").finish_non_exhaustive(),
            Self::Location(location) => f.debug_tuple("Location").field(location).finish(),
            Self::RecurrenceOnly => f.write_str("RecurrenceOnly"),
        }
    }
}

/// Reads a template. Returns its objects if it is a Pix template.
pub(super) fn pix_template(value: &str) -> Result<Option<Objects<'_>>, BrCodeError> {
    let template = Objects::read(value)?;
    let is_pix = template.get("00").is_some_and(|name| name.eq_ignore_ascii_case(PIX));
    Ok(is_pix.then_some(template))
}

/// Returns the value of a template with a location, for a charge or for a recurrence.
pub(super) fn encode_location(location: &str) -> String {
    let mut template = open_template();
    tlv::write(&mut template, "25", location);
    template
}

fn open_template() -> String {
    let mut template = String::new();
    tlv::write(&mut template, "00", PIX);
    template
}

/// Refuses text that cannot be a key of any kind. [`crate::PixKey`] checks the kinds.
pub(super) fn check_key(key: &str) -> Result<String, BrCodeError> {
    match is_visible(key) {
        true => Ok(key.to_owned()),
        false => Err(BrCodeError::WrongKey),
    }
}

/// Refuses a location that is not a host and a path, or that has a scheme, because the payer's
/// institution adds the scheme. Source: `location` of BCB, API Pix 2.9.0.
pub(super) fn check_location(location: &str) -> Result<String, BrCodeError> {
    let has_both = location
        .split_once('/')
        .is_some_and(|(host, path)| !host.is_empty() && !host.ends_with(':') && !path.is_empty());
    match has_both && is_visible(location) {
        true => Ok(location.to_owned()),
        false => Err(BrCodeError::WrongLocation),
    }
}

fn check_ispb(ispb: &str) -> Result<String, BrCodeError> {
    let is_plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    if ispb.len() == 8 && ispb.bytes().all(is_plain) {
        return Ok(ispb.to_owned());
    }
    Err(BrCodeError::WrongObject { id: "26-03", rule: "an ISPB has 8 digits or capital letters" })
}

fn is_visible(text: &str) -> bool {
    (1..=LONGEST_VALUE).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
