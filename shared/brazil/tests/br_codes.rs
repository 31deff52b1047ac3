//! BR Codes beyond the vectors: how they are written, and what is refused.

use brazil::{BrCode, BrCodeError, PointOfInitiation, StaticTxid, crc16};
use proptest::prelude::*;

const LOCATION: &str = "pix.example.com/8b3da2f39a4140d1a91abd93113bd441";
const KEY: &str = "123e4567-e12b-12d1-a456-426655440000";

/// Returns the static sample of the manual.
fn sample() -> String {
    BrCode::static_key(KEY, "Fulano de Tal", "BRASILIA", None, StaticTxid::none())
        .expect("the sample of the manual")
        .encode()
}

/// Returns the sample with an object replaced and a new checksum.
fn sample_with(object: &str, replacement: &str) -> String {
    let sample = sample();
    assert_eq!(sample.matches(object).count(), 1, "{object} is once in {sample}");
    let changed = sample.replace(object, replacement);
    let covered = &changed[..changed.len() - 4];
    format!("{covered}{:04X}", crc16(covered.as_bytes()))
}

#[test]
fn the_checksum_has_the_check_value_of_its_catalogue() {
    assert_eq!(crc16(b"123456789"), 0x29B1);
}

#[test]
fn the_dynamic_sample_of_the_manual_is_written() {
    let code = BrCode::dynamic(LOCATION, "Fulano de Tal", "Brasília", None).expect("valid");
    let expected = "00020101021226700014br.gov.bcb.pix2548pix.example.com/\
                    8b3da2f39a4140d1a91abd93113bd4415204000053039865802BR5913Fulano de Tal\
                    6008Brasilia62070503***6304";
    assert!(code.encode().starts_with(expected));
    assert_eq!(code.point_of_initiation(), Some(PointOfInitiation::SingleUse));
    let printed = BrCode::dynamic(LOCATION, "Fulano de Tal", "BRASILIA", None).expect("valid");
    assert!(printed.encode().ends_with("***630464E4"));
}

#[test]
fn the_static_sample_of_the_manual_is_written() {
    assert!(sample().ends_with("63041D3D"));
}

#[test]
fn accents_are_removed_and_long_names_are_cut() {
    let name = "Cooperativa de Açúcar e Álcool São João";
    let code = BrCode::dynamic(LOCATION, name, "São José dos Campos", Some(5)).expect("valid");
    assert_eq!(code.merchant_name(), "Cooperativa de Acucar e A");
    assert_eq!(code.merchant_city(), "Sao Jose dos Ca");
    assert!(code.encode().contains("54040.05"));
}

#[test]
fn a_name_with_combining_accents_gives_the_same_code() {
    let code = BrCode::dynamic(LOCATION, "Joa\u{303}o 🍞  Pa\u{303}es", "Itu", None);
    assert_eq!(code.expect("valid").merchant_name(), "Joao Paes");
}

#[test]
fn a_name_without_one_ascii_character_is_refused() {
    let name = BrCode::dynamic(LOCATION, "パン", "Itu", None);
    assert_eq!(name, Err(BrCodeError::WrongMerchantName));
    let city = BrCode::dynamic(LOCATION, "Pix", " \t", None);
    assert_eq!(city, Err(BrCodeError::WrongMerchantCity));
}

#[test]
fn a_location_is_a_host_and_a_path_of_77_characters_at_most() {
    let longest = format!("pix.example.com/{}", "a".repeat(61));
    assert!(BrCode::dynamic(&longest, "Pix", "Itu", None).is_ok());
    assert!(BrCode::dynamic("127.0.0.1:8080/v2/1", "Pix", "Itu", None).is_ok());
    let too_long = format!("{longest}a");
    for location in ["", "pix.example.com", "https://a.b/c", "/c", "a.b/", "a b/c", &too_long] {
        let refused = BrCode::dynamic(location, "Pix", "Itu", None);
        assert_eq!(refused, Err(BrCodeError::WrongLocation), "{location}");
    }
}

#[test]
fn an_amount_is_one_cent_up_to_thirteen_characters() {
    for cents in [1, 999_999_999_999] {
        assert!(BrCode::dynamic(LOCATION, "Pix", "Itu", Some(cents)).is_ok());
    }
    for cents in [0, 1_000_000_000_000, u64::MAX] {
        let refused = BrCode::dynamic(LOCATION, "Pix", "Itu", Some(cents));
        assert_eq!(refused, Err(BrCodeError::WrongAmount));
    }
}

#[test]
fn an_amount_is_read_with_up_to_two_decimals() {
    for (object, cents) in [("540210", 1000), ("540410.5", 1050), ("540510.55", 1055)] {
        let code = BrCode::parse(&sample_with("5802BR", &format!("{object}5802BR")));
        assert_eq!(code.expect("a legal amount").amount_cents(), Some(cents));
    }
    for object in ["54040.00", "540210.", "5403.50", "5405+1.00", "540610.555", "54041e10"] {
        let code = BrCode::parse(&sample_with("5802BR", &format!("{object}5802BR")));
        assert!(code.is_err(), "{object}");
    }
}

#[test]
fn each_broken_rule_has_its_own_error() {
    let parse = |object, replacement| BrCode::parse(&sample_with(object, replacement)).err();
    assert_eq!(parse("52040000", ""), Some(BrCodeError::Missing { id: "52" }));
    assert_eq!(parse("62070503***", ""), Some(BrCodeError::Missing { id: "62" }));
    assert_eq!(parse("br.gov.bcb.pix", "br.gov.bcb.pax"), Some(BrCodeError::NotPix));
    let twice = Some(BrCodeError::Repeated { id: "58".to_owned() });
    assert_eq!(parse("5802BR", "5802BR5802BR"), twice);
    assert_eq!(parse("5802BR", "5803BR"), Some(BrCodeError::Malformed));
    let second = "26180014br.gov.bcb.pix27580014";
    assert_eq!(parse("26580014", second), Some(BrCodeError::WrongArrangement));
    assert!(matches!(
        parse("62070503***", "62190515RP12345678-2019"),
        Some(BrCodeError::WrongObject { id: "62-05", .. })
    ));
}

#[test]
fn an_account_of_another_arrangement_is_ignored() {
    let code = BrCode::parse(&sample_with("52040000", "27160012br.com.outro52040000"));
    assert_eq!(code, BrCode::parse(&sample()));
}

#[test]
fn a_code_of_more_than_512_characters_is_refused() {
    assert_eq!(BrCode::parse(&"0".repeat(513)), Err(BrCodeError::TooLong));
}

#[test]
fn a_line_break_is_refused_with_advice() {
    let code = format!("{}\n", sample());
    let error = BrCode::parse(&code).expect_err("the line break is no part of the code");
    assert_eq!(error, BrCodeError::WrongCharacters);
    assert!(error.to_string().contains("copy it again"));
}

#[test]
fn debug_hides_the_key_and_the_merchant() {
    let code = BrCode::static_key("39053344705", "Fulano", "Itu", None, StaticTxid::none());
    let shown = format!("{:?}", code.expect("valid"));
    assert!(!shown.contains("39053344705") && !shown.contains("Fulano"), "{shown}");
}

proptest! {
    #[test]
    fn a_dynamic_code_reads_as_it_was_made(
        path in "[a-z0-9/]{1,61}",
        name in "\\PC{1,40}",
        city in "[A-Za-zÀ-ÿ ]{1,30}",
        amount in proptest::option::of(1_u64..=999_999_999_999),
    ) {
        let location = format!("pix.example.com/{path}");
        if let Ok(code) = BrCode::dynamic(&location, &name, &city, amount) {
            let text = code.encode();
            prop_assert!(text.is_ascii() && text.len() <= 512);
            prop_assert_eq!(BrCode::parse(&text), Ok(code));
        }
    }

    #[test]
    fn a_static_code_reads_as_it_was_made(
        key in "[!-~]{1,77}",
        name in "[!-~]{1,25}",
        amount in proptest::option::of(1_u64..=999_999_999_999),
        txid in "[A-Za-z0-9]{1,25}",
    ) {
        let txid = StaticTxid::parse(&txid).expect("the expression is the rule");
        let code = BrCode::static_key(&key, &name, "Itu", amount, txid).expect("within limits");
        prop_assert_eq!(BrCode::parse(&code.encode()), Ok(code));
    }

    /// The checksum detects every change of one character, because the change is within 16 bits.
    #[test]
    fn one_changed_character_is_refused(position in 0_usize..200, other in b' '..=b'~') {
        let mut bytes = sample().into_bytes();
        let position = position % bytes.len();
        prop_assume!(!bytes[position].eq_ignore_ascii_case(&other));
        bytes[position] = other;
        prop_assert!(BrCode::parse(&String::from_utf8_lossy(&bytes)).is_err());
    }

    #[test]
    fn no_text_makes_a_code_panic(
        bytes in any::<Vec<u8>>(),
        objects in proptest::collection::vec(("[0-9]{4}", "[ -~]{0,20}"), 0..12),
    ) {
        let text: String = objects.into_iter().map(|(head, value)| head + &value).collect();
        for text in [String::from_utf8_lossy(&bytes).as_ref(), &text] {
            let _ = BrCode::parse(text);
            let _ = BrCode::dynamic(text, text, text, None);
        }
    }

    /// Only a code with a correct checksum reaches the checks of its objects.
    #[test]
    fn no_template_makes_a_code_panic(id in "[0-9]{2}", value in "[0-9*.a-z]{1,99}") {
        let object = format!("{id}{:02}{value}", value.len());
        let _ = BrCode::parse(&sample_with("52040000", &format!("{object}52040000")));
        let _ = BrCode::parse(&sample_with("62070503***", &object));
    }
}
