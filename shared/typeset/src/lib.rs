//! What pages and PDFs for payers and payees share: fonts, lines of text, QR codes, tagged drawing, and the
//! security policy of a page.
//!
//! The crate is pure, and knows neither receipts nor slips.

#![warn(missing_docs)]

mod amount;
mod draw;
mod face;
mod html_page;
mod pdf_document;
mod pdf_error;
mod qr;
mod text;

pub use amount::reais;
pub use draw::{LEADING, at, fill, group, heading_tag, paint, qr_path, rectangle, tall, write};
pub use face::{Face, Faces, TextLine};
pub use html_page::{HtmlPage, form_policy, style_policy};
pub use pdf_document::{LANGUAGE, accessible_document, finish, pdf_time};
pub use pdf_error::PdfError;
pub use qr::{QUIET_ZONE, QrRuns};
pub use text::{REPLACEMENT, clean};
