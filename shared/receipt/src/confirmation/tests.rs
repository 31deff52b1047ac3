//! What a genuine code confirms after the transaction went on.

use super::*;
use crate::scene::{issued, keys, receipt, time};

fn confirm(was: ReceiptState, is: ReceiptState) -> Confirmation {
    let code = issued(ReceiptKind::Payout, was).code;
    let code = ReceiptCode::verify(&code, &keys(1)).expect("genuine");
    Confirmation::of(&code, receipt(ReceiptKind::Payout, is))
}

#[test]
fn the_verdict_says_whether_the_state_changed() {
    use ReceiptState::{NotMade, Paid, PartlyReturned, Processing, Returned, Scheduled};
    for (was, is, expected) in [
        (Paid, Paid, Verdict::Confirmed),
        (Scheduled, Scheduled, Verdict::Confirmed),
        (Scheduled, Paid, Verdict::Changed),
        (Scheduled, NotMade, Verdict::Changed),
        (Processing, Paid, Verdict::Changed),
        (Paid, PartlyReturned, Verdict::Changed),
        (Paid, Returned, Verdict::Changed),
        (PartlyReturned, Returned, Verdict::Changed),
    ] {
        let confirmation = confirm(was, is);
        assert_eq!(confirmation.verdict(), expected, "{was:?} {is:?}");
        let view = ConfirmationView::from(&confirmation);
        let shown = view.receipt.expect("genuine");
        assert!(shown.same_claims, "{was:?} {is:?}");
        assert_eq!(shown.state, was);
        assert_eq!(view.current.map(|current| current.state), Some(is));
        assert_eq!(shown.paid_at.is_some(), was.is_paid());
    }
}

#[test]
fn more_of_the_money_back_is_a_change() {
    let code = issued(ReceiptKind::Payout, ReceiptState::PartlyReturned).code;
    let code = ReceiptCode::verify(&code, &keys(1)).expect("genuine");
    let mut now = receipt(ReceiptKind::Payout, ReceiptState::PartlyReturned);
    (now.returned_amount_cents, now.state_at) = (2_000, time("2026-12-05T09:00:00Z"));
    let confirmation = Confirmation::of(&code, now);
    assert_eq!(confirmation.verdict(), Verdict::Changed);
    let view = ConfirmationView::from(&confirmation);
    assert_eq!(view.receipt.map(|shown| shown.returned_amount_cents), Some(1_000));
    assert_eq!(view.current.map(|current| current.returned_amount_cents), Some(2_000));
}

#[test]
fn a_new_name_of_the_account_is_said_and_the_code_stays_genuine() {
    let code = issued(ReceiptKind::Payout, ReceiptState::Paid).code;
    let code = ReceiptCode::verify(&code, &keys(1)).expect("genuine");
    let mut now = receipt(ReceiptKind::Payout, ReceiptState::Paid);
    now.payer.name = Some("Loja Nova Ltda".to_owned());
    let confirmation = Confirmation::of(&code, now);
    assert_eq!(confirmation.verdict(), Verdict::Confirmed);
    let view = ConfirmationView::from(&confirmation);
    assert_eq!(view.receipt.map(|shown| shown.same_claims), Some(false));
}

#[test]
fn an_answer_has_no_key_no_account_number_and_no_reference() {
    let confirmation = confirm(ReceiptState::Paid, ReceiptState::Paid);
    let json = serde_json::to_string(&ConfirmationView::from(&confirmation)).expect("JSON");
    let page = crate::confirmation_page(&confirmation).html;
    for text in ["pedido-7", "Pedido 7", "12345678909", "Chave", "pix_key"] {
        assert!(!json.contains(text) && !page.contains(text), "{text}");
    }
    assert!(json.contains("***.456.789-**") && page.contains("***.456.789-**"));
    let refused = ConfirmationView::from(&Confirmation::NotConfirmed);
    assert_eq!((refused.receipt, refused.current), (None, None));
}
