//! Boletos beyond the vectors: the second cycle of factors, the window of reading, and wrong digits.

use brazil::{BankBarcode, BankBarcodeParts, BillSegment, BoletoCode, BoletoError, DueDateFactor};
use jiff::civil::{Date, date};
use proptest::prelude::*;

const LINE: &str = "23793.38128 60007.827136 95000.063305 9 75520000370000";

fn factor(due_date: Date) -> u16 {
    DueDateFactor::of(due_date).expect("a due date").get()
}

fn bank(text: &str) -> BankBarcode {
    match BoletoCode::parse(text).expect(text) {
        BoletoCode::Bank(barcode) => barcode,
        BoletoCode::Bill(_) => panic!("a bill"),
    }
}

fn barcode(due_date: Date, amount_cents: u64) -> BankBarcode {
    let factor = DueDateFactor::of(due_date).expect("a due date");
    let free_field = "0000001111111900000000101";
    BankBarcode::new(&BankBarcodeParts { bank_code: "085", factor, amount_cents, free_field })
        .expect("valid parts")
}

/// Febraban: 9999 on 2025-02-21, 1000 on the day after; 9000 factors make a cycle.
#[test]
fn the_factor_begins_again_after_9999() {
    for (due_date, expected) in [
        (date(2000, 7, 3), 1000),
        (date(2025, 2, 21), 9999),
        (date(2025, 2, 22), 1000),
        (date(2025, 2, 23), 1001),
        (date(2026, 11, 20), 1636),
        (date(2049, 10, 13), 9999),
        (date(2049, 10, 14), 1000),
    ] {
        assert_eq!(factor(due_date), expected, "{due_date}");
        let barcode = barcode(due_date, 100);
        assert_eq!(barcode.to_string().len(), 44);
        assert_eq!(barcode.digitable_line().len(), 47);
    }
    assert_eq!(DueDateFactor::of(date(2000, 7, 2)), Err(BoletoError::DateTooEarly));
}

/// Febraban accepts a date from 3000 days before to 5500 days after the day of reading; its example of
/// 2014-03-13 accepts 2005-12-24 and 2029-04-03.
#[test]
fn the_day_of_reading_decides_the_date_of_a_factor() {
    let on = |due_date, today| DueDateFactor::of(due_date).expect("a date").date_on(today);
    let today = date(2026, 11, 28);
    assert_eq!(on(date(2000, 7, 3), today), Some(date(2025, 2, 22)));
    assert_eq!(on(date(2002, 3, 31), today), Some(date(2026, 11, 20)));
    assert_eq!(on(date(2022, 5, 29), today), Some(date(2022, 5, 29)));
    let reading = date(2014, 3, 13);
    for (due_date, is_accepted) in [
        (date(2005, 12, 23), false),
        (date(2005, 12, 24), true),
        (date(2029, 4, 3), true),
        (date(2029, 4, 4), false),
    ] {
        assert_eq!(on(due_date, reading).is_some(), is_accepted, "{due_date}");
    }
    assert_eq!(DueDateFactor::NONE.date_on(today), None);
    assert_eq!(DueDateFactor::NONE.dates(), []);
}

#[test]
fn a_line_with_a_wrong_digit_names_its_field() {
    let digits: Vec<_> = LINE.chars().filter(char::is_ascii_digit).collect();
    for (position, field) in [(0, 1), (9, 1), (12, 2), (20, 2), (22, 3), (31, 3)] {
        let mut wrong = digits.clone();
        wrong[position] = if wrong[position] == '0' { '1' } else { '0' };
        let error = BoletoCode::parse(&wrong.iter().collect::<String>()).expect_err("wrong");
        let BoletoError::WrongField(named) = error else { panic!("{error:?}") };
        assert_eq!(named.number(), field, "{position}");
    }
    for position in [32, 33, 36, 46] {
        let mut wrong = digits.clone();
        wrong[position] = if wrong[position] == '0' { '1' } else { '0' };
        let error = BoletoCode::parse(&wrong.iter().collect::<String>());
        assert_eq!(error, Err(BoletoError::WrongCheckDigit), "{position}");
    }
}

#[test]
fn other_texts_are_refused_with_their_reason() {
    for (text, expected) in [
        ("", BoletoError::WrongLength),
        ("2379338128600078271369500006330975520000370", BoletoError::WrongLength),
        ("2379338128600078271369500006330975520000370000\u{200b}", BoletoError::WrongCharacters),
        ("\u{661}3793381286000782713695000063305975520000370000", BoletoError::WrongCharacters),
        ("00193373700000001000500940144816060680935O31", BoletoError::WrongCharacters),
        ("836200000005667800481000180975657313001589636", BoletoError::WrongLength),
        ("83620000000566780048100018097565731300158963608", BoletoError::WrongProduct),
        ("237933812860007827136950000633059755200003700001", BoletoError::WrongProduct),
        ("00183373700000001000500940144816060680935031", BoletoError::WrongCurrency),
        ("88620000000667800481001809756573100158963608", BoletoError::WrongSegment),
        ("83520000000667800481001809756573100158963608", BoletoError::WrongValueKind),
    ] {
        assert_eq!(BoletoCode::parse(text), Err(expected), "{text}");
    }
}

#[test]
fn a_bill_has_its_segment_and_its_line() {
    let printed = "84610000000-5 24610029110-2 00546033900-4 69589506108-0";
    let Ok(BoletoCode::Bill(bill)) = BoletoCode::parse(printed) else { panic!("a bill") };
    assert_eq!(bill.to_string(), "84610000000246100291100054603390069589506108");
    assert_eq!(bill.printed_line(), printed);
    assert_eq!(bill.segment(), BillSegment::Telecommunications);
}

#[test]
fn parts_of_a_wrong_size_make_no_barcode() {
    let parts = |bank_code, amount_cents, free_field| {
        let factor = DueDateFactor::NONE;
        BankBarcode::new(&BankBarcodeParts { bank_code, factor, amount_cents, free_field })
    };
    let free = "0000001111111900000000101";
    assert!(parts("085", 9_999_999_999, free).is_ok());
    assert_eq!(parts("085", 10_000_000_000, free), Err(BoletoError::AmountTooLarge));
    for (bank, free) in [("85", free), ("0855", free), ("08x", free), ("085", &free[1..])] {
        assert_eq!(parts(bank, 1, free), Err(BoletoError::WrongParts), "{bank} {free}");
    }
}

proptest! {
    #[test]
    fn a_barcode_is_read_back_from_its_digits_and_its_line(
        days in 0_i32..20_000,
        cents in 0_u64..=9_999_999_999,
        free in "[0-9]{25}",
        code in "[0-7][0-9]{2}",
    ) {
        let due_date = date(2000, 7, 3).checked_add(jiff::Span::new().days(days)).expect("a date");
        let factor = DueDateFactor::of(due_date).expect("late enough");
        let parts = BankBarcodeParts { bank_code: &code, factor, amount_cents: cents, free_field: &free };
        let made = BankBarcode::new(&parts).expect("valid parts");
        prop_assert_eq!(&bank(&made.to_string()), &made);
        prop_assert_eq!(&bank(&made.digitable_line()), &made);
        prop_assert_eq!(&bank(&made.printed_line()), &made);
        prop_assert_eq!(made.factor().date_on(due_date), Some(due_date));
        prop_assert_eq!(made.amount_cents().unwrap_or(0), cents);
        prop_assert_eq!((made.bank_code(), made.free_field()), (code, free));
    }

    /// One wrong digit of a line is always found.
    #[test]
    fn a_wrong_digit_is_found(position in 0_usize..47, change in 1_u8..10) {
        let mut digits: Vec<u8> = LINE.bytes().filter(u8::is_ascii_digit).collect();
        digits[position] = b'0' + (digits[position] - b'0' + change) % 10;
        let text = String::from_utf8(digits).expect("digits");
        prop_assert!(BoletoCode::parse(&text).is_err());
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "[0-9 .-]{0,60}|.{0,60}") {
        let _ = BoletoCode::parse(&text);
    }
}
