//! The PDF: every kind and state, any text, and the same bytes for the same receipt.

use proptest::prelude::*;

use super::*;
use crate::Party;
use crate::receipt::{ReceiptKind, ReceiptState};
use crate::scene::{KINDS, ORIGIN, issued, keys, receipt};

fn pages(pdf: &[u8]) -> usize {
    pdf.windows(b"/Type/Page/".len()).filter(|window| *window == b"/Type/Page/").count()
}

#[test]
fn every_kind_and_state_is_an_accessible_pdf_of_one_page() {
    for kind in KINDS {
        for state in ReceiptState::ALL.into_iter().filter(|state| state.has_receipt()) {
            let pdf = receipt_pdf(&issued(kind, state)).expect("the rules of PDF/UA hold");
            assert!(pdf.starts_with(b"%PDF-1.7"), "{kind:?} {state:?}");
            let text = String::from_utf8_lossy(&pdf);
            for mark in ["/MarkInfo", "/Lang(pt-BR)", "/DisplayDocTitle true", "pdfuaid:part"] {
                assert!(text.contains(mark), "{mark}");
            }
            assert!(pdf.len() < 60_000, "{} bytes", pdf.len());
        }
    }
}

#[test]
fn the_same_receipt_has_the_same_bytes() {
    let of = || receipt_pdf(&issued(ReceiptKind::Payout, ReceiptState::Paid)).expect("a PDF");
    assert_eq!(of(), of());
    let other = receipt_pdf(&issued(ReceiptKind::Payout, ReceiptState::Returned)).expect("a PDF");
    assert_ne!(of(), other);
}

#[test]
fn letters_that_the_fonts_lack_are_shown_and_explained() {
    let mut receipt = receipt(ReceiptKind::Payout, ReceiptState::Paid);
    let explained = |receipt: &crate::Receipt| {
        let blocks = blocks(&receipt.clone().issue(&keys(1), ORIGIN));
        blocks
            .iter()
            .any(|block| matches!(block, Block::Note { text, .. } if text.contains(REPLACEMENT)))
    };
    assert!(!explained(&receipt));
    receipt.payee = Party::named("محمد שלום 山田 😀");
    assert!(explained(&receipt));
    receipt_pdf(&receipt.issue(&keys(1), ORIGIN)).expect("a PDF");
}

#[test]
fn long_texts_go_on_to_further_pages() {
    let mut receipt = receipt(ReceiptKind::Payout, ReceiptState::Paid);
    receipt.payee = Party::named(&"Maria da Conceição ".repeat(60));
    receipt.description = Some("W".repeat(4_000));
    let pdf = receipt_pdf(&receipt.issue(&keys(1), ORIGIN)).expect("a PDF");
    assert!(pdf.len() > 10_000 && pages(&pdf) != 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_is_refused(name in any::<String>(), description in any::<String>()) {
        let mut receipt = receipt(ReceiptKind::Charge, ReceiptState::Paid);
        receipt.payer = Party::named(&name);
        receipt.description = Some(crate::clean(&description));
        let pdf = receipt_pdf(&receipt.issue(&keys(1), ORIGIN));
        prop_assert!(pdf.is_ok(), "{:?}", pdf.err());
    }
}
