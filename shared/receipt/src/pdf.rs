//! A receipt as a PDF: tagged, in Portuguese, with selectable text and two embedded fonts (PDF/UA-1).
//!
//! krilla checks the rules of PDF/UA that a program can check, and refuses a file that breaks one. The
//! file depends on the receipt alone: its time is the time of the state, and its id follows from its content.

mod layout;
mod sheet;

use domain::account::Stage;
use jiff::tz::TimeZone;
use typeset::{Faces, PdfError, REPLACEMENT, accessible_document, finish, pdf_time, reais};

use crate::icon;
use crate::issued::IssuedReceipt;
use crate::rows::{Section, main_time, sections};
use crate::words;

use self::layout::{Block, Ink};
use self::sheet::draw;

/// Returns the receipt as a PDF.
///
/// # Errors
/// Every variant of [`PdfError`].
pub fn receipt_pdf(issued: &IssuedReceipt) -> Result<Vec<u8>, PdfError> {
    let faces = Faces::load().ok_or(PdfError::Font)?;
    let at = issued.receipt.state_at.to_zoned(TimeZone::UTC);
    let time = [at.month(), at.day(), at.hour(), at.minute(), at.second()];
    let title = words::title(&issued.receipt);
    let mut document = accessible_document(title, pdf_time(at.year(), time), issued.code.clone())?;
    draw(&mut document, &faces, &blocks(issued), &issued.url)?;
    finish(document)
}

/// Returns the content from top to bottom.
fn blocks(issued: &IssuedReceipt) -> Vec<Block> {
    let receipt = &issued.receipt;
    let mut blocks = Vec::new();
    if receipt.stage == Stage::Sandbox {
        let text = "AMBIENTE DE TESTES: este documento não tem valor.".to_owned();
        blocks.push(Block::Note { text, ink: Ink::Bad, is_bold: true });
    }
    let ink = Ink::of(receipt.state);
    blocks.push(Block::Title {
        text: words::title(receipt),
        icon: icon::lines(receipt.state),
        ink,
    });
    blocks.push(Block::Amount { text: reais(receipt.amount_cents) });
    let time = main_time(receipt);
    let text = format!("{}: {}", time.label, time.value);
    blocks.push(Block::Note { text, ink: Ink::Black, is_bold: false });
    let text = words::state(receipt.state).to_owned();
    blocks.push(Block::Note { text, ink, is_bold: true });
    let sections = sections(receipt);
    let has_unknown = has_unknown_letters(&sections);
    blocks.extend(sections.into_iter().map(Block::Table));
    if has_unknown {
        let text = format!(
            "{REPLACEMENT} está no lugar de uma letra que as fontes deste arquivo não têm. A página que \
             confirma este documento mostra a letra."
        );
        blocks.push(Block::Note { text, ink: Ink::Grey, is_bold: false });
    }
    blocks.push(Block::Proof { code: issued.code.clone() });
    blocks
}

fn has_unknown_letters(sections: &[Section]) -> bool {
    let values = sections.iter().flat_map(|section| &section.rows).map(|row| row.value.as_str());
    let Some(faces) = Faces::load() else { return false };
    values.flat_map(str::chars).any(|letter| faces.regular.lacks(letter))
}

#[cfg(test)]
mod tests;
