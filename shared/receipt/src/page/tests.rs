//! Pages: the words of each state, masking and escaping.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::*;
use crate::receipt::{ReceiptKind, ReceiptMethod, ReceiptState};
use crate::scene::{KINDS, ORIGIN, issued, keys, receipt};
use crate::view::ReceiptView;

/// Returns the page without its style and its code, in which any letters can be.
fn words_of(issued: &IssuedReceipt) -> String {
    let html = receipt_page(issued).html.replace(&issued.code, "").replace(STYLE, "");
    html.to_lowercase()
}

#[test]
fn only_a_paid_transaction_is_called_paid() {
    for kind in KINDS {
        for state in [ReceiptState::Scheduled, ReceiptState::Processing] {
            let page = words_of(&issued(kind, state));
            for word in ["pago", "concluíd", "comprovante"] {
                assert!(!page.contains(word), "{kind:?} {state:?} says {word}");
            }
        }
    }
    let scheduled = issued(ReceiptKind::Payout, ReceiptState::Scheduled);
    assert_eq!(ReceiptView::from(&scheduled).title, "Agendamento Pix");
    let page = words_of(&scheduled);
    assert!(page.contains("agendamento pix") && page.contains("24/12/2026 às 09:00:00"));
    let processing = words_of(&issued(ReceiptKind::Payout, ReceiptState::Processing));
    assert!(processing.contains("em processamento"));
}

#[test]
fn each_kind_and_state_has_its_title() {
    use ReceiptState::{InReview, Paid, PartlyReturned, Processing, Returned};
    for (kind, state, title) in [
        (ReceiptKind::Payout, Paid, "Comprovante de Pix"),
        (ReceiptKind::Payout, PartlyReturned, "Comprovante de Pix"),
        (ReceiptKind::Payout, Returned, "Comprovante de Pix devolvido"),
        (ReceiptKind::Payout, Processing, "Pix em processamento"),
        (ReceiptKind::Charge, Paid, "Comprovante de pagamento"),
        (ReceiptKind::Charge, InReview, "Pagamento em análise"),
        (ReceiptKind::Charge, Returned, "Comprovante de pagamento devolvido"),
        (ReceiptKind::Refund, Processing, "Devolução em processamento"),
        (ReceiptKind::Refund, Paid, "Comprovante de devolução"),
    ] {
        assert_eq!(ReceiptView::from(&issued(kind, state)).title, title, "{kind:?} {state:?}");
    }
    let mut ted = receipt(ReceiptKind::Payout, ReceiptState::Scheduled);
    ted.method = ReceiptMethod::Ted;
    let ted = ted.issue(&keys(1), ORIGIN);
    assert_eq!(ReceiptView::from(&ted).title, "Agendamento de TED");
}

#[test]
fn a_cpf_and_the_key_of_a_person_are_masked_and_a_cnpj_is_whole() {
    let issued = issued(ReceiptKind::Payout, ReceiptState::Paid);
    let json = serde_json::to_string(&ReceiptView::from(&issued)).expect("JSON");
    let page = receipt_page(&issued).html;
    for text in [json.as_str(), page.as_str()] {
        assert!(text.contains("***.456.789-**"));
        assert!(!text.contains("12345678909") && !text.contains("123.456.789"));
    }
    let cnpj =
        brazil::Document::parse(brazil::DocumentKind::Cnpj, "12ABC34501DE35").expect("valid");
    let party = crate::Party::named("Loja").with_document(&cnpj);
    assert_eq!(party.document.as_deref(), Some("12.ABC.345/01DE-35"));
    let stored =
        crate::Party::named("x").with_masked_document(brazil::DocumentKind::Cnpj, "12ABC34501DE35");
    assert_eq!(stored.document, party.document);
}

#[test]
fn every_value_is_escaped() {
    let evil = "<script>alert(1)</script>\"'&\u{202e}";
    let mut receipt = receipt(ReceiptKind::Payout, ReceiptState::Paid);
    receipt.payee = crate::Party::named(evil).with_merchant_name(evil);
    receipt.reference = Some(crate::clean(evil));
    receipt.description = Some(crate::clean(evil));
    let issued = receipt.clone().issue(&keys(1), "https://api.example.com/\"><b>");
    let code = crate::ReceiptCode::verify(&issued.code, &keys(1)).expect("genuine");
    let answer = confirmation_page(&Confirmation::of(&code, receipt));
    for page in [receipt_page(&issued), answer] {
        assert!(!page.html.contains("<script") && !page.html.contains("<b>"), "{}", page.html);
        assert!(page.html.contains("&#60;script&#62;"));
        assert!(page.security_policy.starts_with("default-src 'none'; style-src 'sha256-"));
        assert!(!page.html.contains('\u{202e}') && page.html.contains("\u{fffd}</bdi>"));
    }
}

#[test]
fn the_policy_has_the_hash_of_the_style_that_the_page_has() {
    let page = receipt_page(&issued(ReceiptKind::Charge, ReceiptState::Paid));
    let style = page.html.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next());
    let hash = STANDARD.encode(Sha256::digest(style.expect("a style").as_bytes()));
    assert!(page.security_policy.contains(&hash));
}

#[test]
fn a_receipt_of_the_sandbox_says_that_it_has_no_value() {
    let mut receipt = receipt(ReceiptKind::Charge, ReceiptState::Paid);
    assert!(!receipt_page(&receipt.clone().issue(&keys(1), ORIGIN)).html.contains("TESTES"));
    receipt.stage = Stage::Sandbox;
    let issued = receipt.clone().issue(&keys(1), ORIGIN);
    assert!(receipt_page(&issued).html.contains("AMBIENTE DE TESTES"));
    let code = crate::ReceiptCode::verify(&issued.code, &keys(1)).expect("genuine");
    let answer = confirmation_page(&Confirmation::of(&code, receipt));
    assert!(answer.html.contains("AMBIENTE DE TESTES"));
}

#[test]
fn the_answer_to_a_false_code_says_so() {
    let page = confirmation_page(&Confirmation::NotConfirmed).html;
    assert!(page.contains("Comprovante não confirmado") && page.contains("não aceite"));
}
