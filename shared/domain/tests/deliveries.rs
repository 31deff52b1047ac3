//! Deliveries: the retry schedule, leases, and the times at which the scheduler sends messages.

use std::sync::Arc;

use domain::event::{Event, EventType};
use domain::kernel::{Entropy, Id, Lease, Moment};
use domain::webhook::{Attempt, Delivery, DeliveryStatus, Readiness, SCHEDULE_SECONDS};
use jiff::{SignedDuration, Timestamp};

/// Fills with one byte: 0 for the least jitter.
struct FixedJitter(u8);

impl Entropy for FixedJitter {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0);
    }
}

fn at(seconds: i64, byte: u8) -> Moment {
    let now = Timestamp::from_second(1_795_000_000 + seconds).expect("in range");
    Moment::new(now, Arc::new(FixedJitter(byte)))
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
        number: delivery.attempts_made + 1,
        at: moment.now,
        latency_ms: 1,
        status: Some(500),
        error: Some("http_status".to_owned()),
        detail: None,
    }
}

/// Fails an attempt. Returns the seconds until the next one.
fn fail(delivery: &mut Delivery, retry_after: Option<u64>, moment: &Moment) -> i64 {
    delivery.fail(failed(delivery, moment), retry_after, moment).expect("pending");
    let next = delivery.next_attempt_at.expect("there is a next attempt");
    next.duration_since(moment.now).as_secs()
}

/// The waits of the Standard Webhooks schedule, and the largest jitter: a tenth, at most 15 minutes.
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
fn a_receiver_can_request_a_longer_wait_but_not_a_shorter_one() {
    for (requested, expected) in
        [(None, 5), (Some(0), 5), (Some(60), 60), (Some(1_000_000), 36_000)]
    {
        assert_eq!(fail(&mut published(), requested, &at(0, 0)), expected, "{requested:?}");
    }
}

/// The scheduler looks a minute ahead. So it sends a message again only more than a minute after its
/// time.
#[test]
fn the_scheduler_sends_a_message_again_only_if_it_is_late() {
    let mut delivery = published();
    fail(&mut delivery, None, &at(0, 0));
    assert_eq!(delivery.message_delay(at(0, 0).now), Some(5));
    delivery.expect_message();
    let late = delivery.due_at.expect("pending").duration_since(at(5, 0).now);
    assert!(late > SignedDuration::from_secs(60), "{late}");
    for _ in 0..2 {
        fail(&mut delivery, None, &at(0, 0));
    }
    assert_eq!(
        delivery.message_delay(at(0, 0).now),
        None,
        "the scheduler sends a message for half an hour"
    );
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
    assert_eq!(delivery.resend_count, 0, "the next attempt counts from 0");
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
    assert!(!redelivered, "the current attempt is the requested one");
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
fn a_deferred_attempt_is_not_counted_and_returns_after_a_random_wait() {
    let mut returns = Vec::new();
    for byte in [0, 1, 200, 255] {
        let mut delivery = published();
        delivery.claim(at(0, byte).now);
        delivery.defer(at(60, byte).now, &at(0, byte));
        assert_eq!(
            (delivery.attempts_made, delivery.step, delivery.lease),
            (0, 0, Lease::default())
        );
        let next = delivery.next_attempt_at.expect("pending").duration_since(at(0, 0).now);
        assert!((60..120).contains(&next.as_secs()), "{next}");
        returns.push(next);
    }
    returns.dedup();
    assert!(returns.len() > 1, "they do not all return at once");
}
