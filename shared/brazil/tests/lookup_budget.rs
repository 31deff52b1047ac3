//! The budget of key look-ups beyond the vector: its refill, its limits, and its clock.

use brazil::{DocumentKind, LookupBudget, LookupBudgetError, LookupCost, OwnerKind};
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;

const PERSON: OwnerKind = OwnerKind::NaturalPerson;
const COMPANY: OwnerKind = OwnerKind::LegalPerson;

fn start() -> Timestamp {
    "2026-01-31T12:00:00.5Z".parse().expect("a moment")
}

/// Returns an empty bucket.
fn empty(owner: OwnerKind) -> LookupBudget {
    let mut budget = LookupBudget::new(owner, start());
    while budget.tokens(start()) > 0 {
        budget.charge(false, start());
    }
    budget
}

#[test]
fn the_document_decides_the_kind_of_owner() {
    assert_eq!(OwnerKind::from(DocumentKind::Cpf), PERSON);
    assert_eq!(OwnerKind::from(DocumentKind::Cnpj), COMPANY);
    assert_eq!(LookupBudget::new(PERSON, start()).tokens(start()), 100);
    assert_eq!(LookupBudget::new(COMPANY, start()).tokens(start()), 1000);
}

#[test]
fn a_token_comes_back_every_thirty_seconds_or_every_three() {
    for (owner, milliseconds) in [(PERSON, 30_000), (COMPANY, 3_000)] {
        let budget = empty(owner);
        assert_eq!(budget.tokens(start() + (milliseconds - 1).milliseconds()), 0);
        assert_eq!(budget.tokens(start() + milliseconds.milliseconds()), 1);
        assert_eq!(budget.tokens(start() + 48.hours()), owner.capacity());
    }
}

#[test]
fn five_missing_keys_spend_the_budget_of_a_person_for_ten_minutes() {
    let mut budget = LookupBudget::new(PERSON, start());
    for _ in 0..5 {
        assert_eq!(budget.reserve(start()), Ok(()));
    }
    let retry_at = start() + 10.minutes();
    let refused = LookupBudgetError { retry_at };
    assert_eq!(budget.reserve(start()), Err(refused));
    assert!(refused.to_string().contains("2026-01-31T12:10:00.5Z"), "{refused}");
    assert!(budget.reserve(retry_at - 1.millisecond()).is_err());
    assert_eq!(budget.reserve(retry_at), Ok(()));
}

#[test]
fn a_reservation_returns_the_tokens_that_were_not_spent() {
    for (cost, left) in
        [(LookupCost::Nothing, 100), (LookupCost::Found, 99), (LookupCost::NotFound, 80)]
    {
        let mut budget = LookupBudget::new(PERSON, start());
        budget.reserve(start()).expect("it is full");
        budget.return_tokens(cost, start());
        assert_eq!(budget.tokens(start()), left);
    }
}

#[test]
fn a_payment_order_earns_more_for_a_company() {
    for (owner, earned) in [(PERSON, 1), (COMPANY, 2)] {
        let mut budget = empty(owner);
        budget.ordered(start());
        assert_eq!(budget.tokens(start()), earned);
        let mut full = LookupBudget::new(owner, start());
        full.ordered(start());
        assert_eq!(full.tokens(start()), owner.capacity());
    }
}

#[test]
fn a_clock_that_goes_back_refills_nothing_and_not_twice() {
    let mut budget = empty(PERSON);
    budget.ordered(start() + 30.seconds());
    budget.ordered(start());
    assert_eq!(budget.tokens(start() - 9.hours()), 3);
    assert_eq!(budget.tokens(start() + 30.seconds()), 3);
    assert_eq!(budget.tokens(start() + 60.seconds()), 4);
}

#[test]
fn the_ends_of_time_do_not_overflow() {
    let mut budget = LookupBudget::new(COMPANY, Timestamp::MIN);
    budget.charge(false, Timestamp::MAX);
    assert_eq!(budget.tokens(Timestamp::MAX), 980);
    while budget.reserve(Timestamp::MAX).is_ok() {}
    let refused = budget.reserve(Timestamp::MAX).expect_err("there is nothing left");
    assert_eq!(refused.retry_at, Timestamp::MAX);
}

#[test]
fn a_budget_in_json_is_capped_at_its_capacity() {
    let mut budget = LookupBudget::new(PERSON, start());
    budget.charge(true, start());
    let written = serde_json::to_string(&budget).expect("writable");
    assert_eq!(
        written,
        r#"{"owner":"natural_person","parts":5940000,"refilled_at":"2026-01-31T12:00:00.5Z"}"#
    );
    assert_eq!(serde_json::from_str::<LookupBudget>(&written).expect("readable"), budget);
    let above: LookupBudget =
        serde_json::from_str(&written.replace("5940000", "18446744073709551615")).expect("full");
    assert_eq!(above.tokens(start()), 100);
}

/// A change of a bucket.
#[derive(Clone, Copy, Debug)]
enum BucketStep {
    Charge(bool),
    Reserve,
    GiveBack(LookupCost),
    Ordered,
}

fn step() -> impl Strategy<Value = BucketStep> {
    let costs = vec![LookupCost::Nothing, LookupCost::Found, LookupCost::NotFound];
    prop_oneof![
        any::<bool>().prop_map(BucketStep::Charge),
        Just(BucketStep::Reserve),
        prop::sample::select(costs).prop_map(BucketStep::GiveBack),
        Just(BucketStep::Ordered),
    ]
}

proptest! {
    #[test]
    fn a_bucket_is_never_above_its_capacity(
        owner in prop::sample::select(vec![PERSON, COMPANY]),
        steps in prop::collection::vec((step(), -9_000_000_i64..9_000_000), 0..200),
    ) {
        let mut budget = LookupBudget::new(owner, start());
        for (step, microseconds) in steps {
            let now = start() + microseconds.microseconds();
            match step {
                BucketStep::Charge(found) => budget.charge(found, now),
                BucketStep::Reserve => drop(budget.reserve(now)),
                BucketStep::GiveBack(cost) => budget.return_tokens(cost, now),
                BucketStep::Ordered => budget.ordered(now),
            }
            prop_assert!(budget.tokens(now) <= owner.capacity());
            prop_assert!(budget.tokens(Timestamp::MAX) <= owner.capacity());
        }
    }

    /// A granted reservation takes exactly 20 tokens, so 20 were left. A refused one takes none. It is
    /// granted at its `retry_at`, but not a millisecond before.
    #[test]
    fn a_bucket_is_never_below_zero_by_reservations(
        owner in prop::sample::select(vec![PERSON, COMPANY]),
        pauses in prop::collection::vec(0_i64..90_000, 1..200),
    ) {
        let mut budget = LookupBudget::new(owner, start());
        let mut now = start();
        for pause in pauses {
            now += pause.milliseconds();
            let before = budget.tokens(now);
            match budget.reserve(now) {
                Ok(()) => prop_assert_eq!(budget.tokens(now) + 20, before),
                Err(LookupBudgetError { retry_at }) => {
                    prop_assert!(before < 20 && budget.tokens(now) == before);
                    prop_assert!(retry_at > now);
                    prop_assert!(budget.clone().reserve(retry_at - 1.millisecond()).is_err());
                    prop_assert_eq!(budget.clone().reserve(retry_at), Ok(()));
                }
            }
        }
    }

    #[test]
    fn many_refills_bring_as_much_as_one(pauses in prop::collection::vec(0_i64..700_000, 1..90)) {
        let (mut often, once) = (empty(COMPANY), empty(COMPANY));
        let mut now = start();
        for pause in pauses {
            now += pause.microseconds();
            // A look-up that was not found returns no tokens, so this only refills.
            often.return_tokens(LookupCost::NotFound, now);
        }
        let later = now + 5.minutes();
        prop_assert_eq!(often.tokens(now), once.tokens(now));
        prop_assert_eq!(often.tokens(later), once.tokens(later));
    }
}
