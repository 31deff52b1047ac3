//! A delivery: one event for one endpoint, with its attempts.
//!
//! A pending delivery always has a `due_at`: the time at which the scheduler sends a message for it. So a
//! lost message, a crashed worker or a slow queue only delays the delivery.
use crate::event::{Event, EventType, History, Lifecycle, Transition};
use crate::kernel::{
    AccountId, DeliveryId, EndpointId, Error, EventId, Id, Lease, Moment, string_enum,
};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// The seconds between each attempt and the previous one: 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h,
/// 20 h, 24 h; 75.6 hours in all (Standard Webhooks, "Retry schedule").
pub const SCHEDULE_SECONDS: [u32; 10] =
    [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// The largest jitter in seconds; it is also at most a tenth of the wait.
const JITTER_SECONDS_MAX: u64 = 15 * 60;
/// The longest wait that a receiver can request, 10 hours. A longer wait would let one reply stop an
/// endpoint for good.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 10 * 60 * 60;
/// The longest delay of a message in SQS. The scheduler sends messages with a later time.
pub const MESSAGE_DELAY_SECONDS_MAX: u32 = 15 * 60;
/// How long a worker holds the lease on a delivery: longer than an attempt with its storage calls.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// How long after its time the scheduler sends a message again: longer than the minute that it looks
/// ahead. Doubles with each message for one attempt, so that a long queue does not grow.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(120);
/// The time of an event after which its publication is late.
const PUBLISHED_SOON_MS: i64 = 60_000;
/// The longest time from an event until its deliveries were attempted, deferred or resent: publication,
/// [`RESEND_AFTER`], [`LEASE`] and runs of the scheduler take five minutes at most.
pub const FIRST_ATTEMPT_WITHIN: SignedDuration = SignedDuration::from_mins(10);
const RESEND_DOUBLINGS_MAX: u32 = 6;
/// How early a message may be, because the clocks of functions differ.
const CLOCK_SKEW_MAX: SignedDuration = SignedDuration::from_secs(2);
/// The attempts kept on the row, the newest ones.
const ATTEMPTS_KEPT: usize = 20;

string_enum! {
    /// Status of a delivery.
    DeliveryStatus {
        /// The next attempt waits for its time, or a worker is making it.
        Pending = "pending",
        /// The endpoint answered 2xx.
        Delivered = "delivered",
        /// Every attempt failed.
        Exhausted = "exhausted",
        /// The endpoint was disabled or deleted, so no attempt follows.
        Cancelled = "cancelled",
    }
}

/// An attempt to deliver an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DeliveryAttempt")]
pub struct Attempt {
    /// Number of the attempt, from 1.
    pub number: u32,
    /// Time at which the attempt began.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub at: Timestamp,
    /// Duration of the attempt in milliseconds.
    pub latency_ms: u64,
    /// HTTP status of the reply; null if there was no reply.
    pub status: Option<u16>,
    /// Error code; null if the attempt succeeded. `http_status`: the status of the reply was not 2xx.
    pub error: Option<String>,
    /// Error text for people, or the start of the body of the reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Whether a worker can make the attempt that a message names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// The worker makes the attempt now.
    Ready,
    /// The attempt was made, or the delivery has ended. The worker deletes the message.
    Over,
    /// Another worker holds the lease.
    Leased,
    /// The time of the attempt has not come.
    Early,
}

/// A delivery as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Id, derived from the event and the endpoint, so that both have one delivery.
    pub id: DeliveryId,
    /// Account of the event.
    pub account_id: AccountId,
    /// Event to deliver.
    pub event_id: EventId,
    /// Type of the event.
    pub event_type: EventType,
    /// Endpoint of the delivery.
    pub endpoint_id: EndpointId,
    /// Status of the delivery.
    pub status: DeliveryStatus,
    /// Number of attempts made.
    pub attempts_made: u32,
    /// Index of the next attempt in the schedule.
    pub step: u32,
    /// Last attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// Time of the next attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// Time at which the scheduler sends a message for the delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// Number of messages that the scheduler sent for the next attempt.
    pub resend_count: u32,
    /// Lease of the worker that makes the attempt.
    #[serde(default)]
    pub lease: Lease,
    /// Time at which the event was published to this endpoint.
    pub created_at: Timestamp,
    /// Number and id of the last event about the delivery.
    pub history: History,
    /// Whether the row is in the partition of its id. False for deliveries from before there was more than
    /// one partition (docs/adr/0036).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub spread: bool,
    /// Version of the row.
    pub version: u64,
}

impl DeliveryId {
    /// Returns the id of the delivery of an event to an endpoint: the time of the event, and the random
    /// parts of both ids combined. Two workers that publish the same event write the same row.
    pub fn of(event_id: EventId, endpoint_id: EndpointId) -> Self {
        let (event, endpoint) = (event_id.ulid(), endpoint_id.ulid());
        Self::from_ulid(Ulid::from_parts(event.timestamp_ms(), event.random() ^ endpoint.random()))
    }
}

impl Lifecycle for Delivery {
    type Status = DeliveryStatus;

    const NAME: &'static str = "webhook_delivery";
    const TRANSITIONS: &'static [Transition<DeliveryStatus>] = {
        use DeliveryStatus::{Cancelled, Delivered, Exhausted, Pending};
        &[
            Transition::create(Pending, None),
            Transition::silent(Pending, Delivered),
            Transition::event(Pending, Exhausted, EventType::DeliveryExhausted),
            Transition::silent(Pending, Cancelled),
            Transition::silent(Pending, Pending),
            Transition::silent(Delivered, Pending),
            Transition::silent(Exhausted, Pending),
            Transition::silent(Cancelled, Pending),
        ]
    };

    fn status_mut(&mut self) -> &mut DeliveryStatus {
        &mut self.status
    }
}

impl Delivery {
    /// Returns the delivery of an event to an endpoint. The first attempt is due at once.
    pub fn publish(event: &Event, endpoint_id: EndpointId, moment: &Moment) -> Self {
        Self {
            id: DeliveryId::of(event.id, endpoint_id),
            account_id: event.account_id,
            event_id: event.id,
            event_type: event.kind,
            endpoint_id,
            status: DeliveryStatus::Pending,
            attempts_made: 0,
            step: 0,
            attempts: Vec::new(),
            next_attempt_at: Some(moment.now),
            due_at: Some(moment.now + RESEND_AFTER),
            resend_count: 0,
            spread: true,
            lease: Lease::default(),
            created_at: moment.now,
            history: History::default(),
            version: 0,
        }
    }

    /// Returns whether a worker makes the attempt number `attempts_made` + 1 now.
    pub fn readiness(&self, attempts_made: u32, now: Timestamp) -> Readiness {
        let next = self.next_attempt_at.filter(|_| self.status == DeliveryStatus::Pending);
        match next {
            Some(next) if self.attempts_made == attempts_made => {
                if self.lease.is_held(now) {
                    Readiness::Leased
                } else if next > now + CLOCK_SKEW_MAX {
                    Readiness::Early
                } else {
                    Readiness::Ready
                }
            }
            _ => Readiness::Over,
        }
    }

    /// Claims the delivery for one attempt. `due_at` stays, so that the claim moves no entry of an index:
    /// the scheduler leaves out a delivery with a lease, and sends a message at its next run after it.
    pub fn claim(&mut self, now: Timestamp) {
        self.lease.claim(now, LEASE);
    }

    /// Returns true while the delivery of a new event waits for its first attempt: none was made or
    /// deferred, and the scheduler resent no message. That takes less than [`FIRST_ATTEMPT_WITHIN`], counted
    /// from the time of the event.
    pub fn awaits_first_attempt(&self) -> bool {
        let event_ms = i64::try_from(self.id.ulid().timestamp_ms()).unwrap_or(i64::MAX);
        let is_new = self.created_at.as_millisecond() - event_ms <= PUBLISHED_SOON_MS;
        let is_scheduled_once = self.next_attempt_at == Some(self.created_at);
        self.status == DeliveryStatus::Pending
            && is_new
            && is_scheduled_once
            && self.attempts_made == 0
            && self.resend_count == 0
    }

    /// Returns true if the attempt was scheduled at this instant, and nothing happened to it since.
    pub fn was_scheduled_at(&self, at: Timestamp) -> bool {
        let is_waiting = self.status == DeliveryStatus::Pending && self.resend_count == 0;
        is_waiting && self.next_attempt_at == Some(at) && self.lease == Lease::default()
    }

    /// Records a successful attempt.
    pub fn deliver(&mut self, attempt: Attempt) -> Result<(), Error> {
        self.add_attempt(attempt);
        self.finish(DeliveryStatus::Delivered).map(drop)
    }

    /// Records a failed attempt and schedules the next one. After the last one the delivery is exhausted;
    /// returns the event that informs the account.
    pub fn fail(
        &mut self,
        attempt: Attempt,
        retry_after_seconds: Option<u64>,
        moment: &Moment,
    ) -> Result<Option<Event>, Error> {
        self.add_attempt(attempt);
        self.step += 1;
        let index = usize::try_from(self.step).unwrap_or(usize::MAX);
        let Some(wait) = SCHEDULE_SECONDS.get(index).copied().map(u64::from) else {
            let event = self.finish(DeliveryStatus::Exhausted)?;
            let event = event.filter(|_| !self.event_type.is_about_delivery());
            return Ok(event.map(|kind| self.record(kind, moment)));
        };
        let requested = retry_after_seconds.unwrap_or(0).min(RETRY_AFTER_SECONDS_MAX);
        self.wait_until(moment.now + jittered(wait.max(requested), moment));
        Ok(None)
    }

    /// Records a failed attempt that disabled the endpoint, and cancels the delivery.
    pub fn abandon(&mut self, attempt: Attempt) -> Result<(), Error> {
        self.add_attempt(attempt);
        self.cancel()
    }

    /// Defers the attempt without counting it, while the breaker of the endpoint is open. Adds a random
    /// wait, so that deferred deliveries do not all run in the same second.
    pub fn defer(&mut self, until: Timestamp, moment: &Moment) {
        let wait = u64::try_from(until.duration_since(moment.now).as_secs().max(1)).unwrap_or(1);
        let spread = SignedDuration::from_secs(signed(below(wait, moment)));
        self.lease = Lease::default();
        self.wait_until(until + spread);
    }

    /// Cancels the delivery.
    pub fn cancel(&mut self) -> Result<(), Error> {
        self.finish(DeliveryStatus::Cancelled).map(drop)
    }

    /// Restarts the retry schedule and keeps the number of attempts. Returns false while a worker holds the
    /// lease, because its attempt is the requested one.
    pub fn redeliver(&mut self, moment: &Moment) -> Result<bool, Error> {
        if self.lease.is_held(moment.now) {
            return Ok(false);
        }
        self.enter(DeliveryStatus::Pending)?;
        self.step = 0;
        self.lease = Lease::default();
        self.wait_until(moment.now);
        self.due_at = Some(moment.now + RESEND_AFTER);
        Ok(true)
    }

    /// Returns the seconds until the attempt, for a message of the scheduler, and schedules the next
    /// message. Returns `None` if the delivery waits for no attempt.
    pub fn resend(&mut self, now: Timestamp) -> Option<u32> {
        let next = self.next_attempt_at.filter(|_| self.status == DeliveryStatus::Pending)?;
        let doublings = self.resend_count.min(RESEND_DOUBLINGS_MAX);
        self.due_at = Some(next.max(now) + RESEND_AFTER * (1 << doublings));
        self.resend_count += 1;
        Some(seconds_between(now, next))
    }

    /// Returns the delay of a message for the next attempt. Returns `None` if there is no attempt, or if the
    /// delay is longer than a message can have.
    pub fn message_delay(&self, now: Timestamp) -> Option<u32> {
        let next = self.next_attempt_at.filter(|_| self.status == DeliveryStatus::Pending)?;
        Some(seconds_between(now, next)).filter(|delay| *delay <= MESSAGE_DELAY_SECONDS_MAX)
    }

    /// Schedules an attempt. The scheduler sends its message, unless a worker calls `expect_message`.
    fn wait_until(&mut self, next: Timestamp) {
        self.next_attempt_at = Some(next);
        self.resend_count = 0;
        self.due_at = Some(next);
    }

    /// Records that a message for the attempt was sent. The scheduler sends another one only if it is lost.
    pub fn expect_message(&mut self) {
        self.due_at = self.next_attempt_at.map(|next| next + RESEND_AFTER);
    }

    fn add_attempt(&mut self, attempt: Attempt) {
        self.attempts_made = attempt.number;
        self.lease = Lease::default();
        self.attempts.push(attempt);
        let surplus = self.attempts.len().saturating_sub(ATTEMPTS_KEPT);
        self.attempts.drain(..surplus);
    }

    fn finish(&mut self, status: DeliveryStatus) -> Result<Option<EventType>, Error> {
        let event = self.enter(status)?;
        self.next_attempt_at = None;
        self.due_at = None;
        self.lease = Lease::default();
        Ok(event)
    }

    fn record(&mut self, kind: EventType, moment: &Moment) -> Event {
        let object = serde_json::to_value(DeliveryView::from(&*self))
            .expect("a view has string keys and no floats, so it always serialises");
        self.history.record(kind, self.account_id, self.id.to_string(), object, moment)
    }
}

/// Returns the whole seconds from `now` to `then`, rounded up; 0 if `then` is past.
fn seconds_between(now: Timestamp, then: Timestamp) -> u32 {
    let milliseconds = then.duration_since(now).as_millis().max(0);
    u32::try_from((milliseconds + 999) / 1_000).unwrap_or(u32::MAX)
}

fn jittered(seconds: u64, moment: &Moment) -> SignedDuration {
    let most = (seconds * 1_000 / 10).min(JITTER_SECONDS_MAX * 1_000);
    SignedDuration::from_millis(signed(seconds * 1_000 + below(most + 1, moment)))
}

/// Returns a random number below `limit`, which must not be 0.
fn below(limit: u64, moment: &Moment) -> u64 {
    u64::from_be_bytes(moment.bytes()) % limit
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A delivery of an event to an endpoint.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Delivery")]
pub struct DeliveryView {
    /// Id of the delivery.
    pub id: DeliveryId,
    /// Event of the delivery; also the header `webhook-id`.
    pub event_id: EventId,
    /// Type of the event.
    pub event_type: EventType,
    /// Endpoint of the delivery.
    pub endpoint_id: EndpointId,
    /// Status of the delivery.
    pub status: DeliveryStatus,
    /// Number of attempts made so far.
    pub attempts_made: u32,
    /// Attempts, oldest first; at most the last 20.
    pub attempts: Vec<Attempt>,
    /// Time of the next attempt; null if there is none.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub next_attempt_at: Option<Timestamp>,
    /// Time at which the event was published to this endpoint.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub created_at: Timestamp,
}

impl From<&Delivery> for DeliveryView {
    fn from(delivery: &Delivery) -> Self {
        Self {
            id: delivery.id,
            event_id: delivery.event_id,
            event_type: delivery.event_type,
            endpoint_id: delivery.endpoint_id,
            status: delivery.status,
            attempts_made: delivery.attempts_made,
            attempts: delivery.attempts.clone(),
            next_attempt_at: delivery.next_attempt_at,
            created_at: delivery.created_at,
        }
    }
}
