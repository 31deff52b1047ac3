//! Parses a BR Code: the rules that a code of any issuer must pass.

use super::account::{self, Arrangement};
use super::amount;
use super::checksum::crc16;
use super::code::{BrCode, PointOfInitiation};
use super::error::BrCodeError;
use super::limits::{LONGEST_CITY, LONGEST_CODE, LONGEST_NAME};
use super::tlv::Objects;
use crate::txid::StaticTxid;

impl BrCode {
    /// Parses a code and checks all of it: the characters, the division into objects, the checksum,
    /// and the rule of every object that Pix defines.
    ///
    /// Objects that Pix does not define, such as an account of another arrangement, are ignored.
    ///
    /// # Errors
    /// Every variant of [`BrCodeError`].
    pub fn parse(text: &str) -> Result<Self, BrCodeError> {
        read(text)
    }
}

fn read(text: &str) -> Result<BrCode, BrCodeError> {
    if text.len() > LONGEST_CODE {
        return Err(BrCodeError::TooLong);
    }
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err(BrCodeError::WrongCharacters);
    }
    let objects = Objects::read(text)?;
    check_frame(text, &objects)?;
    check_fixed(&objects)?;
    let account = read_account(&objects)?;
    let recurrence_location = read_recurrence(&objects)?;
    if account == Arrangement::RecurrenceOnly && recurrence_location.is_none() {
        return Err(BrCodeError::WrongArrangement);
    }
    Ok(BrCode {
        point_of_initiation: read_point_of_initiation(&objects)?,
        account,
        recurrence_location,
        merchant_category: read_category(&objects)?,
        amount_cents: objects.get("54").map(amount::read).transpose()?,
        merchant_name: read_text(objects.require("59")?, LONGEST_NAME)
            .ok_or(BrCodeError::WrongMerchantName)?,
        merchant_city: read_text(objects.require("60")?, LONGEST_CITY)
            .ok_or(BrCodeError::WrongMerchantCity)?,
        postal_code: read_postal_code(&objects)?,
        txid: read_txid(&objects)?,
    })
}

/// Checks that the format indicator is first, the checksum last, and the checksum correct.
fn check_frame(text: &str, objects: &Objects<'_>) -> Result<(), BrCodeError> {
    let checksum = objects.require("63")?;
    if objects.last() != Some("63") || checksum.len() != 4 {
        let rule = "the checksum is the last object and has 4 characters";
        return Err(BrCodeError::WrongObject { id: "63", rule });
    }
    let covered = &text[..text.len() - checksum.len()];
    let expected = format!("{:04X}", crc16(covered.as_bytes()));
    if !checksum.eq_ignore_ascii_case(&expected) {
        return Err(BrCodeError::WrongChecksum);
    }
    match objects.first() {
        Some("00") => Ok(()),
        _ => Err(BrCodeError::WrongObject { id: "00", rule: "the first object is 00" }),
    }
}

/// Checks the objects that are the same in every Pix code: version, currency and country.
fn check_fixed(objects: &Objects<'_>) -> Result<(), BrCodeError> {
    for (id, value, rule) in [
        ("00", "01", "the format is 01"),
        ("53", "986", "the currency is 986, the real"),
        ("58", "BR", "the country is BR"),
    ] {
        if objects.require(id)? != value {
            return Err(BrCodeError::WrongObject { id, rule });
        }
    }
    Ok(())
}

fn read_point_of_initiation(
    objects: &Objects<'_>,
) -> Result<Option<PointOfInitiation>, BrCodeError> {
    match objects.get("01") {
        None => Ok(None),
        Some("11") => Ok(Some(PointOfInitiation::Reusable)),
        Some("12") => Ok(Some(PointOfInitiation::SingleUse)),
        Some(_) => Err(BrCodeError::WrongObject { id: "01", rule: "it is 11 or 12" }),
    }
}

fn read_account(objects: &Objects<'_>) -> Result<Arrangement, BrCodeError> {
    match only_pix_template(objects, "26", "51")? {
        Some(template) => Arrangement::read(&template),
        None => Err(BrCodeError::NotPix),
    }
}

fn read_recurrence(objects: &Objects<'_>) -> Result<Option<String>, BrCodeError> {
    let Some(template) = only_pix_template(objects, "80", "99")? else {
        return Ok(None);
    };
    let location = template.get("25").ok_or(BrCodeError::WrongLocation)?;
    account::check_location(location).map(Some)
}

/// Returns the only Pix template in a range. With a second one, the code to pay would be ambiguous.
fn only_pix_template<'a>(
    objects: &Objects<'a>,
    low: &str,
    high: &str,
) -> Result<Option<Objects<'a>>, BrCodeError> {
    let mut found = None;
    for value in objects.between(low, high) {
        if let Some(template) = account::pix_template(value)?
            && found.replace(template).is_some()
        {
            return Err(BrCodeError::WrongArrangement);
        }
    }
    Ok(found)
}

fn read_category(objects: &Objects<'_>) -> Result<String, BrCodeError> {
    let category = objects.require("52")?;
    if category.len() == 4 && category.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(category.to_owned());
    }
    Err(BrCodeError::WrongObject { id: "52", rule: "a merchant category has 4 digits" })
}

fn read_postal_code(objects: &Objects<'_>) -> Result<Option<String>, BrCodeError> {
    let Some(postal_code) = objects.get("61") else {
        return Ok(None);
    };
    let rule = "a postal code has 1 to 10 characters";
    read_text(postal_code, 10).map(Some).ok_or(BrCodeError::WrongObject { id: "61", rule })
}

fn read_txid(objects: &Objects<'_>) -> Result<StaticTxid, BrCodeError> {
    let additional = Objects::read(objects.require("62")?)?;
    let txid = additional.get("05").ok_or(BrCodeError::Missing { id: "62-05" })?;
    let rule = "a txid has 1 to 25 letters and digits, or is ***";
    StaticTxid::parse(txid).map_err(|_| BrCodeError::WrongObject { id: "62-05", rule })
}

/// Returns the text unchanged. Returns `None` if it is too long or blank.
fn read_text(text: &str, longest: usize) -> Option<String> {
    (text.len() <= longest && !text.trim().is_empty()).then(|| text.to_owned())
}
