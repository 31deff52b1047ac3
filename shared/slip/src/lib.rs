//! The slip of a boleto: the payer's receipt above, and the form with the barcode below ("ficha de compensação").
//!
//! A [`Slip`] becomes a page ([`slip_page`]) and a PDF ([`slip_pdf`]). Both show the same texts, and the bars of
//! [`itf()`]. The crate is pure: it knows no table, no HTTP and no clock, and the same slip always has the same
//! bytes. Who calls it computes the codes, the amounts and the sentences of the instructions.
//!
//! Sizes of the PDF follow the model of FEBRABAN, as banks print it: a form of 95 to 108 mm by 170 to 216 mm, bars
//! of 103 mm by 13 mm that begin 5 mm from the left edge and have their middle 12 mm above the lower edge, and a
//! digitable line with digits of 3.5 mm. A narrow bar has a hundredth of an inch, which is a whole number of pixels
//! at 100, 300 and 600 dpi, so the bars have 102.9 mm.

#![warn(missing_docs)]

mod barcode;
mod form;
mod form_cell;
mod form_texts;
mod itf;
mod page;
mod pdf;
mod pix_code;
mod slip;
mod slip_error;
#[cfg(test)]
mod slips;

pub use itf::{Bar, itf};
pub use page::slip_page;
pub use pdf::slip_pdf;
pub use slip::{SecondCopy, Slip, SlipParty};
pub use slip_error::SlipError;
pub use typeset::HtmlPage;
