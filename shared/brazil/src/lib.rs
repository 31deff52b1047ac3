//! Brazilian payment codes: documents, Pix keys, bank accounts, BR Code and payment identifiers, read
//! strictly and written canonically.
//!
//! The crate is pure: it does no input or output, reads no clock, and no input makes it panic. Every
//! value is valid once it exists, so code with a [`Cpf`] or a [`BrCode`] never checks it again.
//! `Debug` shows no personal data: see [`Cpf`], [`PixKey`], [`BankAccount`] and [`Arrangement`].
//! The crate also has rules of payments: the bank calendar, the time of São Paulo, the brands and expiry
//! of cards, the codes of the SPI and of cards ([`SpiReason`], [`AbecsReason`]) and the [`LookupBudget`] of the key directory.

#![warn(missing_docs)]

mod abecs_reason;
mod bank;
mod bank_account;
mod boleto;
mod br_code;
mod calendar;
mod card;
mod document;
mod end_to_end_id;
mod lookup_budget;
mod pix_key;
mod spi_reason;
mod txid;

pub use abecs_reason::AbecsReason;
pub use bank::{Bank, PixParticipation};
pub use bank_account::{BankAccount, BankAccountError, BankAccountKind};
pub use boleto::{
    BankBarcode, BankBarcodeParts, BillBarcode, BillSegment, BillValue, BoletoCode, BoletoError,
    DueDateFactor, LineField, boleto_settlement_date,
};
pub use br_code::{Arrangement, BrCode, BrCodeError, MerchantError, PointOfInitiation, crc16};
pub use calendar::{
    business_day_after, business_days_between, instant, is_business_day, local, local_date,
    next_business_day, sao_paulo,
};
pub use card::{BRANDS_AS_OF, CardBrand, CardExpiry, CardExpiryError};
pub use document::{Cnpj, Cpf, Document, DocumentError, DocumentKind};
pub use end_to_end_id::{EndToEndId, EndToEndIdError, EndToEndIdKind};
pub use lookup_budget::{LookupBudget, LookupBudgetError, LookupCost, OwnerKind};
pub use pix_key::{PixKey, PixKeyError, PixKeyKind};
pub use spi_reason::{SpiFault, SpiReason};
pub use txid::{StaticTxid, Txid, TxidError};
