//! Examples of the events of a charge by boleto.

use super::scene::{BUILT_IN, apply_update, later, open_boleto, report};
use crate::charge::{BoletoOrder, BoletoUpdate, Charge, ChargeOrder, ChargeUpdate, DueTerms};
use crate::event::Event;
use crate::kernel::{AccountId, FailureCode, MethodKind, Moment};
use crate::ledger::Books;
use crate::payment::{NetworkPaymentId, PaymentReport};
use jiff::ToSpan;

/// Makes charges whose bank registers, refuses, changes and keeps their boletos.
pub(super) fn examples(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (charge, _) = open_boleto(account_id, begin);
    let refused = BoletoUpdate::Refused { failure: FailureCode::BoletoRefused.into() };
    let (registered, mut events) = register(charge.clone(), &BoletoUpdate::Done, begin);
    events.extend(register(charge, &refused, begin).1);
    let terms = registered.terms.clone().expect(BUILT_IN);
    let terms = DueTerms { due_date: terms.due_date.saturating_add(5.days()), ..terms };
    for update in [&BoletoUpdate::Done, &refused] {
        let mut charge = registered.clone();
        let change = charge.change_terms(terms.clone(), &later(begin, 120)).expect(BUILT_IN);
        events.extend(answer(&mut charge, boleto(change.1), update, &later(begin, 180)));
    }
    let mut cancelling = registered.clone();
    let write_off = cancelling.cancel(&later(begin, 120)).expect(BUILT_IN).1;
    events.extend(answer(&mut cancelling, boleto(write_off), &refused, &later(begin, 180)));
    events.extend(withdrawn(account_id, registered, begin));
    events
}

fn boleto(order: Option<ChargeOrder>) -> Option<BoletoOrder> {
    match order {
        Some(ChargeOrder::Boleto(order)) => Some(order),
        Some(ChargeOrder::Card(_)) | None => None,
    }
}

fn register(mut charge: Charge, update: &BoletoUpdate, begin: &Moment) -> (Charge, Vec<Event>) {
    let order = charge.order_registration(begin).expect(BUILT_IN);
    let events = answer(&mut charge, order, update, &later(begin, 60));
    (charge, events)
}

fn answer(
    charge: &mut Charge,
    order: Option<BoletoOrder>,
    update: &BoletoUpdate,
    moment: &Moment,
) -> Vec<Event> {
    let order = order.expect(BUILT_IN);
    charge.apply_boleto_update(&order, update, moment).expect(BUILT_IN).0.events
}

fn withdrawn(account_id: AccountId, mut charge: Charge, begin: &Moment) -> Vec<Event> {
    let mut books = Books::open(account_id);
    let network_id = NetworkPaymentId::of_boleto("0001-1");
    let (method, txid) = (MethodKind::Boleto, Some("1".to_owned()));
    let payment = PaymentReport { network_id: network_id.clone(), method, txid, ..report(&charge) };
    let notice = ChargeUpdate::PaymentNotice { payment: payment.into() };
    apply_update(&mut charge, &mut books, &notice, &later(begin, 3_600));
    let withdrawn = ChargeUpdate::NoticeWithdrawn { network_id };
    apply_update(&mut charge, &mut books, &withdrawn, &later(begin, 7_200))
}
