//! Holds: two ends at the same time, and the limits of the amounts.

use std::sync::Arc;

use domain::kernel::{AccountId, ChargeId, Code, Entropy, Error, HoldId, Id, Moment, PayoutId};
use domain::ledger::{
    Balances, Books, Effects, EntryKind, Hold, HoldStatus, Posting, TransactionRef,
};
use ulid::Ulid;

const EXPIRES_AT: &str = "2026-11-25T12:00:00Z";
const BEFORE: &str = "2026-11-25T11:59:59.999Z";

struct ConstantEntropy;

impl Entropy for ConstantEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn at(text: &str) -> Moment {
    Moment::new(text.parse().expect("a time"), Arc::new(ConstantEntropy))
}

fn ulid() -> Ulid {
    Ulid::from_parts(1_795_000_000_000, 1)
}

/// Books, a hold, and the rows written so far.
struct HoldBench {
    books: Books,
    hold: Hold,
    effects: Effects,
}

/// 1,000 cents are paid in, and 600 of them are held until [`EXPIRES_AT`].
fn bench() -> HoldBench {
    let mut books = Books::open(AccountId::from_ulid(ulid()));
    let mut effects = Effects::default();
    let begin = at("2026-11-25T11:00:00Z");
    let transaction = TransactionRef::Payout(PayoutId::from_ulid(ulid()));
    let there = Posting::new(EntryKind::PayoutReturned, 1_000);
    books.post(&transaction.into(), &[there], &begin, &mut effects).expect("room");
    let expires_at = Some(at(EXPIRES_AT).now);
    let id = HoldId::from_ulid(ulid());
    let hold =
        Hold::place(id, &transaction.into(), 600, expires_at, &mut books, &begin, &mut effects);
    HoldBench { hold: hold.expect("funds"), books, effects }
}

impl HoldBench {
    fn settle(&mut self, amount_cents: u64, when: &str) -> Result<(), Error> {
        let out = [(EntryKind::PayoutPaid, amount_cents)];
        let entry_context = self.hold.transaction.into();
        self.hold.settle(&entry_context, &out, &mut self.books, &at(when), &mut self.effects)
    }

    fn expire(&mut self, when: &str) -> Result<(), Error> {
        let entry_context = self.hold.transaction.into();
        self.hold.expire(&entry_context, &mut self.books, &at(when), &mut self.effects)
    }

    fn release(&mut self, when: &str) -> Result<(), Error> {
        let entry_context = self.hold.transaction.into();
        self.hold.release(&entry_context, &mut self.books, &at(when), &mut self.effects)
    }

    fn bytes(&self) -> Vec<u8> {
        let Effects { events, entries, days, blocks, .. } = &self.effects;
        serde_json::to_vec(&(&self.books, &self.hold, events, entries, days, blocks)).expect("rows")
    }

    /// Checks that a change is refused with this code and changes nothing.
    #[track_caller]
    fn check_refused(&mut self, code: Code, act: impl FnOnce(&mut Self) -> Result<(), Error>) {
        let before = self.bytes();
        let refused = match act(self).expect_err("refused") {
            Error::Conflict { code, .. } | Error::Refused { code, .. } => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused, code);
        assert_eq!(self.bytes(), before);
    }

    #[track_caller]
    fn check(&self, status: HoldStatus, available_cents: u64, held_cents: u64) {
        let Balances { available_cents: available, held_cents: held, .. } = self.books.balances;
        assert_eq!((self.hold.status, available, held), (status, available_cents, held_cents));
        assert!(self.books.balances.agree());
    }
}

/// Fault row 23. The time decides, not the order: a millisecond before the expiry the hold is settled,
/// from the expiry on it has expired.
#[test]
fn of_settling_and_expiring_at_the_boundary_exactly_one_wins_in_either_order() {
    type HoldAction = fn(&mut HoldBench, &str) -> Result<(), Error>;
    let settle: HoldAction = |bench, when| bench.settle(600, when);
    let expire: HoldAction = |bench, when| bench.expire(when);
    for order in [[settle, expire], [expire, settle]] {
        for (when, status, available_cents) in
            [(BEFORE, HoldStatus::Settled, 400), (EXPIRES_AT, HoldStatus::Expired, 1_000)]
        {
            let mut bench = bench();
            let won = order.map(|act| act(&mut bench, when).is_ok());
            assert_eq!(won.iter().filter(|won| **won).count(), 1, "at {when}");
            bench.check(status, available_cents, 0);
        }
    }
}

/// Fault row 24.
#[test]
fn a_hold_expires_once_even_if_the_scheduler_runs_late_or_twice() {
    for when in [EXPIRES_AT, "2027-03-01T00:00:00Z"] {
        let mut bench = bench();
        bench.check_refused(Code::HoldState, |bench| bench.expire(BEFORE));
        bench.expire(when).expect("it has expired");
        bench.check(HoldStatus::Expired, 1_000, 0);
        bench.check_refused(Code::HoldState, |bench| bench.expire(when));
        bench.check_refused(Code::HoldState, |bench| bench.settle(1, when));
        // A clock that is behind does not reopen it.
        bench.check_refused(Code::HoldState, |bench| bench.settle(1, BEFORE));
    }
}

/// Fault row 24. The hold has expired even if the scheduler has not written that yet.
#[test]
fn a_late_settlement_is_refused_before_the_scheduler_runs() {
    let mut bench = bench();
    bench.check_refused(Code::HoldState, |bench| bench.settle(600, EXPIRES_AT));
    bench.check_refused(Code::HoldState, |bench| bench.release(EXPIRES_AT));
    bench.check(HoldStatus::Open, 400, 600);
}

/// The hold of a submitted order waits for the network without a limit.
#[test]
fn a_hold_that_is_kept_does_not_expire() {
    let mut bench = bench();
    bench.hold.remove_expiry(&at(BEFORE)).expect("open");
    bench.check_refused(Code::HoldState, |bench| bench.expire("2027-03-01T00:00:00Z"));
    bench.settle(600, "2027-03-01T00:00:00Z").expect("open");
    bench.check(HoldStatus::Settled, 400, 0);
}

/// Fault row 21.
#[test]
fn a_hold_ends_once_and_refuses_every_later_change() {
    type HoldAction = fn(&mut HoldBench) -> Result<(), Error>;
    let ends: [HoldAction; 3] = [
        |bench| bench.settle(600, BEFORE),
        |bench| bench.release(BEFORE),
        |bench| bench.expire(EXPIRES_AT),
    ];
    let later: [HoldAction; 5] = [
        |bench| bench.settle(600, BEFORE),
        |bench| bench.settle(0, BEFORE),
        |bench| bench.release(BEFORE),
        |bench| bench.expire(EXPIRES_AT),
        |bench| bench.hold.remove_expiry(&at(BEFORE)),
    ];
    for end in ends {
        let mut bench = bench();
        end(&mut bench).expect("open");
        for act in later {
            bench.check_refused(Code::HoldState, act);
        }
    }
}

/// Fault row 22.
#[test]
fn settling_more_than_is_held_is_refused_and_less_releases_the_rest_once() {
    for amount_cents in [601, 1_000, u64::MAX] {
        bench().check_refused(Code::HoldExceeded, |bench| bench.settle(amount_cents, BEFORE));
    }
    for amount_cents in [0, 1, 599, 600] {
        let mut bench = bench();
        bench.settle(amount_cents, BEFORE).expect("held");
        bench.check(HoldStatus::Settled, 1_000 - amount_cents, 0);
        assert_eq!(bench.hold.settled_cents, amount_cents);
        bench.check_refused(Code::HoldState, |bench| bench.release(BEFORE));
    }
}

/// Fault row 25. Two parts that are each too large would fit if their sum wrapped.
#[test]
fn parts_that_wrap_around_are_more_than_is_held() {
    bench().check_refused(Code::HoldExceeded, |bench| {
        let out = [(EntryKind::PayoutPaid, u64::MAX), (EntryKind::PayoutFee, 601)];
        let entry_context = bench.hold.transaction.into();
        bench.hold.settle(&entry_context, &out, &mut bench.books, &at(BEFORE), &mut bench.effects)
    });
}

/// Fault row 25. A movement enters all its amounts or none: the first fits, the second does not.
#[test]
fn a_balance_neither_wraps_nor_goes_below_zero() {
    let movements: [&[Posting]; 4] = [
        &[Posting::new(EntryKind::ChargePaid, u64::MAX)],
        &[Posting::new(EntryKind::ChargePaid, 1), Posting::new(EntryKind::ChargePaid, u64::MAX)],
        &[Posting::new(EntryKind::ChargeFee, 401)],
        &[Posting::new(EntryKind::ChargeFee, 400), Posting::new(EntryKind::ChargeFee, 1)],
    ];
    for movement in movements {
        bench().check_refused(Code::LedgerLimit, |bench| {
            let transaction = TransactionRef::Charge(ChargeId::from_ulid(ulid()));
            bench.books.post(&transaction.into(), movement, &at(BEFORE), &mut bench.effects)
        });
    }
}

/// Fault row 25. An amount of 0 makes no entry, and a hold of 0 is still a hold.
#[test]
fn an_amount_of_nothing_makes_no_entry() {
    let HoldBench { mut books, mut effects, hold } = bench();
    let (entries, moment) = (effects.entries.len(), at(BEFORE));
    let id = hold.id.next();
    let nothing =
        Hold::place(id, &hold.transaction.into(), 0, None, &mut books, &moment, &mut effects);
    let mut nothing = nothing.expect("it fits");
    nothing
        .settle(
            &hold.transaction.into(),
            &[(EntryKind::PayoutPaid, 0)],
            &mut books,
            &moment,
            &mut effects,
        )
        .expect("open");
    assert_eq!((effects.entries.len(), books.sequence), (entries, 2));
    let refused = nothing.release(&hold.transaction.into(), &mut books, &moment, &mut effects);
    assert!(matches!(refused, Err(Error::Conflict { code: Code::HoldState, .. })));
}

/// Fault row 20, at the ledger. A decision uses the books that it read; the table accepts only one of
/// the decisions on the same version.
#[test]
fn holds_never_exceed_the_available_balance() {
    let HoldBench { mut books, mut effects, hold } = bench();
    let mut id = hold.id;
    let mut placed = 0;
    for _ in 0..100 {
        id = id.next();
        let more = Hold::place(
            id,
            &hold.transaction.into(),
            8,
            None,
            &mut books,
            &at(BEFORE),
            &mut effects,
        );
        match more {
            Ok(_) => placed += 1,
            Err(error) => {
                assert!(matches!(error, Error::Refused { code: Code::InsufficientFunds, .. }));
            }
        }
    }
    assert_eq!((placed, books.balances.available_cents), (50, 0));
}
