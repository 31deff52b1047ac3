//! Bank accounts beyond the vectors: one form, errors that say what to do, masked numbers.

use brazil::{Bank, BankAccount, BankAccountError, BankAccountKind};
use proptest::prelude::*;

fn parse(bank: &str, branch: &str, number: &str) -> Result<BankAccount, BankAccountError> {
    let bank = Bank::by_code(bank).expect("a bank of the list");
    BankAccount::parse(bank, branch, number, BankAccountKind::Checking)
}

#[track_caller]
fn check(bank: &str, branch: &str, number: &str, expected: Result<&str, BankAccountError>) {
    let read = parse(bank, branch, number);
    assert_eq!(read.as_ref().map(BankAccount::number).map_err(|error| *error), expected);
}

#[test]
fn a_branch_has_four_digits_with_or_without_leading_zeros() {
    for branch in ["1", "01", "0001"] {
        let account = parse("260", branch, "5216125-0").expect("no rule is verified");
        assert_eq!((account.branch(), account.number()), ("0001", "52161250"));
    }
    for branch in ["", "00001", "1584-9", " 1", "١"] {
        assert_eq!(parse("260", branch, "1"), Err(BankAccountError::WrongBranch), "{branch}");
    }
}

#[test]
fn only_hyphens_and_dots_are_removed() {
    check("341", "2545", "02.366-1", Ok("023661"));
    check("341", "2545", "02366 1", Err(BankAccountError::WrongNumberCharacters));
    check("341", "2545", "02366/1", Err(BankAccountError::WrongNumberCharacters));
    check("341", "2545", "", Err(BankAccountError::WrongNumberLength));
    check("341", "2545", "-", Err(BankAccountError::WrongNumberLength));
    check("260", "0001", &"1".repeat(20), Ok(&"1".repeat(20)));
    check("260", "0001", &"1".repeat(21), Err(BankAccountError::WrongNumberLength));
}

#[test]
fn a_letter_is_a_check_digit_at_the_end_only() {
    check("001", "7138", "189062-x", Ok("189062X"));
    check("001", "7138", "189062-P", Err(BankAccountError::WrongCheckDigit));
    check("001", "7138", "X189062", Err(BankAccountError::WrongNumberCharacters));
    check("001", "7138", "X", Err(BankAccountError::WrongNumberLength));
    check("237", "1234", "0301357-P", Ok("0301357P"));
}

/// Pix writes a letter as 0 (DICT, `AccountNumber`).
#[test]
fn a_letter_written_as_0_becomes_the_letter() {
    for number in ["123403-0", "1234030", "123403-X", "123403-x", "123403X"] {
        check("001", "3456", number, Ok("123403X"));
    }
    for number in ["100008-0", "1000080", "100008-P", "100008p"] {
        check("237", "1234", number, Ok("100008P"));
    }
    check("001", "7138", "189062-0", Ok("189062X"));
    check("001", "7138", "189062-1", Err(BankAccountError::WrongCheckDigit));
    // A check digit of 0 is no letter.
    check("001", "3456", "123419-0", Err(BankAccountError::WrongCheckDigit));
}

/// Examples from the banks' own layouts, quoted in the documentation of brazilian-utils.
#[test]
fn the_examples_of_the_layouts_are_right() {
    check("104", "0161", "000000109990-6", Ok("0000001099906"));
    check("104", "0161", "000000109990-5", Ok("0000001099905"));
    check("104", "0161", "000000109990-4", Err(BankAccountError::WrongCheckDigit));
    check("033", "2001", "01038237-7", Ok("010382377"));
}

#[test]
fn missing_leading_zeros_do_not_change_the_check_digit() {
    check("001", "1584", "2101696", Ok("2101696"));
    check("033", "3414", "1092006-4", Ok("10920064"));
    check("104", "2004", "100000448-6", Ok("1000004486"));
    check("237", "1234", "238069-2", Ok("2380692"));
    check("341", "2545", "2366-1", Ok("23661"));
    check("341", "2545", "0000000002366-1", Ok("00000000023661"));
}

#[test]
fn a_number_longer_than_the_rule_of_its_bank_passes() {
    check("033", "3414", "9990109200-1", Ok("99901092001"));
    check("104", "2004", "1288000000448-1", Ok("12880000004481"));
    let longer = [
        ("001", "123456789012"),
        ("033", "123456789"),
        ("104", "1234567890123"),
        ("237", "1234567890"),
        ("341", "123456"),
    ];
    for (bank, account) in longer {
        for digit in 0..10 {
            let number = format!("{account}{digit}");
            check(bank, "2545", &number, Ok(&number));
        }
    }
}

#[test]
fn the_masked_form_and_debug_show_the_end_of_the_number() {
    let account = parse("341", "2545", "02366-1").expect("a vector");
    assert_eq!(account.masked(), "341/2545/***661");
    assert_eq!(format!("{account:?}"), "BankAccount(341/2545/***661 checking)");
    assert_eq!(parse("260", "1", "123").expect("a short one").masked(), "260/0001/***");
}

#[test]
fn an_account_in_json_has_its_ispb_and_is_checked() {
    let json = r#"{"ispb":"60701190","branch":"2545","number":"023661","type":"checking"}"#;
    let account: BankAccount = serde_json::from_str(json).expect("a vector");
    assert_eq!((account.bank().code(), account.kind()), (Some("341"), BankAccountKind::Checking));
    assert_eq!(serde_json::to_string(&account).expect("writable"), json);
    let wrong = serde_json::from_str::<BankAccount>(&json.replace("3661", "3662"));
    let message = wrong.expect_err("the last digit is wrong").to_string();
    assert!(message.starts_with("the check digit does not match"), "{message}");
    let unknown = serde_json::from_str::<BankAccount>(&json.replace("60701190", "99999999"));
    let message = unknown.expect_err("no institution").to_string();
    assert!(message.starts_with("no institution has this ISPB"), "{message}");
}

#[test]
fn a_kind_is_written_as_its_word() {
    for kind in BankAccountKind::ALL {
        let written = serde_json::to_value(kind).expect("a word");
        assert_eq!(written, kind.as_str());
    }
}

proptest! {
    #[test]
    fn one_changed_digit_of_an_account_is_refused(
        bank in prop::sample::select(vec!["001", "341"]),
        branch in "[0-9]{4}",
        base in "[0-9]{5}",
        position in 0_usize..5,
        step in 1_u8..10,
    ) {
        // A letter is accepted as 0 too, so the spelling of the bank is compared.
        let with = |base: &str, digit: &str| {
            let account = parse(bank, &branch, &format!("{base}{digit}"));
            account.is_ok_and(|account| account.number().ends_with(digit))
        };
        let every = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "X"];
        let right: Vec<_> = every.into_iter().filter(|digit| with(&base, digit)).collect();
        prop_assert_eq!(right.len(), 1);
        let mut changed = base.into_bytes();
        changed[position] = b'0' + (changed[position] - b'0' + step) % 10;
        prop_assert!(!with(&String::from_utf8(changed).expect("digits are ASCII"), right[0]));
    }

    #[test]
    fn no_text_makes_an_account_panic(
        index in 0..Bank::all().len(),
        with_rule in prop::sample::select(vec!["001", "033", "104", "237", "341"]),
        branch in "[0-9]{0,5}|\\PC{0,5}",
        number in "[-.0-9XPé]{0,22}|\\PC{0,22}",
    ) {
        for bank in [&Bank::all()[index], Bank::by_code(with_rule).expect("of the list")] {
            let account = BankAccount::parse(bank, &branch, &number, BankAccountKind::Payment);
            let _ = account.map(|account| (account.masked(), format!("{account:?}")));
        }
    }
}
