//! Cards: brands, expiry and the return codes of ABECS.

use brazil::{AbecsReason, CardBrand, CardExpiry, CardExpiryError};
use jiff::Timestamp;
use jiff::civil::date;

fn at(year: i16, month: i8, day: i8, hour: i8) -> Timestamp {
    brazil::instant(date(year, month, day).at(hour, 0, 0, 0)).expect("a time in range")
}

#[test]
fn elo_and_hipercard_come_before_the_brands_around_them() {
    use CardBrand::{Diners, Discover, Elo, Hipercard, Mastercard, Visa};
    for (number, brand) in [
        ("401178", Some(Elo)),
        ("401177", Some(Visa)),
        ("4011790000", Some(Elo)),
        ("438935", Some(Elo)),
        ("506776", Some(Elo)),
        ("506779", None),
        ("636297", Some(Elo)),
        ("650905", Some(Elo)),
        ("651651", Some(Discover)),
        ("651652", Some(Elo)),
        ("384140", Some(Hipercard)),
        ("384150", Some(Diners)),
        ("606282", Some(Hipercard)),
        ("222099", None),
        ("222100", Some(Mastercard)),
        ("272099", Some(Mastercard)),
        ("272100", None),
        ("509999", Some(Elo)),
        ("510000", Some(Mastercard)),
        ("559999", Some(Mastercard)),
        ("560000", None),
        ("40117", None),
        ("", None),
        ("+40117", None),
        ("4011é8", None),
    ] {
        assert_eq!(CardBrand::of(number), brand, "{number}");
    }
}

#[test]
fn a_card_is_valid_through_the_last_day_of_its_month() {
    let card = CardExpiry::new(11, 2026).expect("a month");
    assert!(card.is_valid_at(at(2026, 11, 30, 22)), "the last evening in São Paulo");
    // In Acre, two hours behind São Paulo, November has not ended.
    assert!(card.is_valid_at(at(2026, 12, 1, 1)));
    assert!(!card.is_valid_at(at(2026, 12, 1, 2)));
    assert!(card.is_valid_at(at(2026, 1, 1, 12)));
}

#[test]
fn an_expiry_is_a_month_of_a_year_in_reach() {
    assert_eq!(CardExpiry::new(0, 2026), Err(CardExpiryError::Month));
    assert_eq!(CardExpiry::new(13, 2026), Err(CardExpiryError::Month));
    assert_eq!(CardExpiry::new(1, 26), Err(CardExpiryError::Year));
    let now = at(2026, 11, 29, 12);
    assert!(CardExpiry::new(12, 2046).is_ok_and(|card| card.is_valid_at(now)));
    assert!(CardExpiry::new(1, 2047).is_ok_and(|card| !card.is_valid_at(now)));
}

#[test]
fn every_code_of_abecs_is_found_and_no_other() {
    let all = AbecsReason::all();
    assert!(all.is_sorted_by(|one, next| one.code() < next.code()), "by_code searches by halves");
    for reason in all {
        assert_eq!(AbecsReason::by_code(reason.code()), Some(reason));
        assert!(reason.code().len() == 2 && reason.meaning().ends_with('.'), "{reason:?}");
    }
    for unknown in ["", "00", "5", "051", "n7", "51 ", "AC07"] {
        assert_eq!(AbecsReason::by_code(unknown), None, "{unknown:?}");
    }
}

#[test]
fn a_code_says_whether_another_attempt_can_succeed() {
    for (code, is_retriable) in [
        ("05", true),
        ("14", false),
        ("41", false),
        ("43", false),
        ("51", true),
        ("54", false),
        ("57", false),
        // Elo has 62 with both meanings, so the table takes the one without further fees.
        ("62", false),
        ("91", true),
        ("N7", false),
    ] {
        let reason = AbecsReason::by_code(code).expect("a code of the table");
        assert_eq!(reason.is_retriable(), is_retriable, "{code}");
    }
}
