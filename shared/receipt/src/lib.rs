//! Receipts of payouts, charges and refunds: what a payer or payee may keep and show.
//!
//! A [`Receipt`] becomes JSON ([`ReceiptView`]), a page ([`receipt_page`]) and a PDF ([`receipt_pdf`]).
//! Each carries a [`ReceiptCode`], which is signed (docs/adr/0031). The crate is pure: it knows no table,
//! no HTTP and no clock, and the same receipt always has the same bytes.

#![warn(missing_docs)]

mod code;
mod code_error;
mod confirmation;
mod format;
mod icon;
mod issued;
mod keys;
mod page;
mod party;
mod pdf;
mod receipt;
mod rows;
#[cfg(test)]
mod scene;
mod subject;
mod view;
mod words;

pub use code::ReceiptCode;
pub use code_error::CodeError;
pub use confirmation::{Confirmation, ConfirmationView, Verdict};
pub use issued::IssuedReceipt;
pub use keys::{Jwk, JwkSet, ReceiptKeys};
pub use page::{confirmation_page, receipt_page};
pub use party::{Party, PartyBank};
pub use pdf::receipt_pdf;
pub use receipt::{Receipt, ReceiptKind, ReceiptMethod, ReceiptState};
pub use subject::ReceiptSubject;
pub use typeset::{HtmlPage, PdfError, clean};
pub use view::ReceiptView;
