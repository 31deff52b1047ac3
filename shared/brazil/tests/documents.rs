//! CPF and CNPJ beyond the vectors: errors that say what to do, and masked numbers.

use brazil::{Cnpj, Cpf, Document, DocumentError, DocumentKind};
use proptest::prelude::*;

const CPF: DocumentKind = DocumentKind::Cpf;
const CNPJ: DocumentKind = DocumentKind::Cnpj;

#[test]
fn a_lower_case_cnpj_is_normalised() {
    let cnpj = Cnpj::parse("12.abc.345/01de-35").expect("the example of Receita Federal");
    assert_eq!(cnpj.as_str(), "12ABC34501DE35");
    assert_eq!(cnpj.masked(), "12.ABC.345/01DE-35");
}

/// The registry alone knows which numbers exist; of a repeated character only those without right check
/// digits or of equal digits are refused.
#[test]
fn any_cnpj_with_right_check_digits_passes() {
    for text in [
        "AAAAAAAAAAAA45",
        "aaaaaaaaaaaa45",
        "AA.AAA.AAA/AAAA-45",
        "ZZZZZZZZZZZZ62",
        "11111111111180",
    ] {
        assert!(Cnpj::parse(text).is_ok(), "{text}");
    }
    assert!(Cnpj::parse("11111111111111").is_err());
    assert!(Cnpj::parse("AAAAAAAAAAAA46").is_err());
}

#[test]
fn each_separator_may_be_left_out() {
    assert!(Cnpj::parse("AA345678/000A-29").is_ok());
    assert!(Cpf::parse("390533447-05").is_ok());
}

#[test]
fn a_separator_out_of_its_place_is_refused() {
    let refused = Err(DocumentError::WrongCharacters { kind: CPF });
    for text in ["39.0533.447-05", "390..533.447-05", "390.533.447-05-", "-39053344705"] {
        assert_eq!(Cpf::parse(text), refused, "{text}");
    }
}

#[test]
fn each_mistake_has_its_own_error() {
    assert_eq!(Cpf::parse(""), Err(DocumentError::WrongLength { kind: CPF }));
    assert_eq!(Cpf::parse("3905334470"), Err(DocumentError::WrongLength { kind: CPF }));
    assert_eq!(Cpf::parse("390533447050"), Err(DocumentError::WrongLength { kind: CPF }));
    assert_eq!(Cpf::parse("3905334470A"), Err(DocumentError::WrongCharacters { kind: CPF }));
    assert_eq!(Cpf::parse(" 39053344705"), Err(DocumentError::WrongCharacters { kind: CPF }));
    assert_eq!(Cpf::parse("3905334470５"), Err(DocumentError::WrongCharacters { kind: CPF }));
    assert_eq!(Cpf::parse("39053344704"), Err(DocumentError::WrongCheckDigits { kind: CPF }));
    assert_eq!(Cpf::parse("11111111111"), Err(DocumentError::RepeatedDigits { kind: CPF }));
    let zeros = Cnpj::parse("00000000000000");
    assert_eq!(zeros, Err(DocumentError::RepeatedDigits { kind: CNPJ }));
    let letters = Cnpj::parse("12ABC34501DEAA");
    assert_eq!(letters, Err(DocumentError::WrongCharacters { kind: CNPJ }));
}

#[test]
fn an_error_never_repeats_the_number() {
    for text in ["39053344704", "390533447051", "3905334470x", "11111111111"] {
        let error = Cpf::parse(text).expect_err("each has a mistake");
        assert!(!error.to_string().contains(&text[..9]), "{error}");
    }
}

#[test]
fn the_test_payer_of_another_provider_is_valid() {
    assert!(Cpf::parse("12345678909").is_ok());
}

#[test]
fn debug_shows_only_the_masked_cpf() {
    let document = Document::parse(CPF, "39053344705").expect("a valid CPF");
    assert_eq!(format!("{document:?}"), "Cpf(Cpf(***.533.447-**))");
    assert_eq!(document.masked(), "***.533.447-**");
}

#[test]
fn a_document_in_json_has_its_type_and_number() {
    let read: Document = serde_json::from_str(r#"{"type":"cpf","number":"390.533.447-05"}"#)
        .expect("a valid CPF with punctuation");
    let written = serde_json::to_string(&read).expect("a document is writable");
    assert_eq!(written, r#"{"type":"cpf","number":"39053344705"}"#);
    assert_eq!((read.kind(), read.number()), (CPF, "39053344705"));
}

#[test]
fn a_document_in_json_is_checked() {
    let wrong = serde_json::from_str::<Document>(r#"{"type":"cpf","number":"39053344704"}"#);
    let message = wrong.expect_err("the last digit is wrong").to_string();
    assert!(message.starts_with("the last two digits of the CPF do not match"), "{message}");
    let swapped = serde_json::from_str::<Document>(r#"{"type":"cnpj","number":"39053344705"}"#);
    assert!(swapped.is_err());
}

/// Completes 9 digits to a CPF by search, so that the test does not repeat the algorithm.
fn complete_cpf(base: &str) -> Option<Cpf> {
    (0..100).find_map(|check| Cpf::parse(&format!("{base}{check:02}")).ok())
}

/// Changes the digit at a position to another digit.
fn change_digit(number: &str, position: usize, step: u8) -> String {
    let mut bytes = number.as_bytes().to_vec();
    bytes[position] = b'0' + (bytes[position] - b'0' + step) % 10;
    String::from_utf8(bytes).expect("digits are ASCII")
}

proptest! {
    #[test]
    fn nine_digits_have_exactly_one_pair_of_check_digits(base in "[0-9]{9}") {
        let matching = (0..100).filter(|check| Cpf::parse(&format!("{base}{check:02}")).is_ok());
        let repeated = base.bytes().all(|byte| base.starts_with(char::from(byte)));
        prop_assert_eq!(matching.count(), usize::from(!repeated));
    }

    /// The remainders 0 and 1 give the same check digit 0. So a change in the base is certain to show
    /// only if the first check digit is not 0. No weight of the first sum, and no difference of two
    /// digits, is a multiple of 11.
    #[test]
    fn one_changed_digit_of_a_cpf_is_refused(
        base in "[0-9]{9}",
        position in 0_usize..11,
        step in 1_u8..10,
    ) {
        if let Some(cpf) = complete_cpf(&base)
            && (position >= 9 || !cpf.as_str()[9..].starts_with('0'))
        {
            prop_assert!(Cpf::parse(&change_digit(cpf.as_str(), position, step)).is_err());
        }
    }

    /// The same as for a CPF. A letter may differ from a digit by 11, so the test changes digits only.
    #[test]
    fn one_changed_digit_of_a_cnpj_is_refused(
        base in "[0-9A-Z]{12}",
        position in 0_usize..14,
        step in 1_u8..10,
    ) {
        let complete = |check| Cnpj::parse(&format!("{base}{check:02}")).ok();
        if let Some(cnpj) = (0..100).find_map(complete)
            && cnpj.as_str().as_bytes()[position].is_ascii_digit()
            && (position >= 12 || !cnpj.as_str()[12..].starts_with('0'))
        {
            prop_assert!(Cnpj::parse(&change_digit(cnpj.as_str(), position, step)).is_err());
        }
    }

    #[test]
    fn a_formatted_document_reads_as_the_same(base in "[0-9]{9}") {
        if let Some(cpf) = complete_cpf(&base) {
            prop_assert_eq!(Cpf::parse(&cpf.formatted()), Ok(cpf));
        }
    }

    #[test]
    fn no_text_makes_a_document_panic(bytes in any::<Vec<u8>>(), text in "\\PC{0,20}") {
        for text in [String::from_utf8_lossy(&bytes).as_ref(), &text] {
            let _ = (Cpf::parse(text), Cnpj::parse(text));
        }
    }
}
