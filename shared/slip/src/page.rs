//! A slip as a page: no script, nothing from elsewhere, every value escaped, and ready to print on one sheet.

use std::sync::LazyLock;

use askama::Template;
use typeset::{Faces, HtmlPage, PdfError, clean, style_policy};

use crate::barcode::{BARS_MARGIN, BARS_WIDTH, bars_path};
use crate::form::{payment_cells, receipt_cells};
use crate::form_cell::{COLUMN, CellStyle, FormCell, ROW_HEIGHT};
use crate::form_texts::{
    CUT_HERE, FORM_HEADING, FORM_STAMP, PIX_HEADING, PIX_STEPS, QR_LABEL, RECEIPT_HEADING,
    RECEIPT_STAMP, SANDBOX_NOTE, bank_lines, barcode_label, title,
};
use crate::pix_code::PixCode;
use crate::slip::Slip;
use crate::slip_error::SlipError;

const STYLE: &str = include_str!("../templates/slip.css");

static SECURITY_POLICY: LazyLock<String> = LazyLock::new(|| style_policy(STYLE));

#[derive(Template)]
#[template(path = "slip.html")]
struct SlipTemplate {
    style: &'static str,
    title: String,
    sandbox_note: Option<&'static str>,
    bank_name: String,
    bank_code: String,
    line: String,
    receipt: Vec<PageCell>,
    form: Vec<PageCell>,
    pix: Option<PixPart>,
    bars: String,
    bars_width: u16,
    bars_label: String,
}

/// A field with the classes of its place.
struct PageCell {
    label: &'static str,
    classes: String,
    texts: Vec<String>,
}

/// The QR code and the text to copy.
struct PixPart {
    path: String,
    modules: usize,
    br_code: String,
}

impl From<&FormCell> for PageCell {
    fn from(cell: &FormCell) -> Self {
        let mut classes = format!("w{}", cell.area.width / COLUMN);
        if cell.area.height >= 2 * ROW_HEIGHT {
            classes += &format!(" r{}", cell.area.height / ROW_HEIGHT);
        }
        classes += match cell.style {
            CellStyle::Text => "",
            CellStyle::Number => " number",
            CellStyle::Key => " number key",
        };
        let texts = cell.shown_texts();
        if texts.is_empty() {
            classes += " blank";
        }
        Self { label: cell.label, classes, texts }
    }
}

/// Returns the slip as a page for people, which prints as the PDF does.
///
/// # Errors
/// Every variant of [`SlipError`] that is about the codes.
pub fn slip_page(slip: &Slip) -> Result<HtmlPage, SlipError> {
    slip.check()?;
    let pix = PixCode::of(slip)?;
    let faces = Faces::load().ok_or(PdfError::Font)?;
    let cells = |cells: Vec<FormCell>| cells.iter().map(PageCell::from).collect();
    let template = SlipTemplate {
        style: STYLE,
        title: title(slip),
        sandbox_note: slip.is_sandbox.then_some(SANDBOX_NOTE),
        bank_name: bank_lines(slip, &faces).iter().map(|line| line.text.as_str()).collect(),
        bank_code: clean(&slip.bank_code),
        line: slip.printed_line(),
        receipt: cells(receipt_cells(slip, &faces)),
        form: cells(payment_cells(slip, &faces)),
        pix: pix.zip(slip.br_code.as_deref()).map(|(pix, br_code)| PixPart {
            path: pix.runs.path(),
            modules: pix.modules(),
            br_code: clean(br_code),
        }),
        bars: bars_path(slip),
        bars_width: BARS_WIDTH + 2 * BARS_MARGIN,
        bars_label: barcode_label(slip),
    };
    Ok(HtmlPage::render(&template, &SECURITY_POLICY))
}

#[cfg(test)]
mod tests;
