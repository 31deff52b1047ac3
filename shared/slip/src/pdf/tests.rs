//! The PDF: one accessible page for any text, and the same bytes for the same slip.

use brazil::DocumentKind;
use proptest::prelude::*;

use super::*;
use crate::form::payment_cells;
use crate::form_cell::{FORM_WIDTH, form_height};
use crate::slips::{full_slip, long_name, party, slip};

fn pages(pdf: &[u8]) -> usize {
    pdf.windows(b"/Type/Page/".len()).filter(|window| *window == b"/Type/Page/").count()
}

#[test]
fn a_slip_is_an_accessible_pdf_of_one_page() {
    for slip in [slip(), full_slip()] {
        let pdf = slip_pdf(&slip).expect("the rules of PDF/UA hold");
        assert!(pdf.starts_with(b"%PDF-1.7") && pages(&pdf) == 1, "{} pages", pages(&pdf));
        let text = String::from_utf8_lossy(&pdf);
        for mark in ["/MarkInfo", "/Lang(pt-BR)", "/DisplayDocTitle true", "pdfuaid:part"] {
            assert!(text.contains(mark), "{mark}");
        }
        assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
    }
}

#[test]
fn the_form_has_the_size_that_banks_take() {
    let cells = payment_cells(&full_slip(), &Faces::load().expect("our fonts"));
    let height = sheet::BANK_HEIGHT + form_height(&cells) + sheet::BARS_ZONE;
    // In hundredths of an inch: 95 to 108 mm by 170 to 216 mm.
    assert!((375..=425).contains(&height), "{height}");
    assert!((670..=850).contains(&FORM_WIDTH));
}

#[test]
fn bars_and_qr_code_are_vectors() {
    let pdf = slip_pdf(&full_slip()).expect("a PDF");
    assert!(!String::from_utf8_lossy(&pdf).contains("/Subtype/Image"));
}

#[test]
fn the_same_slip_has_the_same_bytes() {
    let of = |slip: &Slip| slip_pdf(slip).expect("a PDF");
    assert_eq!(of(&full_slip()), of(&full_slip()));
    assert_ne!(of(&full_slip()), of(&slip()));
}

#[test]
fn wrong_codes_have_no_pdf() {
    let mut slip = slip();
    slip.barcode.clear();
    assert!(matches!(slip_pdf(&slip), Err(SlipError::Barcode)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_is_refused(name in any::<String>(), lines in prop::collection::vec(any::<String>(), 0..20)) {
        let mut slip = full_slip();
        slip.payer.name.clone_from(&name);
        slip.payer.address.clone_from(&name);
        slip.beneficiary = party(&long_name(), DocumentKind::Cnpj, "11222333000181");
        slip.bank_name = name;
        slip.instructions = lines;
        let pdf = slip_pdf(&slip);
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
    }
}
