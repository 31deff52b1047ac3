//! Deliveries on their own: the schedule, leases, and when the clock looks after them.

use std::sync::Arc;

use domain::event::{Event, EventType};
use domain::kernel::{Entropy, Id, Lease, Moment};
use domain::webhook::{Attempt, Delivery, DeliveryStatus, Readiness, SCHEDULE_SECONDS};
use jiff::{SignedDuration, Timestamp};

/// The same byte over and over: 0 for the least jitter.
struct Always(u8);

impl Entropy for Always {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn at(seconds: i64, byte: u8) -> Moment {
    let now = Timestamp::from_second(1_795_000_000 + seconds).expect("in range");
    Moment::new(now, Arc::new(Always(byte)))
}

fn event() -> Event {
    let examples = domain::catalogue::examples();
    let paid = examples.into_iter().find(|one| one.kind == EventType::ChargePaid);
    paid.expect("every type has an example")
}

fn published() -> Delivery {
    let endpoint = domain::kernel::EndpointId::mint(&at(0, 9));
    Delivery::publish(&event(), endpoint, &at(0, 0))
}

fn failed(delivery: &Delivery, moment: &Moment) -> Attempt {
    Attempt {
        number: delivery.made + 1,
        at: moment.now,
        latency_ms: 1,
        status: Some(500),
        error: Some("http_status".to_owned()),
        detail: None,
    }
}

/// Fails an attempt; seconds until the next.
fn fail(delivery: &mut Delivery, retry_after: Option<u64>, moment: &Moment) -> i64 {
    delivery.fail(failed(delivery, moment), retry_after, moment).expect("pending");
    let next = delivery.next_attempt_at.expect("there is a next attempt");
    next.duration_since(moment.now).as_secs()
}

/// Waits of the Standard Webhooks schedule, and the most jitter there can be: a tenth, 15 minutes at
/// most.
#[test]
fn each_wait_is_of_the_schedule_and_jitter_adds_a_tenth_or_a_quarter_of_an_hour_at_most() {
    for byte in [0, 7, 128, 255] {
        let mut delivery = published();
        for wait in &SCHEDULE_SECONDS[1..] {
            let wait = i64::from(*wait);
            let waited = fail(&mut delivery, None, &at(0, byte));
            assert!((wait..=wait + (wait / 10).min(900)).contains(&waited), "{waited} of {wait}");
        }
        let last = failed(&delivery, &at(0, byte));
        assert!(delivery.fail(last, None, &at(0, byte)).expect("pending").is_some());
        assert_eq!(delivery.status, DeliveryStatus::Exhausted);
        assert_eq!((delivery.next_attempt_at, delivery.due_at), (None, None));
    }
}

#[test]
fn a_receiver_can_ask_for_a_longer_wait_and_never_for_a_shorter_one() {
    for (asked, expected) in [(None, 5), (Some(0), 5), (Some(60), 60), (Some(1_000_000), 36_000)] {
        assert_eq!(fail(&mut published(), asked, &at(0, 0)), expected, "{asked:?}");
    }
}

/// The clock looks a minute ahead, so what a message brings in time is looked at more than a minute
/// after its time.
#[test]
fn what_a_message_brings_is_looked_at_by_the_clock_only_when_it_is_late() {
    let mut delivery = published();
    fail(&mut delivery, None, &at(0, 0));
    assert_eq!(delivery.message_delay(at(0, 0).now), Some(5));
    delivery.expect_message();
    let late = delivery.due_at.expect("pending").duration_since(at(5, 0).now);
    assert!(late > SignedDuration::from_secs(60), "{late}");
    for _ in 0..2 {
        fail(&mut delivery, None, &at(0, 0));
    }
    assert_eq!(delivery.message_delay(at(0, 0).now), None, "half an hour is the clock's");
    assert_eq!(delivery.due_at, delivery.next_attempt_at);
}

#[test]
fn each_message_sent_again_doubles_the_time_to_the_next() {
    let mut delivery = published();
    let now = at(600, 0).now;
    let mut waits = Vec::new();
    for _ in 0..9 {
        assert_eq!(delivery.resend(now), Some(0));
        waits.push(delivery.due_at.expect("pending").duration_since(now).as_secs());
    }
    assert_eq!(waits, [120, 240, 480, 960, 1_920, 3_840, 7_680, 7_680, 7_680]);
    fail(&mut delivery, None, &at(600, 0));
    assert_eq!(delivery.resent, 0, "another attempt begins anew");
}

#[test]
fn a_message_is_for_one_attempt_and_not_for_a_leased_or_finished_delivery() {
    let mut delivery = published();
    let now = at(0, 0).now;
    assert_eq!(delivery.readiness(0, now), Readiness::Ready);
    assert_eq!(delivery.readiness(1, now), Readiness::Over);
    delivery.claim(now);
    assert_eq!(delivery.readiness(0, now), Readiness::Leased);
    let redelivered = delivery.redeliver(&at(0, 0)).expect("pending");
    assert!(!redelivered, "the attempt being made is what was asked for");
    assert_eq!(delivery.readiness(0, at(30, 0).now), Readiness::Ready, "a lease ends");
    fail(&mut delivery, None, &at(0, 0));
    assert_eq!(delivery.readiness(1, now), Readiness::Early);
    assert_eq!(delivery.readiness(1, at(5, 0).now), Readiness::Ready);
    delivery.cancel().expect("pending");
    assert_eq!(delivery.readiness(1, at(5, 0).now), Readiness::Over);
    assert!(delivery.redeliver(&at(10, 0)).expect("it was cancelled"));
    assert_eq!((delivery.readiness(1, at(10, 0).now), delivery.step), (Readiness::Ready, 0));
}

#[test]
fn a_deferred_attempt_is_not_spent_and_comes_back_at_a_time_of_its_own() {
    let mut returns = Vec::new();
    for byte in [0, 1, 200, 255] {
        let mut delivery = published();
        delivery.claim(at(0, byte).now);
        delivery.defer(at(60, byte).now, &at(0, byte));
        assert_eq!((delivery.made, delivery.step, delivery.lease), (0, 0, Lease::default()));
        let next = delivery.next_attempt_at.expect("pending").duration_since(at(0, 0).now);
        assert!((60..120).contains(&next.as_secs()), "{next}");
        returns.push(next);
    }
    returns.dedup();
    assert!(returns.len() > 1, "they do not all come back at once");
}
