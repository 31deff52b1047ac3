//! The rules of the contract for payments that arrive.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::account::FeeSchedule;
use domain::charge::{Charge, ChargeStatus, ChargeUpdate};
use domain::credit::{Arrival, ArrivalContext, CreditReason, CreditSettings};
use domain::kernel::{Entropy, MethodKind, Moment};
use domain::ledger::{Books, TransactionRef};
use domain::payment::{Payment, PaymentReport};
use jiff::SignedDuration;
use rails::{NetworkStatus, apply_arrival};

use crate::test_network::{PaymentCase, TestNetwork};

const CASES: [PaymentCase; 6] = [
    PaymentCase::AsAsked,
    PaymentCase::AnotherAmount,
    PaymentCase::NoTxid,
    PaymentCase::UnknownTxid,
    PaymentCase::AnotherPayer,
    PaymentCase::Held,
];

/// Bytes that only have to differ.
struct Counted(AtomicU64);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.iter_mut().zip(number.into_iter().cycle()).for_each(|(byte, new)| *byte = new);
    }
}

/// Checks what the network reports in each case.
pub(crate) fn check(network: &dyn TestNetwork) {
    for case in CASES {
        let Some((charge, status)) = network.payment(case) else { continue };
        let report = payment_of(&status, case);
        is_well_formed(report, &charge, case);
        let moment = moment_of(&charge);
        let mut context = context(charge, case, None);
        let arrival = apply_arrival(&mut context, &status, &moment)
            .unwrap_or_else(|error| panic!("{case:?}: a report gets its answer: {error}"));
        goes_where_it_belongs(&context, &arrival, case);
        is_posted_once(context, arrival.payment.expect("the payment"), &status, &moment, case);
    }
}

/// A report begins with its payment, and has no other.
fn payment_of(status: &NetworkStatus<ChargeUpdate>, case: PaymentCase) -> &PaymentReport {
    let mut payments = status.updates.iter().map(ChargeUpdate::payment);
    let first = payments.next().flatten();
    assert!(payments.all(|other| other.is_none()), "{case:?}: a report has one payment");
    first.unwrap_or_else(|| panic!("{case:?}: a report begins with its payment"))
}

fn is_well_formed(report: &PaymentReport, charge: &Charge, case: PaymentCase) {
    assert_eq!(report.method, charge.method.kind(), "{case:?}: the method of the charge");
    assert!(report.amount_cents > 0, "{case:?}: a payment has an amount");
    let has_id = report.method != MethodKind::Pix || report.end_to_end_id().is_some();
    assert!(has_id, "{case:?}: the network id of a Pix is its end-to-end id");
    let named = charge.is_named_by(report);
    let expected = !matches!(case, PaymentCase::NoTxid | PaymentCase::UnknownTxid);
    assert_eq!(named, expected, "{case:?}: the txid names the charge");
}

fn moment_of(charge: &Charge) -> Moment {
    let now = charge.created_at + SignedDuration::from_secs(1);
    Moment::new(now, Arc::new(Counted(AtomicU64::new(1))))
}

fn context(charge: Charge, case: PaymentCase, known: Option<Payment>) -> ArrivalContext {
    let account_id = charge.account_id;
    let same_payer_only = case == PaymentCase::AnotherPayer;
    let settings = CreditSettings { same_payer_only, ..CreditSettings::default_of(account_id) };
    let books = Books::open(account_id);
    ArrivalContext::new(Some(charge), books, settings, FeeSchedule::default(), known)
}

/// The payment goes to the charge, or to a credit with the reason of the case.
fn goes_where_it_belongs(context: &ArrivalContext, arrival: &Arrival, case: PaymentCase) {
    let charge = context.charge.as_ref().expect("the charge");
    let reason = arrival.credit.as_ref().map(|credit| credit.reason);
    let (status, expected) = match case {
        PaymentCase::AsAsked => (ChargeStatus::Credited, None),
        PaymentCase::Held => (ChargeStatus::InReview, None),
        PaymentCase::AnotherAmount => (ChargeStatus::Pending, Some(CreditReason::AmountMismatch)),
        PaymentCase::NoTxid | PaymentCase::UnknownTxid => {
            (ChargeStatus::Pending, Some(CreditReason::NoCharge))
        }
        PaymentCase::AnotherPayer => (ChargeStatus::Pending, Some(CreditReason::PayerMismatch)),
    };
    assert_eq!((charge.status, reason), (status, expected), "{case:?}");
    let posted_to = arrival.payment.as_ref().map(|payment| payment.posted_to);
    let to_charge = posted_to == Some(TransactionRef::Charge(charge.id));
    assert_eq!(to_charge, expected.is_none(), "{case:?}: {posted_to:?}");
}

/// The same report again changes nothing.
fn is_posted_once(
    before: ArrivalContext,
    payment: Payment,
    status: &NetworkStatus<ChargeUpdate>,
    moment: &Moment,
    case: PaymentCase,
) {
    let books = before.books.clone();
    let mut again = before;
    again.known = Some(payment);
    let arrival = apply_arrival(&mut again, status, moment);
    let arrival = arrival.unwrap_or_else(|error| panic!("{case:?}: a repetition: {error}"));
    assert!(arrival.payment.is_none() && arrival.credit.is_none(), "{case:?}: posted twice");
    assert!(arrival.effects.entries.is_empty(), "{case:?}: the repetition posts entries");
    assert_eq!(again.books, books, "{case:?}: the repetition changes the books");
}
