//! The words of a slip.
#![expect(clippy::float_arithmetic, reason = "widths of letters")]

use brazil::Document;
use jiff::civil::Date;
use typeset::{Face, Faces, TextLine, clean, reais};

use crate::form_cell::{PADDING, UNIT, text_width};
use crate::slip::{SecondCopy, Slip, SlipParty};

/// Width of the name of the bank in hundredths of an inch.
pub(crate) const BANK_WIDTH: u16 = 102;
/// Size of the name of the bank in points.
pub(crate) const BANK_SIZE: f32 = 8.0;
const BANK_LINES_MAX: usize = 3;

/// What a slip of the sandbox says first.
pub(crate) const SANDBOX_NOTE: &str = "AMBIENTE DE TESTES: este boleto não tem valor. Não pague.";
/// Heading of the upper part.
pub(crate) const RECEIPT_HEADING: &str = "Recibo do pagador";
/// Heading of the lower part.
pub(crate) const FORM_HEADING: &str = "Ficha de compensação";
/// Heading of the QR code.
pub(crate) const PIX_HEADING: &str = "Pague com Pix";
/// What to do with the QR code.
pub(crate) const PIX_STEPS: &str = "No aplicativo do seu banco, escolha Pix e leia o QR Code, ou copie o código \
    abaixo e escolha Pix Copia e Cola. O Pix paga este boleto: pague uma só vez.";
/// Name of the QR code for people who do not see it.
pub(crate) const QR_LABEL: &str = "QR Code do Pix deste boleto";
/// Place of the stamp of a till, below the receipt.
pub(crate) const RECEIPT_STAMP: &str = "Autenticação mecânica";
/// Place of the stamp of a till, beside the barcode.
pub(crate) const FORM_STAMP: &str = "Autenticação mecânica – Ficha de compensação";
/// What stands at the line to cut along.
pub(crate) const CUT_HERE: &str = "Corte na linha pontilhada";

/// Returns the title of the slip.
pub(crate) fn title(slip: &Slip) -> String {
    let copy = if slip.second_copy.is_some() { "Segunda via do boleto" } else { "Boleto" };
    let (amount, due) = (reais(slip.amount_cents), day(slip.due_date));
    format!("{copy} de {amount} com vencimento em {due}")
}

/// Returns a day: `29/11/2026`.
pub(crate) fn day(date: Date) -> String {
    date.strftime("%d/%m/%Y").to_string()
}

/// Returns where the boleto can be paid.
pub(crate) fn payment_place(slip: &Slip) -> String {
    match slip.payable_until.filter(|until| *until > slip.due_date) {
        Some(until) => {
            format!("Pagável em qualquer banco, mesmo depois do vencimento, até {}", day(until))
        }
        None => "Pagável em qualquer banco até o vencimento".to_owned(),
    }
}

/// Returns the sentence about the amount of a slip that is made again.
pub(crate) fn second_copy_note(copy: SecondCopy) -> String {
    let (day, amount) = (day(copy.as_of), reais(copy.amount_due_cents));
    format!("Segunda via: {amount} se pago em {day}. Em outro dia, o banco calcula o valor.")
}

/// Returns the lines of the name of the bank in its column.
pub(crate) fn bank_lines(slip: &Slip, faces: &Faces) -> Vec<TextLine> {
    let width = f32::from(BANK_WIDTH - PADDING) * UNIT / BANK_SIZE;
    faces.bold.cut_lines(clean(&slip.bank_name).trim(), width, BANK_LINES_MAX)
}

/// Returns name and document in one line of a cell of this width. A name that is too long is cut, and the document
/// never is.
pub(crate) fn name_and_document(party: &SlipParty, face: &Face, width: u16) -> String {
    let number = match &party.document {
        Document::Cpf(cpf) => cpf.formatted(),
        Document::Cnpj(cnpj) => cnpj.formatted(),
    };
    let document = format!(" – {} {number}", party.document.kind());
    // A little less than there is, because sums of widths are rounded.
    let left = text_width(width) - face.line(&document).width - 0.01;
    format!("{}{document}", face.cut(clean(&party.name).trim(), left))
}

/// Returns the name of the barcode for people who do not see it.
pub(crate) fn barcode_label(slip: &Slip) -> String {
    format!("Código de barras do boleto: {}", slip.barcode)
}
