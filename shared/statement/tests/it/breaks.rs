//! Lines that break the chain of balances do not become a file.

use statement::{CENTS_MAX, ChainError, Format, Line, LineKind, Statement, Totals, Writer};

use crate::samples::{self, at};

/// Writes all lines of a changed November in every format. At the break nothing is written.
#[track_caller]
fn broken(change: impl Fn(&mut Statement, &mut Vec<Line>)) -> ChainError {
    let (mut statement, mut lines) = samples::november();
    change(&mut statement, &mut lines);
    let errors = Format::ALL.map(|format| {
        let mut out = Vec::new();
        let mut writer = Writer::begin(format, statement.clone(), &mut out);
        for line in &lines {
            let (length, progress) = (out.len(), writer.progress().clone());
            if let Err(error) = writer.line(line, &mut out) {
                assert_eq!((out.len(), writer.progress()), (length, &progress));
                return error;
            }
        }
        let length = out.len();
        let error = writer.finish(&mut out).expect_err("a break");
        assert_eq!(out.len(), length);
        error
    });
    assert!(errors.iter().all(|error| *error == errors[0]), "{errors:?}");
    errors[0].clone()
}

fn id(sequence: u64) -> String {
    format!("ent_{sequence:026}")
}

#[test]
fn a_balance_that_does_not_go_on_names_its_line() {
    let error = broken(|_, lines| lines[1].balance_after_cents += 1);
    let expected = ChainError::Balance {
        id: id(4),
        before_cents: 11_000,
        amount_cents: -150,
        after_cents: 10_851,
    };
    assert_eq!(error, expected);
    assert_eq!(
        error.to_string(),
        "line ent_00000000000000000000000004: -150 after a balance of 11000 does not make 10851"
    );
    assert!(
        matches!(broken(|_, lines| drop(lines.remove(0))), ChainError::Balance { id, .. } if id == self::id(4))
    );
    let overdrawn = |_: &mut Statement, lines: &mut Vec<Line>| lines[1].amount_cents = -11_001;
    assert!(matches!(broken(overdrawn), ChainError::Balance { .. }));
}

#[test]
fn a_line_out_of_order_names_itself() {
    let error = broken(|_, lines| lines[1].sequence = 3);
    assert_eq!(error, ChainError::Sequence { id: id(4), last: 3, sequence: 3 });
    let error = broken(|_, lines| lines[1].occurred_at = at("2026-11-01T14:59:59Z"));
    let (last, occurred_at) = (at("2026-11-01T15:00:00Z"), at("2026-11-01T14:59:59Z"));
    assert_eq!(error, ChainError::Time { id: id(4), last, occurred_at });
}

#[test]
fn a_line_outside_of_the_period_names_itself() {
    let occurred_at = at("2026-12-01T03:00:00Z");
    let error = broken(|_, lines| lines[2].occurred_at = occurred_at);
    assert_eq!(error, ChainError::Period { id: id(9), occurred_at });
    let occurred_at = at("2026-11-01T02:59:59.999999999Z");
    let error = broken(|_, lines| lines[0].occurred_at = occurred_at);
    assert_eq!(error, ChainError::Period { id: id(3), occurred_at });
}

#[test]
fn a_line_that_moves_nothing_names_itself() {
    let still = |_: &mut Statement, lines: &mut Vec<Line>| {
        lines[1].amount_cents = 0;
        lines[1].balance_after_cents = 11_000;
    };
    assert_eq!(broken(still), ChainError::ZeroAmount { id: id(4) });
}

#[test]
fn a_closing_that_the_lines_do_not_reach_is_refused() {
    let expected =
        |closing_cents| ChainError::Closing { last_id: id(9), balance_cents: 5_850, closing_cents };
    assert_eq!(broken(|statement, _| statement.closing_cents = 5_851), expected(5_851));
    let error = broken(|_, lines| drop(lines.pop()));
    assert_eq!(
        error,
        ChainError::Closing { last_id: id(4), balance_cents: 10_850, closing_cents: 5_850 }
    );
}

#[test]
fn a_balance_beyond_18_digits_names_its_line() {
    let rich = |_: &mut Statement, lines: &mut Vec<Line>| {
        lines[0].amount_cents = i64::try_from(CENTS_MAX).expect("cents");
        lines[0].balance_after_cents = CENTS_MAX + 1_000;
    };
    assert_eq!(broken(rich), ChainError::Limit { id: id(3) });
}

#[test]
fn the_totals_are_those_of_the_lines() {
    let (statement, lines) = samples::november();
    let mut out = Vec::new();
    let mut writer = Writer::begin(Format::CsvIntl, statement, &mut out);
    for line in &lines {
        writer.line(line, &mut out).expect("the next line");
    }
    let totals = writer.finish(&mut out).expect("a whole chain");
    let expected = Totals {
        opening_cents: 1_000,
        credits: 1,
        credits_cents: 10_000,
        debits: 2,
        debits_cents: 5_150,
        closing_cents: 5_850,
    };
    assert_eq!(totals, expected);
}

#[test]
fn every_kind_has_a_unique_name_and_a_text_that_fits() {
    let names: std::collections::BTreeSet<_> =
        LineKind::ALL.map(LineKind::as_str).into_iter().collect();
    assert_eq!(names.len(), LineKind::ALL.len());
    for kind in LineKind::ALL {
        assert!(kind.text().chars().count() <= 32 && kind.as_str().len() <= 35, "{kind:?}");
        assert!(!encoding_rs::WINDOWS_1252.encode(kind.text()).2, "{kind:?}");
    }
}
