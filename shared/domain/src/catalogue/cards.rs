//! Examples of the events of a charge by card.

use super::scene::{BUILT_IN, later, open_card, open_card_page};
use crate::account::FeeSchedule;
use crate::charge::{
    CardAuthorization, CardDetails, CardOrder, CardPayment, CardToken, CardUpdate, Charge,
    ChargeOrder,
};
use crate::event::Event;
use crate::kernel::{AccountId, Failure, FailureCode, Moment};
use crate::ledger::Books;
use crate::receivable::AnticipationTerms;
use brazil::{CardBrand, CardExpiry};
use jiff::SignedDuration;

/// Makes a sale in two instalments that the payer proves, the issuer authorises and the acquirer captures and pays
/// early, and one that the issuer declines.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let charge = open_card(account_id, begin);
    let failure = Failure::reported(FailureCode::CardDeclined, Some("51".to_owned()));
    let declined = CardUpdate::Declined { failure };
    let (mut sale, mut events) = (ExampleSale::new(account_id, charge.clone()), Vec::new());
    let order = sale.order_authorization(begin);
    events.extend(sale.answer(&order, &declined, begin));
    let mut on_page = ExampleSale::new(account_id, open_card_page(account_id, begin));
    if let Some(order) = on_page.pay_on_page(&later(begin, 30)) {
        events.extend(on_page.answer(&order, &declined, &later(begin, 31)));
    }
    let mut sale = ExampleSale::new(account_id, charge);
    let order = sale.order_authorization(begin);
    let asked = CardUpdate::AuthenticationRequired {
        url: "https://issuer.example.com/3ds/8a1f".to_owned(),
        until: later(begin, 600).now,
    };
    events.extend(sale.answer(&order, &asked, begin));
    let authorization = Box::new(authorization(begin));
    let authorized = CardUpdate::Authorized { authorization };
    events.extend(sale.answer(&order, &authorized, &later(begin, 30)));
    for update in [&declined, &captured(&sale.charge, begin)] {
        let order = sale.charge.capture(None, &later(begin, 60)).expect(BUILT_IN).1;
        let Some(ChargeOrder::Card(order)) = order else { continue };
        events.extend(sale.answer(&order, update, &later(begin, 61)));
    }
    let terms = AnticipationTerms {
        monthly_basis_points: 150,
        settles_at: later(begin, 31 * 24 * 3_600).now,
    };
    let anticipated = CardUpdate::Anticipated { settles_at: terms.settles_at };
    for update in [&declined, &anticipated] {
        let asked = later(begin, 70);
        let offer = sale.charge.offer_anticipation(None, &terms, &asked).expect(BUILT_IN);
        let order = sale.charge.anticipate(&offer, &asked).expect(BUILT_IN).1;
        let Some(ChargeOrder::Card(order)) = order else { continue };
        events.extend(sale.answer(&order, update, &later(begin, 71)));
    }
    let (days, books) = (later(begin, 30 * 24 * 3_600), &mut sale.books);
    let credited = sale.charge.credit_installment(1, books, &days).expect(BUILT_IN);
    events.extend(credited.events);
    events
}

/// Address of the payment page of the examples.
const RETURN_URL: &str = "https://api.example.com/pay/AZ4h";

struct ExampleSale {
    charge: Charge,
    books: Books,
}

impl ExampleSale {
    fn new(account_id: AccountId, charge: Charge) -> Self {
        Self { charge, books: Books::open(account_id) }
    }

    fn order_authorization(&mut self, moment: &Moment) -> CardOrder {
        let token = CardToken::parse("tok_example").expect(BUILT_IN);
        self.charge.order_authorization(token, RETURN_URL.to_owned(), moment).expect(BUILT_IN)
    }

    fn pay_on_page(&mut self, moment: &Moment) -> Option<CardOrder> {
        let token = CardToken::parse("tok_example").expect(BUILT_IN);
        let return_url = RETURN_URL.to_owned();
        let payment = CardPayment { token, installments: 1, return_url };
        match self.charge.pay_by_card(payment, moment).expect(BUILT_IN).1 {
            Some(ChargeOrder::Card(order)) => Some(order),
            Some(ChargeOrder::Boleto(_)) | None => None,
        }
    }

    fn answer(&mut self, order: &CardOrder, update: &CardUpdate, moment: &Moment) -> Vec<Event> {
        let fees = FeeSchedule { fixed_cents: 0, basis_points: 399 };
        let money = (&mut self.books, &fees);
        self.charge.apply_card_update(order, update, money, moment).expect(BUILT_IN).effects.events
    }
}

fn authorization(begin: &Moment) -> CardAuthorization {
    CardAuthorization {
        payment_id: "8a1f0c".to_owned(),
        code: "4F7A1C".to_owned(),
        card: CardDetails {
            brand: Some(CardBrand::Visa),
            last4: "1001".to_owned(),
            expiry: CardExpiry::new(12, 2029).ok(),
        },
        authorized_at: begin.now,
        expires_at: begin.now + SignedDuration::from_hours(7 * 24),
    }
}

fn captured(charge: &Charge, begin: &Moment) -> CardUpdate {
    CardUpdate::Captured {
        authorization: None,
        amount_cents: charge.amount_cents,
        captured_at: later(begin, 60).now,
        agenda: [30, 60].map(|days| later(begin, days * 24 * 3_600).now).to_vec(),
    }
}
