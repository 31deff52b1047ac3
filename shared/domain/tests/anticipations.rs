//! What an early payment of instalments costs, and what it does to a sale.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::account::FeeSchedule;
use domain::charge::{
    CardAuthorization, CardCharge, CardDetails, CardOrder, CardOutcome, CardToken, CardUpdate,
    Charge, ChargeMethod, ChargeOrder, ChargeStatus, NewCharge,
};
use domain::kernel::{AccountId, ChargeId, Code, Entropy, Error, FailureCode, Id, Moment, UserId};
use domain::ledger::{Books, EntryKind};
use domain::receivable::{AnticipationOffer, AnticipationTerms, ReceivableStatus};
use jiff::{SignedDuration, Timestamp};

struct ZeroEntropy;

impl Entropy for ZeroEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// A captured sale of R$ 1,200.00 in three instalments, 30, 60 and 90 days after the capture, for a fee of 3 %.
struct PaidSale {
    charge: Charge,
    books: Books,
}

fn moment(days: i64) -> Moment {
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().expect("a time");
    Moment::new(start + SignedDuration::from_hours(24 * days), Arc::new(ZeroEntropy))
}

/// 1.5 % a month, paid one day after the capture.
fn terms() -> AnticipationTerms {
    AnticipationTerms { monthly_basis_points: 150, settles_at: moment(1).now }
}

impl PaidSale {
    fn new() -> Self {
        let moment = moment(0);
        let account_id = AccountId::mint(&moment);
        let new = NewCharge {
            amount_cents: 120_000,
            payer: None,
            description: None,
            reference: Some("sale-7".to_owned()),
            metadata: BTreeMap::new(),
            expires_at: moment.now + SignedDuration::from_hours(24),
            terms: None,
        };
        let method = ChargeMethod::Card(Box::new(CardCharge::new(3, true, None)));
        let (id, user_id) = (ChargeId::mint(&moment), UserId::mint(&moment));
        let (mut charge, _) = Charge::open(id, account_id, user_id, new, method, &moment);
        let token = CardToken::parse("tok_example").expect("a token");
        let page = "https://api.example.com/pay/AZ4h".to_owned();
        let order = charge.order_authorization(token, page, &moment).expect("an order");
        let mut sale = Self { charge, books: Books::open(account_id) };
        let captured = CardUpdate::Captured {
            authorization: Some(Box::new(CardAuthorization {
                payment_id: "p-1".to_owned(),
                code: "123456".to_owned(),
                card: CardDetails { brand: None, last4: "1001".to_owned(), expiry: None },
                authorized_at: moment.now,
                expires_at: moment.now,
            })),
            amount_cents: 120_000,
            captured_at: moment.now,
            agenda: [30, 60, 90].map(|days| self::moment(days).now).to_vec(),
        };
        let outcome = sale.answer(&order, &captured).expect("a payment");
        let listed = outcome.effects.receivables;
        assert_eq!(listed.len(), 3);
        assert!(listed.iter().all(|one| one.reference.as_deref() == Some("sale-7")));
        sale
    }

    fn answer(&mut self, order: &CardOrder, update: &CardUpdate) -> Result<CardOutcome, Error> {
        let fees = FeeSchedule { fixed_cents: 0, basis_points: 300 };
        self.charge.apply_card_update(order, update, (&mut self.books, &fees), &moment(0))
    }

    fn offer(&self, numbers: Option<&[u8]>) -> Result<AnticipationOffer, Error> {
        self.charge.offer_anticipation(numbers, &terms(), &moment(0))
    }

    fn order(&mut self, numbers: Option<&[u8]>) -> CardOrder {
        let offer = self.offer(numbers).expect("an offer");
        match self.charge.anticipate(&offer, &moment(0)).expect("an order").1 {
            Some(ChargeOrder::Card(order)) => order,
            _ => panic!("an early payment is an order to the acquirer"),
        }
    }

    fn anticipate(&mut self, numbers: Option<&[u8]>) -> CardOutcome {
        let order = self.order(numbers);
        let update = CardUpdate::Anticipated { settles_at: moment(1).now };
        self.answer(&order, &update).expect("earlier times")
    }

    /// Credits the next instalment when it is due, and returns its number and what became available.
    fn credit_next(&mut self) -> (u8, u64) {
        let before = self.books.balances.available_cents;
        let card = self.charge.method.card().expect("a card");
        let next = card.next_receivable().expect("an instalment").clone();
        let due = Moment::new(next.settles_at, Arc::new(ZeroEntropy));
        let effects = self.charge.credit_installment(next.number, &mut self.books, &due);
        let effects = effects.expect("money");
        let [listed] = &effects.receivables[..] else { panic!("one instalment changes") };
        assert_eq!((listed.status, listed.moved_from), (ReceivableStatus::Credited, None));
        (next.number, self.books.balances.available_cents - before)
    }
}

#[track_caller]
fn refused(result: Result<AnticipationOffer, Error>, code: Code) {
    match result {
        Err(Error::Conflict { code: found, .. }) => assert_eq!(found, code),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_offer_has_the_days_between_the_early_and_the_agreed_payment() {
    let offer = PaidSale::new().offer(None).expect("an offer");
    // R$ 400.00 at 1.5 % a month for 29, 59 and 89 days.
    let fees: Vec<_> = offer.parts.iter().map(|part| (part.number, part.fee_cents)).collect();
    assert_eq!(fees, [(1, 580), (2, 1_180), (3, 1_780)]);
    assert_eq!((offer.amount_cents(), offer.fee_cents()), (120_000, 3_540));
}

#[test]
fn chosen_instalments_come_first_and_cost_their_fee() {
    let mut sale = PaidSale::new();
    let outcome = sale.anticipate(Some(&[3]));
    let moved: Vec<_> = outcome.effects.receivables.iter().map(|one| one.moved_from).collect();
    assert_eq!(moved, [Some(moment(90).now)]);
    assert!(outcome.effects.entries.is_empty(), "no money moves before the acquirer pays");
    // 40,000 - 1,200 - 1,780, then two instalments without an early payment.
    let credits: Vec<_> = (0..3).map(|_| sale.credit_next()).collect();
    assert_eq!(credits, [(3, 37_020), (1, 38_800), (2, 38_800)]);
    assert_eq!((sale.charge.status, sale.charge.fees_cents), (ChargeStatus::Credited, 5_380));
    assert_eq!(sale.books.balances.receivable_cents, 0);
}

#[test]
fn the_fee_of_an_early_payment_is_an_entry_of_its_own() {
    let mut sale = PaidSale::new();
    sale.anticipate(Some(&[1]));
    let effects = sale.charge.credit_installment(1, &mut sale.books, &moment(1)).expect("money");
    let entries: Vec<_> = effects.entries.iter().map(|it| (it.kind, it.amount_cents)).collect();
    let expected = [
        (EntryKind::InstallmentCredited, 40_000),
        (EntryKind::ChargeFee, 1_200),
        (EntryKind::AnticipationFee, 580),
    ];
    assert_eq!(entries, expected);
}

#[test]
fn a_refused_order_changes_no_instalment() {
    for update in
        [CardUpdate::Declined { failure: FailureCode::CardDeclined.into() }, CardUpdate::Unanswered]
    {
        let mut sale = PaidSale::new();
        let before = sale.charge.method.card().expect("a card").receivables.clone();
        let order = sale.order(None);
        let outcome = sale.answer(&order, &update).expect("nothing");
        assert_eq!(outcome.effects.events[0].kind.as_str(), "charge.anticipation_refused");
        assert!(outcome.effects.receivables.is_empty());
        assert_eq!(sale.charge.method.card().expect("a card").receivables, before);
        assert!(sale.offer(None).is_ok(), "the account may ask again");
    }
}

#[test]
fn one_order_at_a_time_and_each_instalment_once() {
    let mut sale = PaidSale::new();
    let order = sale.order(Some(&[1, 2]));
    refused(sale.offer(None), Code::ChargeState);
    let update = CardUpdate::Anticipated { settles_at: moment(1).now };
    sale.answer(&order, &update).expect("earlier times");
    let again = sale.answer(&order, &update).expect("nothing");
    assert!(again.effects.events.is_empty() && again.effects.receivables.is_empty());
    let left = sale.offer(None).expect("an offer");
    assert_eq!(left.parts.iter().map(|part| part.number).collect::<Vec<_>>(), [3]);
    let Err(Error::Invalid(violations)) = sale.offer(Some(&[1])) else {
        panic!("an instalment is paid early once")
    };
    assert_eq!(violations[0].field, "numbers");
}

#[test]
fn an_instalment_that_was_credited_meanwhile_stays_as_it_is() {
    let mut sale = PaidSale::new();
    let order = sale.order(None);
    assert_eq!(sale.credit_next(), (1, 38_800));
    let update = CardUpdate::Anticipated { settles_at: moment(31).now };
    let outcome = sale.answer(&order, &update).expect("earlier times");
    let moved: Vec<_> =
        outcome.effects.receivables.iter().map(|one| one.receivable.number).collect();
    assert_eq!(moved, [2, 3]);
    // 29 of the 59 days that were offered.
    assert_eq!(sale.credit_next(), (2, 40_000 - 1_200 - 580));
}

/// The acquirer answers after days: what it pays no earlier costs nothing.
#[test]
fn an_instalment_that_is_paid_no_earlier_costs_nothing() {
    let mut sale = PaidSale::new();
    let order = sale.order(None);
    let update = CardUpdate::Anticipated { settles_at: moment(60).now };
    let outcome = sale.answer(&order, &update).expect("an earlier time");
    let moved: Vec<_> =
        outcome.effects.receivables.iter().map(|one| one.receivable.number).collect();
    assert_eq!(moved, [3]);
    let credits: Vec<_> = (0..3).map(|_| sale.credit_next()).collect();
    // 29 + 1 of the 89 days: 1,780 x 30 / 89.
    assert_eq!(credits, [(1, 38_800), (2, 38_800), (3, 40_000 - 1_200 - 600)]);
}

#[test]
fn a_charge_whose_money_the_network_took_has_nothing_to_pay_early() {
    let mut sale = PaidSale::new();
    sale.charge.returned.amount_cents = 120_000;
    refused(sale.offer(None), Code::ChargeState);
}

#[test]
fn an_instalment_due_on_the_day_of_the_early_payment_is_not_offered() {
    let sale = PaidSale::new();
    let terms = AnticipationTerms { settles_at: moment(60).now, ..terms() };
    let offer = sale.charge.offer_anticipation(None, &terms, &moment(0)).expect("an offer");
    assert_eq!(offer.parts.iter().map(|part| part.number).collect::<Vec<_>>(), [3]);
    let terms = AnticipationTerms { settles_at: moment(90).now, ..terms };
    refused(sale.charge.offer_anticipation(None, &terms, &moment(0)), Code::ChargeState);
}

#[test]
fn a_fee_never_takes_more_than_the_instalment_has_left() {
    let mut sale = PaidSale::new();
    let terms = AnticipationTerms { monthly_basis_points: 10_000, ..terms() };
    let offer = sale.charge.offer_anticipation(None, &terms, &moment(0)).expect("an offer");
    assert_eq!(offer.parts[2].fee_cents, 38_800);
    let order = match sale.charge.anticipate(&offer, &moment(0)).expect("an order").1 {
        Some(ChargeOrder::Card(order)) => order,
        _ => panic!("an order to the acquirer"),
    };
    let update = CardUpdate::Anticipated { settles_at: moment(1).now };
    sale.answer(&order, &update).expect("earlier times");
    let credits: Vec<_> = (0..3).map(|_| sale.credit_next()).collect();
    assert_eq!(credits, [(1, 133), (2, 0), (3, 0)]);
}
