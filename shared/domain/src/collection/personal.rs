//! The personal data of a collection, which are sealed in its row, and the consent to their use.

use crate::access::AddressDigest;
use brazil::{Document, PixKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Version of the privacy notice on the page. Another text is another version.
pub const NOTICE_VERSION: &str = "2026-11-30";

/// The person or company that a link asks, and what they answered. It has no `Debug`, so that no log shows it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CollectedPerson {
    /// Name.
    pub name: String,
    /// CPF or CNPJ.
    pub document: Document,
    /// E-mail that receives the codes.
    pub email: String,
    /// Phone number with `+` and country code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Pix key that the beneficiary sent last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pix_key: Option<PixKey>,
}

/// The consent of a beneficiary to the use of their data. It stays after the data are erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Version of the privacy notice.
    pub notice_version: String,
    /// Time of the consent.
    pub given_at: Timestamp,
    /// Keyed hash of the address from which it came.
    pub address: AddressDigest,
}
