//! The catalogue of events: an example of each type, made by the very code that makes real ones, so
//! that what the reference shows cannot drift from what is sent.

mod exports;
mod payouts;
mod refunds;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use brazil::{BrCode, Document, DocumentKind, EndToEndId, Txid};
use jiff::{SignedDuration, Timestamp};

use crate::{
    AccountId, Attempt, Books, Charge, ChargeId, ChargeUpdate, Delivery, DisabledReason, Effects,
    Endpoint, EndpointId, EndpointStatus, Entropy, Event, EventType, FeeSchedule, History, Id,
    Moment, NewCharge, Payer, PixDetails, SCHEDULE_SECONDS, Subscription, UserId,
};

/// The same bytes each time, and different ids all the same.
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

const BUILT_IN: &str = "the example is made from what is written here";

/// An example of every type, in the order of [`EventType::ALL`].
pub fn examples() -> Vec<Event> {
    let begin: Timestamp = "2026-11-23T12:00:00Z".parse().expect(BUILT_IN);
    let begin = Moment::new(begin, Arc::new(Counting(AtomicU8::new(1))));
    let account_id = AccountId::mint(&begin);
    let mut events = Vec::new();
    events.extend(credited(account_id, &begin));
    events.extend(reviewed(account_id, &begin));
    events.extend(unpaid(account_id, &begin));
    events.extend(refunds::examples(account_id, &begin));
    events.extend(payouts::examples(account_id, &begin));
    events.extend(exports::examples(account_id, &begin));
    events.extend(about_deliveries(account_id, &begin));
    let example = |kind: &EventType| {
        events.iter().find(|event| event.kind == *kind).cloned().expect("every type has an example")
    };
    EventType::ALL.iter().map(example).collect()
}

fn later(moment: &Moment, seconds: i64) -> Moment {
    let mut later = moment.clone();
    later.now += SignedDuration::from_secs(seconds);
    later
}

fn opened(account_id: AccountId, moment: &Moment) -> (Charge, Effects) {
    let id = ChargeId::mint(moment);
    let txid = Txid::parse(&id.ulid().to_string()).expect(BUILT_IN);
    let location = format!("api.example.com/pix/{txid}");
    let br_code = BrCode::dynamic(&location, "Loja", "Sao Paulo", Some(4_990)).expect(BUILT_IN);
    let document = Document::parse(DocumentKind::Cpf, "52998224725").expect(BUILT_IN);
    let new = NewCharge {
        amount_cents: 4_990,
        payer: Payer { name: "Maria Silva".to_owned(), document, email: None },
        description: Some("Order 1042".to_owned()),
        reference: Some("order-1042".to_owned()),
        metadata: BTreeMap::new(),
        expires_at: moment.now + SignedDuration::from_hours(1),
    };
    let pix = PixDetails {
        txid,
        br_code: br_code.encode(),
        // The Central Bank's own example of a random key.
        key: "123e4567-e12b-12d1-a456-426655440000".to_owned(),
        origin: "https://api.example.com".to_owned(),
        end_to_end_id: None,
    };
    Charge::open(id, account_id, UserId::mint(moment), new, pix, moment)
}

fn receive(
    charge: &mut Charge,
    books: &mut Books,
    update: &ChargeUpdate,
    moment: &Moment,
) -> Vec<Event> {
    let fees = FeeSchedule { fixed_cents: 0, basis_points: 99 };
    charge.receive(update, books, &fees, moment).expect(BUILT_IN).events
}

fn end_to_end_id() -> EndToEndId {
    EndToEndId::parse("E9999999920261123120501234567890").expect(BUILT_IN)
}

fn credited(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut charge, opened) = opened(account_id, begin);
    let mut books = Books::open(account_id);
    let mut events = opened.events;
    let paid = ChargeUpdate::Paid { end_to_end_id: end_to_end_id() };
    events.extend(receive(&mut charge, &mut books, &paid, &later(begin, 60)));
    events.extend(receive(&mut charge, &mut books, &ChargeUpdate::Credited, &later(begin, 61)));
    events
}

fn reviewed(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut charge, _) = opened(account_id, begin);
    let mut books = Books::open(account_id);
    let reason = "unusual_amount".to_owned();
    let review =
        ChargeUpdate::UnderReview { end_to_end_id: end_to_end_id(), reason: reason.clone() };
    let mut events = receive(&mut charge, &mut books, &review, &later(begin, 60));
    let rejected = ChargeUpdate::Rejected { reason };
    events.extend(receive(&mut charge, &mut books, &rejected, &later(begin, 3_600)));
    events
}

fn unpaid(account_id: AccountId, begin: &Moment) -> Vec<Event> {
    let (mut cancelled, _) = opened(account_id, begin);
    let mut events = cancelled.cancel(&later(begin, 60)).expect(BUILT_IN).events;
    let (mut expired, _) = opened(account_id, begin);
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
    let trial = endpoint.test(begin);
    let (_, opened) = opened(account_id, begin);
    let told = opened.events.first().expect("opening a charge is an event");
    let mut delivery = Delivery::publish(told, endpoint.id, begin);
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
        exhausted = delivery.fail(attempt, None, &moment);
    }
    let exhausted = exhausted.expect("the schedule has an end");
    vec![trial, exhausted, endpoint.give_up(DisabledReason::Failing, &later(&moment, 172_800))]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_an_example_and_each_time_the_same() {
        let made = examples();
        assert_eq!(made.len(), EventType::ALL.len());
        assert_eq!(made, examples());
    }
}
