//! Pix keys beyond the vectors: errors that say what to do, masked keys, and JSON.

use std::collections::BTreeSet;

use brazil::{PixKey, PixKeyError, PixKeyKind};
use proptest::prelude::*;

const CPF: PixKeyKind = PixKeyKind::Cpf;
const CNPJ: PixKeyKind = PixKeyKind::Cnpj;
const PHONE: PixKeyKind = PixKeyKind::Phone;
const EMAIL: PixKeyKind = PixKeyKind::Email;
const EVP: PixKeyKind = PixKeyKind::Evp;

#[track_caller]
fn check(kind: PixKeyKind, text: &str, expected: Result<&str, PixKeyError>) {
    let key = PixKey::parse(kind, text);
    assert_eq!(key.as_ref().map(PixKey::as_str).map_err(|error| *error), expected, "{text}");
}

#[test]
fn the_kind_decides_what_eleven_digits_are() {
    check(CPF, "51998259765", Ok("51998259765"));
    check(PHONE, "51998259765", Ok("+5551998259765"));
    let key = PixKey::detect("51998259765").expect("both");
    assert_eq!(key.kind(), CPF);
}

#[test]
fn a_phone_is_read_with_and_without_the_code_of_the_country() {
    for text in ["11987654321", "11 98765-4321", "5511987654321", "+55 (11) 98765 4321"] {
        check(PHONE, text, Ok("+5511987654321"));
        let key = PixKey::detect(text).expect("no CPF has these digits");
        assert_eq!((key.kind(), key.as_str()), (PHONE, "+5511987654321"), "{text}");
    }
    // 55 is the area code of Santa Maria as well.
    check(PHONE, "55987654321", Ok("+5555987654321"));
    check(PHONE, "+5555987654321", Ok("+5555987654321"));
}

#[test]
fn each_mistake_in_a_phone_has_its_own_error() {
    check(PHONE, "+5510998765432", Err(PixKeyError::UnknownAreaCode));
    check(PHONE, "+551130000000", Err(PixKeyError::NotMobile));
    check(PHONE, "+5511887654321", Err(PixKeyError::NotMobile));
    check(PHONE, "+55119876543", Err(PixKeyError::WrongLength { kind: PHONE }));
    check(PHONE, "+555511987654321", Err(PixKeyError::WrongLength { kind: PHONE }));
    check(PHONE, "+351912345678", Err(PixKeyError::WrongCharacters { kind: PHONE }));
    check(PHONE, "+55 11 9876x-4321", Err(PixKeyError::WrongCharacters { kind: PHONE }));
    check(PHONE, "", Err(PixKeyError::WrongLength { kind: PHONE }));
}

#[test]
fn there_are_67_area_codes() {
    let exists = |code: &u8| PixKey::parse(PHONE, &format!("{code:02}987654321")).is_ok();
    assert_eq!((0_u8..=99).filter(exists).count(), 67);
}

#[test]
fn an_email_key_is_less_than_an_address() {
    let wrong = Err(PixKeyError::WrongCharacters { kind: EMAIL });
    check(EMAIL, "  Fulano@Example.COM ", Ok("fulano@example.com"));
    check(EMAIL, "a@localhost", Ok("a@localhost"));
    for text in ["a&b@example.com", "a@b@c", "a@example-.com", "a@example..com", "é@example.com"] {
        check(EMAIL, text, wrong);
    }
    check(EMAIL, &format!("a@{}", "b".repeat(63)), Ok(&format!("a@{}", "b".repeat(63))));
    check(EMAIL, &format!("a@{}", "b".repeat(64)), wrong);
    let long = format!("{}@example.com", "a".repeat(66));
    check(EMAIL, &long, Err(PixKeyError::WrongLength { kind: EMAIL }));
}

#[test]
fn a_mistake_in_a_document_keeps_its_error() {
    check(CPF, "12345678901", Err(PixKeyError::WrongCheckDigits { kind: CPF }));
    check(CPF, "11111111111", Err(PixKeyError::RepeatedDigits { kind: CPF }));
    check(CNPJ, "0003816600010", Err(PixKeyError::WrongLength { kind: CNPJ }));
    check(CNPJ, "00038166_00105", Err(PixKeyError::WrongCharacters { kind: CNPJ }));
}

#[test]
fn text_without_the_form_of_a_key_is_refused() {
    for text in ["", "maria", "CPF 123.456.789-09", "123", "abcdefghijklmn"] {
        assert_eq!(PixKey::detect(text), Err(PixKeyError::UnknownForm), "{text}");
    }
    let mistyped = PixKey::detect("123.456.789-00");
    assert_eq!(mistyped, Err(PixKeyError::WrongCheckDigits { kind: CPF }));
}

#[test]
fn a_random_key_is_lower_case_with_its_hyphens() {
    check(EVP, "71C7D9BE-4B85-1E43-9F1C-1F3B8B4E9A2D", Ok("71c7d9be-4b85-1e43-9f1c-1f3b8b4e9a2d"));
    let bare = "71c7d9be4b851e439f1c1f3b8b4e9a2d";
    check(EVP, bare, Err(PixKeyError::WrongLength { kind: EVP }));
    let shifted = "71c7d9be4-b85-1e43-9f1c-1f3b8b4e9a2d";
    check(EVP, shifted, Err(PixKeyError::WrongCharacters { kind: EVP }));
}

#[test]
fn a_new_random_key_is_of_version_4() {
    let zeros = PixKey::evp([0; 16]);
    assert_eq!(zeros.as_str(), "00000000-0000-4000-8000-000000000000");
    assert_eq!(PixKey::evp([255; 16]).as_str(), "ffffffff-ffff-4fff-bfff-ffffffffffff");
}

#[test]
fn the_masked_form_and_debug_hide_personal_data() {
    for (text, masked) in [
        ("12345678909", "***.456.789-**"),
        ("12ABC34501DE35", "12.ABC.345/01DE-35"),
        ("+5511987654321", "+55 ** *****-4321"),
        ("maria@example.com", "m***@example.com"),
        ("m@example.com", "m***@example.com"),
        ("123e4567-e89b-12d3-a456-426655440000", "123e4567-e89b-12d3-a456-426655440000"),
    ] {
        let key = PixKey::detect(text).expect("a key");
        assert_eq!(key.masked(), masked);
        assert_eq!(format!("{key:?}"), format!("PixKey({} {masked})", key.kind()));
    }
}

#[test]
fn an_error_never_repeats_the_key() {
    for text in ["12345678901", "+5510998765432", "(11) 3000-0000", "maria%@example.com"] {
        let error = PixKey::detect(text).expect_err("each has a mistake");
        assert!(!error.to_string().contains(&text[1..]), "{error}");
    }
}

#[test]
fn each_error_has_its_own_message() {
    let mut messages = BTreeSet::new();
    for kind in PixKeyKind::ALL {
        messages.insert(PixKeyError::WrongLength { kind }.to_string());
        messages.insert(PixKeyError::WrongCharacters { kind }.to_string());
    }
    assert_eq!(messages.len(), 2 * PixKeyKind::ALL.len());
}

#[test]
fn a_key_in_json_has_its_type_and_is_checked() {
    let key: PixKey = serde_json::from_str(r#"{"type":"phone","key":"(11) 98765-4321"}"#)
        .expect("a phone as people write it");
    let written = serde_json::to_string(&key).expect("a key is writable");
    assert_eq!(written, r#"{"type":"phone","key":"+5511987654321"}"#);
    let wrong = serde_json::from_str::<PixKey>(r#"{"type":"cpf","key":"12345678901"}"#);
    let message = wrong.expect_err("the check digits are wrong").to_string();
    assert!(message.starts_with("the check digits do not make it a CPF"), "{message}");
}

#[test]
fn a_kind_is_written_as_its_word() {
    for kind in PixKeyKind::ALL {
        let written = serde_json::to_value(kind).expect("a word");
        assert_eq!(written, kind.as_str());
    }
}

proptest! {
    #[test]
    fn a_key_reads_as_the_same_with_and_without_its_kind(
        area_code in 11_u8..=99,
        phone in "9[0-9]{8}",
        email in "[a-z0-9.+_-]{1,20}@[a-z]{1,9}\\.com",
        bytes in any::<[u8; 16]>(),
    ) {
        let phone = PixKey::parse(PHONE, &format!("+55{area_code}{phone}")).ok();
        let email = PixKey::parse(EMAIL, &email).ok();
        prop_assert!(email.is_some());
        for key in [phone, email, Some(PixKey::evp(bytes))].into_iter().flatten() {
            prop_assert_eq!(PixKey::parse(key.kind(), key.as_str()), Ok(key.clone()));
            prop_assert_eq!(PixKey::detect(key.as_str()), Ok(key));
        }
    }

    #[test]
    fn no_text_makes_a_key_panic(
        bytes in any::<Vec<u8>>(),
        text in "\\PC{0,40}",
        digits in "[-+() 0-9.@é]{0,40}",
    ) {
        for text in [String::from_utf8_lossy(&bytes).as_ref(), &text, &digits] {
            for key in PixKeyKind::ALL.map(|kind| PixKey::parse(kind, text)) {
                let _ = key.map(|key| (key.masked(), format!("{key:?}")));
            }
            let _ = PixKey::detect(text);
        }
    }
}
