//! Brazilian payment codes: documents, Pix keys, bank accounts, BR Code and payment identifiers, read
//! strictly and written canonically.
//!
//! The crate is pure: it does no input or output, reads no clock, and no input makes it panic. Every
//! value is valid once it exists, so code with a [`Cpf`] or a [`BrCode`] never checks it again.
//! `Debug` shows no personal data: see [`Cpf`], [`PixKey`], [`BankAccount`] and [`Arrangement`].
//! The crate also has rules of payments: the bank calendar, the time of São Paulo and the
//! [`LookupBudget`] of the key directory.

#![warn(missing_docs)]

mod bank;
mod bank_account;
mod br_code;
mod calendar;
mod document;
mod end_to_end_id;
mod lookup_budget;
mod pix_key;
mod txid;

pub use bank::{Bank, PixParticipation};
pub use bank_account::{BankAccount, BankAccountError, BankAccountKind};
pub use br_code::{Arrangement, BrCode, BrCodeError, MerchantError, PointOfInitiation, crc16};
pub use calendar::{instant, is_business_day, local, local_date, next_business_day, sao_paulo};
pub use document::{Cnpj, Cpf, Document, DocumentError, DocumentKind};
pub use end_to_end_id::{EndToEndId, EndToEndIdError, EndToEndIdKind};
pub use lookup_budget::{LookupBudget, LookupBudgetError, LookupCost, OwnerKind};
pub use pix_key::{PixKey, PixKeyError, PixKeyKind};
pub use txid::{StaticTxid, Txid, TxidError};
