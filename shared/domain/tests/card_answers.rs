//! What a charge makes of answers of an acquirer that the sandbox never gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::account::FeeSchedule;
use domain::charge::{
    CardAuthorization, CardCharge, CardDetails, CardOrder, CardOutcome, CardToken, CardUpdate,
    Charge, ChargeMethod, ChargeStatus, NewCharge,
};
use domain::kernel::{
    AccountId, ChargeId, Entropy, Error, Failure, FailureCode, Id, Moment, UserId,
};
use domain::ledger::Books;
use jiff::SignedDuration;

const RETURN_URL: &str = "https://api.example.com/pay/AZ4h";

struct NoEntropy;

impl Entropy for NoEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

struct TestSale {
    charge: Charge,
    books: Books,
    moment: Moment,
}

impl TestSale {
    /// Opens a charge of 100 reais in three instalments, with its order.
    fn open(is_captured_at_once: bool) -> (Self, CardOrder) {
        let now = "2026-11-23T12:00:00Z".parse().expect("a time");
        let moment = Moment::new(now, Arc::new(NoEntropy));
        let account_id = AccountId::mint(&moment);
        let new = NewCharge {
            amount_cents: 10_000,
            payer: None,
            description: None,
            reference: None,
            metadata: BTreeMap::new(),
            expires_at: now + SignedDuration::from_hours(24),
            terms: None,
        };
        let card = CardCharge::new(3, is_captured_at_once, None);
        let method = ChargeMethod::Card(Box::new(card));
        let (id, user_id) = (ChargeId::mint(&moment), UserId::mint(&moment));
        let (mut charge, _) = Charge::open(id, account_id, user_id, new, method, &moment);
        let token = CardToken::parse("tok_example").expect("a token");
        let order =
            charge.order_authorization(token, RETURN_URL.to_owned(), &moment).expect("an order");
        (Self { charge, books: Books::open(account_id), moment }, order)
    }

    fn answer(&mut self, order: &CardOrder, update: &CardUpdate) -> Result<CardOutcome, Error> {
        let fees = FeeSchedule { fixed_cents: 0, basis_points: 100 };
        let money = (&mut self.books, &fees);
        self.charge.apply_card_update(order, update, money, &self.moment)
    }

    fn authorization(&self) -> Box<CardAuthorization> {
        Box::new(CardAuthorization {
            payment_id: "p-1".to_owned(),
            code: "123456".to_owned(),
            card: CardDetails { brand: None, last4: "1001".to_owned(), expiry: None },
            authorized_at: self.moment.now,
            expires_at: self.moment.now + SignedDuration::from_hours(24 * 7),
        })
    }

    fn captured(&self, amount_cents: u64, days: &[i64]) -> CardUpdate {
        let day = |days: &i64| self.moment.now + SignedDuration::from_hours(24 * days);
        CardUpdate::Captured {
            authorization: Some(self.authorization()),
            amount_cents,
            captured_at: self.moment.now,
            agenda: days.iter().map(day).collect(),
        }
    }
}

/// The card may be charged, so the failure asks for no other attempt.
#[test]
fn a_refused_reversal_is_no_reversal() {
    let declined = || CardUpdate::Declined { failure: FailureCode::CardDeclined.into() };
    for (answer, code) in [
        (CardUpdate::Done, FailureCode::AuthorizationLost),
        (declined(), FailureCode::AuthorizationUnknown),
        (CardUpdate::Unanswered, FailureCode::AuthorizationUnknown),
    ] {
        let (mut sale, order) = TestSale::open(true);
        let outcome = sale.answer(&order, &CardUpdate::Unanswered).expect("a reversal follows");
        let reverse = outcome.next.expect("an order");
        assert_eq!(sale.charge.status, ChargeStatus::Authorizing);
        sale.answer(&reverse, &answer).expect("the charge is declined");
        assert_eq!(sale.charge.status, ChargeStatus::Declined);
        let failure: Option<&Failure> = sale.charge.failure.as_ref();
        assert_eq!(failure.map(|failure| failure.code), Some(code));
    }
}

#[test]
fn what_the_acquirer_captured_is_a_fact() {
    for (amount_cents, days, parts) in
        [(6_000, &[30, 60, 90][..], 3), (10_000, &[1][..], 1), (10_000, &[30, 60, 90][..], 3)]
    {
        let (mut sale, order) = TestSale::open(true);
        let captured = sale.captured(amount_cents, days);
        let outcome = sale.answer(&order, &captured).expect("a payment");
        assert!(outcome.payment.is_some());
        let card = sale.charge.method.card().expect("a card");
        assert_eq!((card.receivables.len(), sale.charge.paid_amount_cents), (parts, amount_cents));
        assert_eq!(sale.books.balances.receivable_cents, amount_cents);
        // The same answer again, and another one, change nothing.
        for late in [captured.clone(), CardUpdate::Unanswered] {
            let again = sale.answer(&order, &late).expect("nothing");
            assert!(again.payment.is_none() && again.effects.events.is_empty());
        }
        assert_eq!(sale.books.balances.receivable_cents, amount_cents);
    }
}

/// An acquirer that only authorises gets the order to capture after it.
#[test]
fn an_authorisation_alone_is_captured_next() {
    let (mut sale, order) = TestSale::open(true);
    let authorization = sale.authorization();
    let outcome = sale.answer(&order, &CardUpdate::Authorized { authorization }).expect("a sale");
    let capture = outcome.next.expect("an order");
    assert_eq!(sale.charge.status, ChargeStatus::Authorized);
    let captured = sale.captured(10_000, &[30, 60, 90]);
    sale.answer(&capture, &captured).expect("a payment");
    assert_eq!(sale.charge.status, ChargeStatus::Paid);
}

#[test]
fn a_capture_of_nothing_is_an_error_of_the_acquirer() {
    let (mut sale, order) = TestSale::open(true);
    let nothing = sale.captured(0, &[30]);
    assert!(sale.answer(&order, &nothing).is_err());
    let (mut sale, order) = TestSale::open(true);
    let never = sale.captured(10_000, &[]);
    assert!(sale.answer(&order, &never).is_err());
}
