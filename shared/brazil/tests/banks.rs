//! The table of banks.

use std::collections::BTreeSet;

use brazil::{Bank, PixParticipation};

#[test]
fn an_institution_is_found_by_either_number() {
    let bank = Bank::by_code("341").expect("a bank");
    assert_eq!((bank.ispb(), bank.pix()), ("60701190", PixParticipation::Direct));
    assert_eq!((bank.short_name(), bank.name()), ("ITAÚ UNIBANCO S.A.", "ITAÚ UNIBANCO S.A."));
    assert_eq!(Bank::by_ispb("60701190"), Some(bank));
    assert_eq!(Bank::by_ispb("00000000").and_then(Bank::code), Some("001"));
}

#[test]
fn a_number_without_its_leading_zeros_finds_no_institution() {
    assert_eq!(Bank::by_code("1"), None);
    assert_eq!(Bank::by_ispb("0"), None);
    assert_eq!(Bank::by_ispb(""), None);
}

#[test]
fn every_institution_is_found_by_its_numbers() {
    assert!(Bank::all().len() > 500, "the list lost its rows");
    for bank in Bank::all() {
        assert_eq!(Bank::by_ispb(bank.ispb()), Some(bank));
        assert!(bank.code().is_none_or(|code| Bank::by_code(code) == Some(bank)), "{bank:?}");
    }
}

#[test]
fn every_number_is_unique_and_has_its_form() {
    let ispbs: BTreeSet<_> = Bank::all().iter().map(Bank::ispb).collect();
    assert_eq!(ispbs.len(), Bank::all().len());
    let codes: Vec<_> = Bank::all().iter().filter_map(Bank::code).collect();
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len());
    for bank in Bank::all() {
        let plain = |byte: u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
        assert!(bank.ispb().len() == 8 && bank.ispb().bytes().all(plain), "{bank:?}");
        let digits = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit());
        assert!(bank.code().is_none_or(digits), "{bank:?}");
        assert!(!bank.short_name().is_empty() && !bank.name().is_empty(), "{bank:?}");
    }
}

#[test]
fn every_participation_in_pix_is_in_the_table() {
    let kinds: BTreeSet<_> = Bank::all().iter().map(Bank::pix).collect();
    assert_eq!(kinds.len(), 3);
}
