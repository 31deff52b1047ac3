//! Codes: genuine, forged and truncated.

use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::receipt::ReceiptKind;
use crate::scene::{KINDS, issued, keys, receipt};

#[test]
fn a_code_reads_back_as_what_was_signed() {
    for kind in KINDS {
        for state in ReceiptState::ALL.into_iter().filter(|state| state.has_receipt()) {
            let receipt = receipt(kind, state);
            let text = issued(kind, state).code;
            assert_eq!(text.len(), TEXT_LENGTH);
            let code = ReceiptCode::verify(&text, &keys(1)).expect("genuine");
            assert_eq!(code, ReceiptCode::of(&receipt, 1));
            assert!(code.covers(&receipt), "{kind:?} {state:?}");
        }
    }
}

#[test]
fn a_change_of_any_claim_is_not_covered() {
    let receipt = receipt(ReceiptKind::Payout, ReceiptState::Paid);
    let code = ReceiptCode::of(&receipt, 1);
    let changes: [fn(&mut Receipt); 9] = [
        |receipt| receipt.amount_cents += 1,
        |receipt| receipt.state = ReceiptState::Returned,
        |receipt| receipt.payer.name = None,
        |receipt| receipt.payee.name = Some("Outra".to_owned()),
        |receipt| receipt.payee.document = Some("***.000.000-**".to_owned()),
        |receipt| receipt.end_to_end_id = None,
        |receipt| receipt.paid_at = None,
        |receipt| receipt.returned_amount_cents = 1,
        |receipt| receipt.stage = domain::account::Stage::Sandbox,
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut other = receipt.clone();
        change(&mut other);
        assert!(!code.covers(&other), "change {index}");
    }
    let mut same = receipt.clone();
    same.description = None;
    assert!(code.covers(&same), "a description is no claim");
}

#[test]
fn before_the_end_the_id_of_the_network_is_no_claim() {
    let mut receipt = receipt(ReceiptKind::Payout, ReceiptState::Processing);
    let code = ReceiptCode::of(&receipt, 1);
    receipt.end_to_end_id = None;
    assert!(code.covers(&receipt));
}

#[test]
fn a_truncated_or_longer_text_is_no_code() {
    let code = issued(ReceiptKind::Charge, ReceiptState::Paid).code;
    for text in
        ["", "x", &code[1..], &code[..code.len() - 1], &format!("{code}A"), &code.replace('A', "=")]
    {
        assert_eq!(ReceiptCode::verify(text, &keys(1)), Err(CodeError::Form), "{text}");
    }
    assert_eq!(ReceiptCode::verify(&"é".repeat(TEXT_LENGTH / 2), &keys(1)), Err(CodeError::Form));
}

#[test]
fn a_code_of_another_key_or_of_an_unknown_version_is_refused() {
    let genuine = issued(ReceiptKind::Charge, ReceiptState::Paid).code;
    let others = ReceiptKeys::new(1, [(1, Zeroizing::new([9; 32]))]).expect("a key");
    assert_eq!(ReceiptCode::verify(&genuine, &others), Err(CodeError::Signature));
    let later = receipt(ReceiptKind::Charge, ReceiptState::Paid).issue(&keys(2), "").code;
    assert_eq!(ReceiptCode::verify(&later, &keys(1)), Err(CodeError::UnknownKey(2)));
    assert_eq!(ReceiptCode::key_version(&later), Some(2));
    assert_eq!(ReceiptCode::key_version("x"), None);
}

#[test]
fn a_code_of_an_old_key_verifies_after_a_rotation() {
    let old = issued(ReceiptKind::Payout, ReceiptState::Paid).code;
    assert_eq!(ReceiptCode::verify(&old, &keys(2)).map(|code| code.key_version), Ok(1));
}

proptest! {
    #[test]
    fn every_changed_bit_is_found(byte in 0_usize..SIGNED_LENGTH + SIGNATURE_LENGTH, bit in 0_u8..8) {
        let code = issued(ReceiptKind::Payout, ReceiptState::Paid).code;
        let mut bytes = URL_SAFE_NO_PAD.decode(code).expect("base64url");
        bytes[byte] ^= 1 << bit;
        prop_assert!(ReceiptCode::verify(&URL_SAFE_NO_PAD.encode(bytes), &keys(1)).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC*", long in "[A-Za-z0-9_-]{202}") {
        prop_assert!(ReceiptCode::verify(&text, &keys(1)).is_err());
        prop_assert!(ReceiptCode::verify(&long, &keys(1)).is_err());
    }
}
