//! The catalogue of events. The code that makes real events makes the examples, so that the
//! reference shows what Trilho sends.

use super::scene::{BUILT_IN, CountingEntropy, apply_update, later, open_charge, report};
use super::{
    beneficiaries, blocks, boletos, cards, collections, credits, disputes, exports, kyc, payouts,
    refunds,
};
use crate::charge::ChargeUpdate;
use crate::event::{Event, EventType, History};
use crate::kernel::{AccountId, EndpointId, Failure, Id, Moment};
use crate::ledger::Books;
use crate::webhook::{
    Attempt, Delivery, DisabledReason, Endpoint, EndpointStatus, SCHEDULE_SECONDS, Subscription,
};
use jiff::Timestamp;
use std::sync::Arc;

/// Returns an example of every type, in the order of [`EventType::ALL`].
pub fn examples() -> Vec<Event> {
    let begin: Timestamp = "2026-11-23T12:00:00.000Z".parse().expect(BUILT_IN);
    let begin = Moment::new(begin, Arc::new(CountingEntropy::default()));
    let account_id = AccountId::mint(&begin);
    let mut events = Vec::new();
    events.extend(credited(account_id, &begin));
    events.extend(reviewed(account_id, &begin));
    events.extend(unpaid(account_id, &begin));
    events.extend(boletos::examples(account_id, &begin));
    events.extend(cards::examples(account_id, &begin));
    events.extend(refunds::examples(account_id, &begin));
    events.extend(credits::examples(account_id, &begin));
    events.extend(payouts::examples(account_id, &begin));
    events.extend(beneficiaries::examples(account_id, &begin));
    events.extend(collections::examples(account_id, &begin));
    events.extend(kyc::examples(account_id, &begin));
    events.extend(blocks::examples(account_id, &begin));
    events.extend(disputes::examples(account_id, &begin));
    events.extend(exports::examples(account_id, &begin));
    events.extend(about_deliveries(account_id, &begin));
    let example = |kind: &EventType| {
        events.iter().find(|event| event.kind == *kind).cloned().expect("every type has an example")
    };
    EventType::ALL.iter().map(example).collect()
}

fn credited(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut charge, opened) = open_charge(account_id, begin);
    let mut books = Books::open(account_id);
    let mut events = opened.events;
    let paid = ChargeUpdate::Paid { payment: report(&charge).into() };
    events.extend(apply_update(&mut charge, &mut books, &paid, &later(begin, 60)));
    events.extend(apply_update(
        &mut charge,
        &mut books,
        &ChargeUpdate::Credited,
        &later(begin, 61),
    ));
    events
}

fn reviewed(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut charge, _) = open_charge(account_id, begin);
    let mut books = Books::open(account_id);
    let reason = "unusual_amount".to_owned();
    let review = ChargeUpdate::UnderReview { payment: report(&charge).into(), reason };
    let mut events = apply_update(&mut charge, &mut books, &review, &later(begin, 60));
    let rejected = ChargeUpdate::Rejected { failure: Failure::of_network("FR01") };
    events.extend(apply_update(&mut charge, &mut books, &rejected, &later(begin, 3_600)));
    events
}

fn unpaid(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut cancelled, _) = open_charge(account_id, begin);
    let mut events = cancelled.cancel(&later(begin, 60)).expect(BUILT_IN).0.events;
    let (mut expired, _) = open_charge(account_id, begin);
    events.extend(expired.expire(&later(begin, 3_600)).expect(BUILT_IN).events);
    events
}

fn about_deliveries(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let mut endpoint = Endpoint {
        id: EndpointId::mint(begin),
        account_id,
        url: "https://hooks.example.com/trilho".to_owned(),
        events: Subscription::All,
        description: None,
        status: EndpointStatus::Enabled,
        disabled: None,
        secrets: Vec::new(),
        created_at: begin.now,
        history: History::default(),
        version: 0,
    };
    let test = endpoint.test(begin);
    let (_, opened) = open_charge(account_id, begin);
    let event = opened.events.first().expect("opening a charge is an event");
    let mut delivery = Delivery::publish(event, endpoint.id, begin);
    let mut exhausted = None;
    let mut moment = begin.clone();
    for (number, wait) in (1..).zip(SCHEDULE_SECONDS) {
        moment = later(&moment, i64::from(wait));
        let attempt = Attempt {
            number,
            at: moment.now,
            latency_ms: 15_000,
            status: None,
            error: Some("timed_out".to_owned()),
            detail: None,
        };
        exhausted = delivery.fail(attempt, None, &moment).expect(BUILT_IN);
    }
    let exhausted = exhausted.expect("the schedule has an end");
    vec![test, exhausted, endpoint.give_up(DisabledReason::Failing, &later(&moment, 172_800))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_the_same_example_in_each_run() {
        let first = examples();
        assert_eq!(first.len(), EventType::ALL.len());
        assert_eq!(first, examples());
    }
}
