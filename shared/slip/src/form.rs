//! The fields of both parts of a slip, which the page and the PDF share.

use typeset::{Faces, reais};

use crate::form_cell::{CellStyle, CellText, FORM_WIDTH, FormCell, FormLayout, ROW_HEIGHT};
use crate::form_texts::{day, name_and_document, payment_place, second_copy_note};
use crate::slip::{Slip, SlipParty};

/// Width of the column at the right, which has dates, numbers and amounts.
const RIGHT: u16 = 180;
/// Width of what is left of that column.
const LEFT: u16 = FORM_WIDTH - RIGHT;
/// Height of a row with two lines of text.
const TALL_ROW: u16 = 38;

/// Returns the fields of the payer's receipt.
pub(crate) fn receipt_cells(slip: &Slip, faces: &Faces) -> Vec<FormCell> {
    let mut form = FormLayout::new(faces);
    form.row(TALL_ROW, vec![beneficiary(slip, faces), due_date(slip)]);
    let payer = name_and_document(&slip.payer, &faces.regular, LEFT);
    form.row(ROW_HEIGHT, vec![CellText::new("Pagador", LEFT, [&payer]), agency(slip)]);
    form.row(
        ROW_HEIGHT,
        vec![
            CellText::new("Nº do documento", 280, [&slip.document_number]),
            CellText::new("Data do documento", 140, [&day(slip.issued_on)]),
            CellText::new("Espécie", 140, ["R$"]),
            our_number(slip),
        ],
    );
    let name = final_beneficiary(slip, faces, LEFT);
    let label = "Sacador/Avalista (beneficiário final)";
    form.row(ROW_HEIGHT, vec![CellText::new(label, LEFT, [&name]), face_value(slip)]);
    if let Some(copy) = slip.second_copy {
        let amount = CellText::new("(=) Valor a pagar", RIGHT, [&reais(copy.amount_due_cents)]);
        let note = CellText::new("Valor atualizado", LEFT, [&second_copy_note(copy)]);
        form.row(ROW_HEIGHT, vec![note, amount.styled(CellStyle::Key)]);
    }
    form.finish()
}

/// Returns the fields of the form that banks process.
pub(crate) fn payment_cells(slip: &Slip, faces: &Faces) -> Vec<FormCell> {
    let mut form = FormLayout::new(faces);
    let place = CellText::new("Local de pagamento", LEFT, [&payment_place(slip)]);
    form.row(ROW_HEIGHT, vec![place, due_date(slip)]);
    form.row(TALL_ROW, vec![beneficiary(slip, faces), agency(slip)]);
    form.row(
        ROW_HEIGHT,
        vec![
            CellText::new("Data do documento", 100, [&day(slip.issued_on)]),
            CellText::new("Nº do documento", 200, [&slip.document_number]),
            CellText::new("Espécie doc.", 80, [&slip.species]),
            CellText::new("Aceite", 60, [if slip.is_accepted { "A" } else { "N" }]),
            CellText::new("Data do processamento", 120, [&day(slip.processed_on)]),
            our_number(slip),
        ],
    );
    form.row(
        ROW_HEIGHT,
        vec![
            CellText::blank("Uso do banco", 100),
            CellText::new("Carteira", 100, [&slip.wallet]),
            CellText::new("Espécie", 80, ["R$"]),
            CellText::blank("Quantidade", 160),
            CellText::blank("(x) Valor", 120),
            face_value(slip),
        ],
    );
    let label = "Instruções (texto de responsabilidade do beneficiário)";
    let instructions: Vec<_> = slip
        .second_copy
        .map(second_copy_note)
        .into_iter()
        .chain(slip.instructions.iter().cloned())
        .collect();
    let amount_due = slip.second_copy.map(|copy| reais(copy.amount_due_cents)).unwrap_or_default();
    form.columns(
        CellText::list(label, LEFT, &instructions),
        vec![
            CellText::blank("(–) Desconto / Abatimento", RIGHT),
            CellText::blank("(–) Outras deduções", RIGHT),
            CellText::blank("(+) Juros / Multa", RIGHT),
            CellText::blank("(+) Outros acréscimos", RIGHT),
            CellText::new("(=) Valor cobrado", RIGHT, [&amount_due]).styled(CellStyle::Number),
        ],
    );
    let payer = name_and_document(&slip.payer, &faces.regular, FORM_WIDTH);
    let payer = CellText::new("Pagador", FORM_WIDTH, [&payer, &slip.payer.address]);
    form.row(TALL_ROW, vec![payer]);
    let name = final_beneficiary(slip, faces, LEFT);
    let label = "Sacador/Avalista (beneficiário final)";
    let code = CellText::blank("Cód. baixa", RIGHT);
    form.row(ROW_HEIGHT, vec![CellText::new(label, LEFT, [&name]), code]);
    form.finish()
}

fn beneficiary(slip: &Slip, faces: &Faces) -> CellText {
    let SlipParty { address, .. } = &slip.beneficiary;
    let name = name_and_document(&slip.beneficiary, &faces.regular, LEFT);
    CellText::new("Beneficiário", LEFT, [&name, address])
}

fn final_beneficiary(slip: &Slip, faces: &Faces, width: u16) -> String {
    let party = slip.final_beneficiary.as_ref();
    party.map(|party| name_and_document(party, &faces.regular, width)).unwrap_or_default()
}

fn due_date(slip: &Slip) -> CellText {
    CellText::new("Vencimento", RIGHT, [&day(slip.due_date)]).styled(CellStyle::Key)
}

fn agency(slip: &Slip) -> CellText {
    let label = "Agência / Código do beneficiário";
    CellText::new(label, RIGHT, [&slip.agency_account]).styled(CellStyle::Number)
}

fn our_number(slip: &Slip) -> CellText {
    CellText::new("Nosso número", RIGHT, [&slip.our_number]).styled(CellStyle::Number)
}

fn face_value(slip: &Slip) -> CellText {
    let label = "(=) Valor do documento";
    CellText::new(label, RIGHT, [&reais(slip.amount_cents)]).styled(CellStyle::Key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form_cell::{COLUMN, form_height};
    use crate::slips::{full_slip, slip};

    #[test]
    fn the_fields_fill_each_form_without_overlap() {
        let faces = Faces::load().expect("our fonts");
        for slip in [slip(), full_slip()] {
            for cells in [receipt_cells(&slip, &faces), payment_cells(&slip, &faces)] {
                let mut areas = 0;
                for (index, cell) in cells.iter().enumerate() {
                    let area = cell.area;
                    assert_eq!(area.width % COLUMN, 0, "{}", cell.label);
                    assert!(area.left + area.width <= FORM_WIDTH, "{}", cell.label);
                    areas += u32::from(area.width) * u32::from(area.height);
                    let apart = cells[..index].iter().all(|other| {
                        let other = other.area;
                        other.left + other.width <= area.left
                            || area.left + area.width <= other.left
                            || other.top + other.height <= area.top
                    });
                    assert!(apart, "{} lies on another field", cell.label);
                }
                assert_eq!(areas, u32::from(FORM_WIDTH) * u32::from(form_height(&cells)));
            }
        }
    }
}
