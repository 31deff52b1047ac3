//! End-to-end ids and txids beyond the vectors: minting, valid dates, and JSON.

use brazil::{EndToEndId, EndToEndIdError, EndToEndIdKind, StaticTxid, Txid, TxidError};
use jiff::Timestamp;
use proptest::prelude::*;

#[test]
fn the_minute_is_in_utc() {
    let id = EndToEndId::parse("E9040088820210128000800123873170").expect("a published sample");
    assert_eq!(id.timestamp().to_string(), "2021-01-28T00:08:00Z");
    assert_eq!((id.kind(), id.ispb()), (EndToEndIdKind::Payment, "90400888"));
}

#[test]
fn a_return_is_minted_from_its_parts() {
    let at = "2020-09-09T12:21:59Z".parse().expect("a moment");
    let id = EndToEndId::mint(EndToEndIdKind::Return, "12ABC345", at, "20200808006");
    assert_eq!(id.expect("valid parts").as_str(), "D12ABC34520200909122120200808006");
}

#[test]
fn each_wrong_part_has_its_own_error() {
    for (text, error) in [
        ("", EndToEndIdError::WrongLength),
        ("E1234567820200909122120200808008 ", EndToEndIdError::WrongLength),
        ("X1234567820200909122120200808008", EndToEndIdError::WrongPrefix),
        ("E1234567a20200909122120200808008", EndToEndIdError::WrongIspb),
        ("E1234567820210229122120200808008", EndToEndIdError::WrongTimestamp),
        ("E1234567820200909242120200808008", EndToEndIdError::WrongTimestamp),
        ("E12345678+0200909122120200808008", EndToEndIdError::WrongTimestamp),
        ("E123456782020090912212020080800-", EndToEndIdError::WrongSuffix),
    ] {
        assert_eq!(EndToEndId::parse(text), Err(error), "{text}");
    }
}

#[test]
fn two_parts_of_wrong_length_do_not_compensate_each_other() {
    let mint = |ispb, suffix| {
        EndToEndId::mint(EndToEndIdKind::Payment, ispb, Timestamp::UNIX_EPOCH, suffix)
    };
    assert_eq!(mint("1234567", "012345678901"), Err(EndToEndIdError::WrongIspb));
    assert_eq!(mint("12345678", "0123456789"), Err(EndToEndIdError::WrongSuffix));
}

#[test]
fn a_year_of_more_than_four_digits_is_refused() {
    let minted =
        EndToEndId::mint(EndToEndIdKind::Payment, "12345678", Timestamp::MIN, "abcdefghijk");
    assert!(minted.is_err());
}

#[test]
fn a_txid_has_26_to_35_letters_and_digits() {
    for length in [26, 35] {
        assert!(Txid::parse(&"a".repeat(length)).is_ok());
    }
    for length in [0, 25, 36] {
        assert_eq!(Txid::parse(&"a".repeat(length)), Err(TxidError::WrongLength));
    }
    assert_eq!(Txid::parse("3136957d-93f2184b369e8f1c0729d"), Err(TxidError::WrongCharacters));
}

#[test]
fn a_static_txid_may_be_three_asterisks() {
    assert_eq!(StaticTxid::parse("***"), Ok(StaticTxid::none()));
    assert_eq!(StaticTxid::parse("**"), Err(TxidError::WrongCharacters));
    assert_eq!(StaticTxid::parse(""), Err(TxidError::WrongStaticLength));
}

#[test]
fn identifiers_are_strings_in_json_and_are_checked() {
    let id: EndToEndId =
        serde_json::from_str("\"E1234567820200909122120200808008\"").expect("valid");
    let written = serde_json::to_string(&id).expect("writable");
    assert_eq!(written, "\"E1234567820200909122120200808008\"");
    assert!(serde_json::from_str::<EndToEndId>("\"E123\"").is_err());
    assert!(serde_json::from_str::<Txid>("\"short\"").is_err());
}

proptest! {
    #[test]
    fn a_minted_identifier_reads_as_the_same(
        ispb in "[0-9A-Z]{8}",
        seconds in 0_i64..253_402_000_000,
        suffix in "[0-9A-Za-z]{11}",
    ) {
        let at = Timestamp::from_second(seconds).expect("within the years of four digits");
        let id = EndToEndId::mint(EndToEndIdKind::Payment, &ispb, at, &suffix).expect("valid");
        prop_assert_eq!(id.timestamp().as_second(), seconds - seconds % 60);
        prop_assert_eq!((id.ispb(), id.suffix()), (ispb.as_str(), suffix.as_str()));
        prop_assert_eq!(EndToEndId::parse(id.as_str()), Ok(id));
    }

    #[test]
    fn no_text_makes_an_identifier_panic(bytes in any::<Vec<u8>>(), text in "[ED]\\PC{31}") {
        for text in [String::from_utf8_lossy(&bytes).as_ref(), &text] {
            let _ = (EndToEndId::parse(text), Txid::parse(text), StaticTxid::parse(text));
        }
    }
}
