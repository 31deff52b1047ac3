//! What the payer of a charge with a due date owes, day by day.
//!
//! The dates are those of public questions to the Central Bank (bacen/pix-api#109, #167, #205, #297,
//! #347, #390, #607), moved to 2026 where a weekday matters.

use domain::charge::{Discount, DueTerms, Interest, Portion};
use domain::kernel::Flaw;
use jiff::civil::{Date, date};
use proptest::option::of;
use proptest::prelude::*;

/// Returns terms without fine, interest, discounts and rebate.
fn due(due_date: Date) -> DueTerms {
    DueTerms {
        due_date,
        payable_days_after_due: 30,
        fine: None,
        interest: None,
        discounts: Vec::new(),
        rebate: None,
    }
}

fn until(until: Date, reduction: Portion) -> Discount {
    Discount { until, reduction }
}

/// Lei 7.089/1983; bacen/pix-api#109 and #347: Saturday 2026-11-28 is payable on Monday. Interest counts
/// from Monday (#167), so Tuesday is one day late.
#[test]
fn a_charge_that_is_due_on_a_closed_day_is_in_time_on_the_next_business_day() {
    let terms = DueTerms { interest: Some(Interest::FixedPerDay(100)), ..due(date(2026, 11, 28)) };
    for (day, total_cents) in [
        (date(2026, 11, 20), 10_000),
        (date(2026, 11, 28), 10_000),
        (date(2026, 11, 29), 10_000),
        (date(2026, 11, 30), 10_000),
        (date(2026, 12, 1), 10_100),
        (date(2026, 12, 3), 10_300),
    ] {
        assert_eq!(terms.amount_due(10_000, day).total_cents, total_cents, "{day}");
        assert_eq!(terms.is_overdue_on(day), total_cents > 10_000, "{day}");
    }
    // Christmas of 2026 is a Friday.
    let terms = DueTerms { interest: terms.interest, ..due(date(2026, 12, 25)) };
    assert_eq!(terms.amount_due(10_000, date(2026, 12, 28)).total_cents, 10_000);
    assert_eq!(terms.amount_due(10_000, date(2026, 12, 29)).total_cents, 10_100);
}

/// bacen/pix-api#205: a charge that is due on Friday and paid on Monday is three days late. A Pix on
/// Saturday is one day late, because it settles on Saturday.
#[test]
fn days_of_delay_include_the_weekend() {
    let terms = DueTerms { interest: Some(Interest::FixedPerDay(100)), ..due(date(2026, 11, 27)) };
    assert_eq!(terms.amount_due(10_000, date(2026, 11, 28)).total_cents, 10_100);
    assert_eq!(terms.amount_due(10_000, date(2026, 11, 30)).total_cents, 10_300);
}

/// BoletoNet/boletonet#1042 and bacen/pix-api#607: the rate is not rounded before the amount.
#[test]
fn interest_is_rounded_once_at_the_end() {
    for (amount_cents, interest, days, expected) in [
        (130_000, Interest::SharePerMonth(300), 11, 1_430),
        (3_000_000, Interest::SharePerMonth(100), 1, 1_000),
        (20_000, Interest::SharePerDay(100), 3, 600),
        (365_000, Interest::SharePerYear(1_200), 7, 840),
        (99_999_999_999, Interest::SharePerDay(10_000), 396, 39_599_999_999_604),
    ] {
        let terms = DueTerms { interest: Some(interest), ..due(date(2026, 6, 1)) };
        let day = date(2026, 6, 1).checked_add(jiff::Span::new().days(days)).expect("a date");
        assert_eq!(terms.amount_due(amount_cents, day).interest_cents, expected, "{interest:?}");
    }
}

/// bacen/pix-api#297: the fine is the same on each late day.
#[test]
fn a_fine_is_added_once() {
    let terms = DueTerms { fine: Some(Portion::Share(200)), ..due(date(2026, 6, 1)) };
    assert_eq!(terms.amount_due(130_000, date(2026, 6, 1)).fine_cents, 0);
    for day in [date(2026, 6, 2), date(2026, 7, 1)] {
        assert_eq!(terms.amount_due(130_000, day).fine_cents, 2_600, "{day}");
    }
}

/// ABNT NBR 5891; the rate is that of bacen/pix-api#404.
#[test]
fn half_a_cent_is_rounded_to_the_even_cent() {
    for (amount_cents, expected) in [(1_000, 0), (3_000, 2), (1_001, 1)] {
        let terms = DueTerms { rebate: Some(Portion::Share(5)), ..due(date(2026, 6, 1)) };
        let owed = terms.amount_due(amount_cents, date(2026, 6, 1));
        assert_eq!(owed.rebate_cents, expected, "{amount_cents}");
    }
}

/// bacen/pix-api#390: the last day of the first discount is Friday 2021-04-02, a holiday, so it lasts
/// until Monday; the second discount takes over on Tuesday.
#[test]
fn a_discount_lasts_until_the_next_business_day() {
    let terms = DueTerms {
        discounts: vec![
            until(date(2021, 4, 2), Portion::Fixed(300)),
            until(date(2021, 4, 7), Portion::Fixed(200)),
            until(date(2021, 4, 9), Portion::Share(100)),
        ],
        ..due(date(2021, 4, 12))
    };
    for (day, discount_cents) in [
        (date(2021, 4, 1), 300),
        (date(2021, 4, 5), 300),
        (date(2021, 4, 6), 200),
        (date(2021, 4, 7), 200),
        (date(2021, 4, 8), 100),
        (date(2021, 4, 10), 0),
        (date(2021, 4, 13), 0),
    ] {
        assert_eq!(terms.amount_due(10_000, day).discount_cents, discount_cents, "{day}");
    }
}

/// Equation 11 of the manual: fine, interest and discount are parts of the amount less the rebate.
#[test]
fn the_rebate_reduces_the_base_of_the_other_parts() {
    let terms = DueTerms {
        rebate: Some(Portion::Fixed(2_000)),
        fine: Some(Portion::Share(200)),
        interest: Some(Interest::SharePerDay(100)),
        discounts: vec![until(date(2026, 5, 29), Portion::Share(1_000))],
        ..due(date(2026, 6, 1))
    };
    let early = terms.amount_due(12_000, date(2026, 5, 29));
    assert_eq!((early.rebate_cents, early.discount_cents), (2_000, 1_000));
    assert_eq!(early.total_cents, 9_000);
    let late = terms.amount_due(12_000, date(2026, 6, 3));
    assert_eq!((late.discount_cents, late.fine_cents, late.interest_cents), (0, 200, 200));
    assert_eq!(late.total_cents, 10_400);
}

/// bacen/pix-api#307: also without days after the due date, a Saturday is payable on Monday.
#[test]
fn a_charge_expires_at_the_end_of_its_last_day_in_sao_paulo() {
    for (due_date, days, last, expires_at) in [
        (date(2026, 11, 28), 0, date(2026, 11, 30), "2026-12-01T03:00:00Z"),
        (date(2026, 11, 27), 0, date(2026, 11, 27), "2026-11-28T03:00:00Z"),
        (date(2026, 11, 28), 30, date(2026, 12, 28), "2026-12-29T03:00:00Z"),
    ] {
        let terms = DueTerms { payable_days_after_due: days, ..due(due_date) };
        assert_eq!(terms.last_payable_date(), last);
        assert_eq!(terms.expires_at().expect("an instant").to_string(), expires_at);
    }
}

/// A change that makes terms wrong.
type WrongTerm<'a> = &'a dyn Fn(&mut DueTerms);

#[test]
fn each_wrong_term_is_named() {
    let today = date(2026, 11, 23);
    let base = due(date(2026, 12, 10));
    let with = |change: WrongTerm<'_>| {
        let mut terms = base.clone();
        change(&mut terms);
        terms.flaws(10_000, today)
    };
    let early = |day, reduction| until(date(2026, 12, day), reduction);
    let cases: [(&str, WrongTerm<'_>); 12] = [
        ("due_date", &|it| it.due_date = date(2026, 11, 22)),
        ("due_date", &|it| it.due_date = date(2031, 11, 24)),
        ("payable_days_after_due", &|it| it.payable_days_after_due = 367),
        ("fine.basis_points", &|it| it.fine = Some(Portion::Share(10_001))),
        ("fine.amount_cents", &|it| it.fine = Some(Portion::Fixed(0))),
        ("rebate", &|it| it.rebate = Some(Portion::Fixed(10_000))),
        ("rebate.amount_cents", &|it| it.rebate = Some(Portion::Fixed(10_001))),
        ("interest.basis_points_per_month", &|it| it.interest = Some(Interest::SharePerMonth(0))),
        ("discounts", &|it| {
            it.discounts = (1..=4).map(|day| early(day, Portion::Fixed(1))).collect();
        }),
        ("discounts[0].until", &|it| it.discounts = vec![early(11, Portion::Fixed(1))]),
        ("discounts[1].until", &|it| {
            it.discounts = vec![early(2, Portion::Fixed(1)), early(2, Portion::Fixed(1))];
        }),
        ("discounts[0].reduction", &|it| {
            it.rebate = Some(Portion::Fixed(1));
            it.discounts = vec![early(2, Portion::Share(10_000))];
        }),
    ];
    assert_eq!(base.flaws(10_000, today), []);
    for (field, change) in cases {
        let flaws = with(change);
        let fields: Vec<_> = flaws.iter().map(|flaw| flaw.field.as_str()).collect();
        assert_eq!(fields, [field]);
        assert!(matches!(flaws[0].code, Flaw::OutOfRange | Flaw::WrongLength));
    }
}

fn portions() -> impl Strategy<Value = Portion> {
    prop_oneof![(1_u64..5_000).prop_map(Portion::Fixed), (1_u32..4_000).prop_map(Portion::Share)]
}

fn terms() -> impl Strategy<Value = DueTerms> {
    let interest = prop_oneof![
        (1_u64..100).prop_map(Interest::FixedPerDay),
        (1_u32..100).prop_map(Interest::SharePerDay),
        (1_u32..1_000).prop_map(Interest::SharePerMonth),
        (1_u32..10_000).prop_map(Interest::SharePerYear),
    ];
    (0_i32..400, of(portions()), of(interest), of(portions()), of(portions())).prop_map(
        |(days, fine, interest, discount, rebate)| {
            let span = jiff::Span::new().days(days);
            let due_date = date(2026, 1, 1).checked_add(span).expect("a date");
            let discounts = discount.map(|reduction| until(due_date, reduction));
            let discounts = discounts.into_iter().collect();
            DueTerms { fine, interest, discounts, rebate, ..due(due_date) }
        },
    )
}

proptest! {
    /// The parts always add up, and a payer never owes less by paying later.
    #[test]
    fn the_parts_add_up_and_the_amount_never_falls(terms in terms(), amount in 1_u64..1_000_000) {
        let mut before = 0;
        for offset in -5..40 {
            let span = jiff::Span::new().days(offset);
            let owed = terms.amount_due(amount, terms.due_date.checked_add(span).expect("a date"));
            let added = owed.original_cents + owed.fine_cents + owed.interest_cents;
            let total_cents = added - owed.rebate_cents - owed.discount_cents;
            prop_assert_eq!(owed.total_cents, total_cents);
            prop_assert!(owed.total_cents >= before);
            before = owed.total_cents;
        }
    }
}
