//! A BR Code, and how it is written.

use std::fmt;

use super::account::{self, Arrangement};
use super::checksum::crc16;
use super::error::BrCodeError;
use super::limits::{LONGEST_CITY, LONGEST_NAME};
use super::merchant::{self, MerchantError};
use super::{amount, tlv};
use crate::txid::StaticTxid;

/// How often a code may be paid: object 01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointOfInitiation {
    /// `11`: any number of times.
    Reusable,
    /// `12`: once.
    SingleUse,
}

/// A Pix code within every limit of BCB, Manual do BR Code 2.0.1 and Manual de Padrões para
/// Iniciação do Pix 2.10.
///
/// `Debug` omits the key, the merchant and the city, because they may belong to a natural person.
#[derive(Clone, PartialEq, Eq)]
pub struct BrCode {
    pub(super) point_of_initiation: Option<PointOfInitiation>,
    pub(super) account: Arrangement,
    pub(super) recurrence_location: Option<String>,
    pub(super) merchant_category: String,
    pub(super) amount_cents: Option<u64>,
    pub(super) merchant_name: String,
    pub(super) merchant_city: String,
    pub(super) postal_code: Option<String>,
    pub(super) txid: StaticTxid,
}

impl BrCode {
    /// Returns the code of a dynamic charge, payable once, with its terms at `location`.
    ///
    /// The location has no scheme and at most 77 characters. The name and the city lose their accents
    /// and are cut to 25 and 15 characters. The amount is in cents; the amount at the location
    /// prevails.
    ///
    /// # Errors
    /// [`BrCodeError::WrongLocation`], [`BrCodeError::WrongAmount`],
    /// [`BrCodeError::WrongMerchantName`] and [`BrCodeError::WrongMerchantCity`].
    pub fn dynamic(
        location: &str,
        merchant_name: &str,
        merchant_city: &str,
        amount_cents: Option<u64>,
    ) -> Result<Self, BrCodeError> {
        let account = Arrangement::Location(account::check_location(location)?);
        let code = Self::of(account, merchant_name, merchant_city, amount_cents)?;
        Ok(Self { point_of_initiation: Some(PointOfInitiation::SingleUse), ..code })
    }

    /// Returns the static code of a Pix key, payable any number of times without a charge.
    ///
    /// The key has at most 77 visible ASCII characters; this function does not check that it exists.
    /// The amount is in cents; without it the payer chooses. The name and the city are treated as in
    /// [`BrCode::dynamic`].
    ///
    /// # Errors
    /// [`BrCodeError::WrongKey`], [`BrCodeError::WrongAmount`],
    /// [`BrCodeError::WrongMerchantName`] and [`BrCodeError::WrongMerchantCity`].
    pub fn static_key(
        key: &str,
        merchant_name: &str,
        merchant_city: &str,
        amount_cents: Option<u64>,
        txid: StaticTxid,
    ) -> Result<Self, BrCodeError> {
        let key = account::check_key(key)?;
        let account = Arrangement::Key { key, description: None, withdrawal_ispb: None };
        let code = Self::of(account, merchant_name, merchant_city, amount_cents)?;
        Ok(Self { txid, ..code })
    }

    /// Checks that a code shows the whole name of a merchant: at most 25 characters, each with an ASCII
    /// form without its accent. [`BrCode::dynamic`] accepts and cuts any other name.
    ///
    /// # Errors
    /// Every variant of [`MerchantError`].
    pub fn check_merchant_name(name: &str) -> Result<(), MerchantError> {
        merchant::check(name, LONGEST_NAME)
    }

    /// Checks a merchant's city by the same rule, with at most 15 characters.
    ///
    /// # Errors
    /// Every variant of [`MerchantError`].
    pub fn check_merchant_city(city: &str) -> Result<(), MerchantError> {
        merchant::check(city, LONGEST_CITY)
    }

    /// Checks that the text can be a Pix key: 1 to 77 visible ASCII characters. It does not check that
    /// the key exists.
    ///
    /// # Errors
    /// [`BrCodeError::WrongKey`].
    pub fn check_key(key: &str) -> Result<(), BrCodeError> {
        account::check_key(key).map(drop)
    }

    fn of(
        account: Arrangement,
        merchant_name: &str,
        merchant_city: &str,
        amount_cents: Option<u64>,
    ) -> Result<Self, BrCodeError> {
        Ok(Self {
            point_of_initiation: None,
            account,
            recurrence_location: None,
            merchant_category: "0000".to_owned(),
            amount_cents: amount_cents.map(amount::check).transpose()?,
            merchant_name: merchant::plain(merchant_name, LONGEST_NAME)
                .ok_or(BrCodeError::WrongMerchantName)?,
            merchant_city: merchant::plain(merchant_city, LONGEST_CITY)
                .ok_or(BrCodeError::WrongMerchantCity)?,
            postal_code: None,
            txid: StaticTxid::none(),
        })
    }

    /// Writes the code: printable ASCII, at most 512 characters, amounts with two decimals, because
    /// some institutions refuse one (`bacen/pix-api` issue 318).
    pub fn encode(&self) -> String {
        let mut code = String::new();
        tlv::write(&mut code, "00", "01");
        match self.point_of_initiation {
            Some(PointOfInitiation::Reusable) => tlv::write(&mut code, "01", "11"),
            Some(PointOfInitiation::SingleUse) => tlv::write(&mut code, "01", "12"),
            None => {}
        }
        tlv::write(&mut code, "26", &self.account.encode());
        tlv::write(&mut code, "52", &self.merchant_category);
        tlv::write(&mut code, "53", "986");
        if let Some(cents) = self.amount_cents {
            tlv::write(&mut code, "54", &amount::write(cents));
        }
        tlv::write(&mut code, "58", "BR");
        tlv::write(&mut code, "59", &self.merchant_name);
        tlv::write(&mut code, "60", &self.merchant_city);
        if let Some(postal_code) = &self.postal_code {
            tlv::write(&mut code, "61", postal_code);
        }
        let mut additional = String::new();
        tlv::write(&mut additional, "05", self.txid.as_str());
        tlv::write(&mut code, "62", &additional);
        if let Some(location) = &self.recurrence_location {
            tlv::write(&mut code, "80", &account::encode_location(location));
        }
        code.push_str("6304");
        let checksum = crc16(code.as_bytes());
        format!("{code}{checksum:04X}")
    }

    /// Returns how often the code may be paid. If `None`, the account decides: a key any number of
    /// times, a location as its charge states.
    pub fn point_of_initiation(&self) -> Option<PointOfInitiation> {
        self.point_of_initiation
    }

    /// Returns the account template: a key, or the location of a charge.
    pub fn account(&self) -> &Arrangement {
        &self.account
    }

    /// Returns the location of a Pix Automático authorisation, without scheme, at most 77 characters:
    /// object 25 of a template between 80 and 99.
    pub fn recurrence_location(&self) -> Option<&str> {
        self.recurrence_location.as_deref()
    }

    /// Returns the merchant category code, 4 digits, `0000` for none.
    pub fn merchant_category(&self) -> &str {
        &self.merchant_category
    }

    /// Returns the amount in cents of a real, 1 to 999 999 999 999.
    pub fn amount_cents(&self) -> Option<u64> {
        self.amount_cents
    }

    /// Returns the merchant's name, 1 to 25 printable ASCII characters.
    pub fn merchant_name(&self) -> &str {
        &self.merchant_name
    }

    /// Returns the merchant's city, 1 to 15 printable ASCII characters.
    pub fn merchant_city(&self) -> &str {
        &self.merchant_city
    }

    /// Returns the merchant's postal code, 1 to 10 printable ASCII characters.
    pub fn postal_code(&self) -> Option<&str> {
        self.postal_code.as_deref()
    }

    /// Returns the txid, `***` in a dynamic code.
    pub fn txid(&self) -> &StaticTxid {
        &self.txid
    }
}

impl fmt::Debug for BrCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BrCode")
            .field("point_of_initiation", &self.point_of_initiation)
            .field("account", &self.account)
            .field("recurrence_location", &self.recurrence_location)
            .field("amount_cents", &self.amount_cents)
            .field("txid", &self.txid)
            .finish_non_exhaustive()
    }
}
