//! A slip as a PDF: one tagged page in Portuguese, with selectable text and bars as vectors (PDF/UA-1).

mod pen;
mod sheet;

use typeset::{Faces, PdfError, accessible_document, finish, pdf_time};

use crate::form_texts::title;
use crate::pix_code::PixCode;
use crate::slip::Slip;
use crate::slip_error::SlipError;

/// Returns the slip as a PDF of one page.
///
/// # Errors
/// Every variant of [`SlipError`].
pub fn slip_pdf(slip: &Slip) -> Result<Vec<u8>, SlipError> {
    slip.check()?;
    let pix = PixCode::of(slip)?;
    let faces = Faces::load().ok_or(PdfError::Font)?;
    let made = slip.processed_on;
    let time = pdf_time(made.year(), [made.month(), made.day(), 0, 0, 0]);
    let mut document = accessible_document(title(slip), time, slip.barcode.clone())?;
    sheet::draw(&mut document, &faces, slip, pix.as_ref());
    Ok(finish(document)?)
}

#[cfg(test)]
mod tests;
