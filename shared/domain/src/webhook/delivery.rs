//! A delivery: one event on its way to one endpoint, with every attempt.
//!
//! `pending -> delivered | exhausted | cancelled`, and from any of them back to `pending` on request.
//! A pending delivery always has a `due_at`: the time at which the clock looks after it if nothing
//! else has, so that a lost message, a dead worker or a silent queue only delays it.
use crate::event::{Event, EventType, History, Lifecycle, Transition};
use crate::kernel::{
    AccountId, DeliveryId, EndpointId, Error, EventId, Id, Lease, Moment, string_enum,
};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

/// Seconds before each attempt, after the one before: 0, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h,
/// 20 h, 24 h; 75.6 hours in all (Standard Webhooks, "Retry schedule").
pub const SCHEDULE_SECONDS: [u32; 10] =
    [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// Jitter is at most a tenth of the wait, and at most so many seconds.
const JITTER_SECONDS_MAX: u64 = 15 * 60;
/// The longest wait a receiver can ask for: more would let one answer silence an endpoint for good.
pub const RETRY_AFTER_SECONDS_MAX: u64 = 10 * 60 * 60;
/// The longest delay of a message; beyond it the clock sends it when its time has come.
pub const MESSAGE_DELAY_SECONDS_MAX: u32 = 15 * 60;
/// One attempt at a time: longer than an attempt with all its storage calls can take.
const LEASE: SignedDuration = SignedDuration::from_secs(30);
/// How long after its time the clock sends a message again: more than the minute it looks ahead.
/// Doubles each time for one attempt, so that a long queue is not made longer.
const RESEND: SignedDuration = SignedDuration::from_secs(120);
const RESEND_DOUBLINGS_MAX: u32 = 6;
/// Clocks of functions differ: a message so much early is taken as on time.
const EARLY: SignedDuration = SignedDuration::from_secs(2);
/// Attempts kept on the row; older ones are dropped first.
const ATTEMPTS_KEPT: usize = 20;

string_enum! {
    /// Where a delivery stands.
    DeliveryStatus {
        /// An attempt is to be made, or is being made.
        Pending = "pending",
        /// The endpoint answered 2xx.
        Delivered = "delivered",
        /// Every attempt failed.
        Exhausted = "exhausted",
        /// Not sent any more: the endpoint was disabled or deleted.
        Cancelled = "cancelled",
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DeliveryAttempt")]
pub struct Attempt {
    /// Counts the attempts of this delivery from 1.
    pub number: u32,
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub latency_ms: u64,
    /// The status the endpoint answered with; null when there was no answer.
    pub status: Option<u16>,
    /// Why it failed, in a word; null when it did not. `http_status`: the answer was not 2xx.
    pub error: Option<String>,
    /// The same for people: what happened, or the beginning of the answer's body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What came of a message about a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// The attempt is to be made now.
    Ready,
    /// Made already, or not wanted any more: the message has nothing to do.
    Over,
    /// Another worker is at it.
    Leased,
    /// It is too early.
    Early,
}

/// A delivery as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its id, made from event and endpoint: there is one for both.
    pub id: DeliveryId,
    /// Whose.
    pub account_id: AccountId,
    /// The event.
    pub event_id: EventId,
    /// What the event tells.
    pub event_type: EventType,
    /// The endpoint.
    pub endpoint_id: EndpointId,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Attempts made.
    pub made: u32,
    /// The place in the schedule of the attempt to come.
    pub step: u32,
    /// The last attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// When the next attempt is to be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_attempt_at: Option<Timestamp>,
    /// When the clock looks after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// How often the clock has sent a message for the attempt to come.
    pub resent: u32,
    /// The lease of the worker that makes the attempt.
    #[serde(default)]
    pub lease: Lease,
    /// When the event was published to this endpoint.
    pub created_at: Timestamp,
    /// Its own events so far.
    pub history: History,
    /// Counts the changes.
    pub version: u64,
}

impl DeliveryId {
    /// The one delivery of an event to an endpoint: the event's time, and the random halves of both
    /// ids mixed. Two workers that publish the same event make the same row.
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
    /// An event is published to an endpoint; the first attempt is due at once.
    pub fn publish(event: &Event, endpoint_id: EndpointId, moment: &Moment) -> Self {
        Self {
            id: DeliveryId::of(event.id, endpoint_id),
            account_id: event.account_id,
            event_id: event.id,
            event_type: event.kind,
            endpoint_id,
            status: DeliveryStatus::Pending,
            made: 0,
            step: 0,
            attempts: Vec::new(),
            next_attempt_at: Some(moment.now),
            due_at: Some(moment.now + RESEND),
            resent: 0,
            lease: Lease::default(),
            created_at: moment.now,
            history: History::default(),
            version: 0,
        }
    }

    /// Whether the attempt that a message asks for is to be made now.
    pub fn readiness(&self, made: u32, now: Timestamp) -> Readiness {
        let next = self.next_attempt_at.filter(|_| self.status == DeliveryStatus::Pending);
        match next {
            Some(next) if self.made == made => {
                if self.lease.is_held(now) {
                    Readiness::Leased
                } else if next > now + EARLY {
                    Readiness::Early
                } else {
                    Readiness::Ready
                }
            }
            _ => Readiness::Over,
        }
    }

    /// A worker takes it.
    pub fn claim(&mut self, now: Timestamp) {
        self.lease.claim(now, LEASE);
        self.due_at = Some(now + LEASE + RESEND);
    }

    /// The endpoint took it.
    pub fn deliver(&mut self, attempt: Attempt) -> Result<(), Error> {
        self.keep(attempt);
        self.finish(DeliveryStatus::Delivered).map(drop)
    }

    /// The attempt failed: wait for the next, or, after the last, give up and tell the account.
    pub fn fail(
        &mut self,
        attempt: Attempt,
        retry_after_seconds: Option<u64>,
        moment: &Moment,
    ) -> Result<Option<Event>, Error> {
        self.keep(attempt);
        self.step += 1;
        let place = usize::try_from(self.step).unwrap_or(usize::MAX);
        let Some(wait) = SCHEDULE_SECONDS.get(place).copied().map(u64::from) else {
            let event = self.finish(DeliveryStatus::Exhausted)?;
            let event = event.filter(|_| !self.event_type.is_about_delivery());
            return Ok(event.map(|kind| self.record(kind, moment)));
        };
        let asked = retry_after_seconds.unwrap_or(0).min(RETRY_AFTER_SECONDS_MAX);
        self.wait_until(moment.now + jittered(wait.max(asked), moment));
        Ok(None)
    }

    /// The attempt failed and the endpoint is disabled for it: nothing more is sent.
    pub fn abandon(&mut self, attempt: Attempt) -> Result<(), Error> {
        self.keep(attempt);
        self.cancel()
    }

    /// Puts the attempt off without spending it, while the endpoint's breaker is open. The wait is
    /// spread, so that those who wait do not all come back in the same second.
    pub fn defer(&mut self, until: Timestamp, moment: &Moment) {
        let wait = u64::try_from(until.duration_since(moment.now).as_secs().max(1)).unwrap_or(1);
        let spread = SignedDuration::from_secs(signed(below(wait, moment)));
        self.lease = Lease::default();
        self.wait_until(until + spread);
    }

    /// Nothing is sent any more.
    pub fn cancel(&mut self) -> Result<(), Error> {
        self.finish(DeliveryStatus::Cancelled).map(drop)
    }

    /// Asked for again: the schedule begins anew, the attempts go on counting. Whether it was opened:
    /// not while a worker is at it, whose attempt is what was asked for.
    pub fn redeliver(&mut self, moment: &Moment) -> Result<bool, Error> {
        if self.lease.is_held(moment.now) {
            return Ok(false);
        }
        self.enter(DeliveryStatus::Pending)?;
        self.step = 0;
        self.lease = Lease::default();
        self.wait_until(moment.now);
        self.due_at = Some(moment.now + RESEND);
        Ok(true)
    }

    /// The clock sends a message for it: seconds until the attempt, and the row says when the clock
    /// looks again. None when there is nothing to send.
    pub fn resend(&mut self, now: Timestamp) -> Option<u32> {
        let next = self.next_attempt_at.filter(|_| self.status == DeliveryStatus::Pending)?;
        let doublings = self.resent.min(RESEND_DOUBLINGS_MAX);
        self.due_at = Some(next.max(now) + RESEND * (1 << doublings));
        self.resent += 1;
        Some(seconds_between(now, next))
    }

    /// Seconds a message for the next attempt has to wait, when a message can wait that long.
    pub fn message_delay(&self, now: Timestamp) -> Option<u32> {
        let next = self.next_attempt_at.filter(|_| self.status == DeliveryStatus::Pending)?;
        Some(seconds_between(now, next)).filter(|delay| *delay <= MESSAGE_DELAY_SECONDS_MAX)
    }

    /// Waits for an attempt. A message brings it when it is soon; otherwise the clock does.
    fn wait_until(&mut self, next: Timestamp) {
        self.next_attempt_at = Some(next);
        self.resent = 0;
        self.due_at = Some(next);
    }

    /// A message is on its way that arrives in time, so the clock need not send one unless it is lost.
    pub fn expect_message(&mut self) {
        self.due_at = self.next_attempt_at.map(|next| next + RESEND);
    }

    fn keep(&mut self, attempt: Attempt) {
        self.made = attempt.number;
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

/// Whole seconds from `now` to `then`, rounded up, none when it is past.
fn seconds_between(now: Timestamp, then: Timestamp) -> u32 {
    let milliseconds = then.duration_since(now).as_millis().max(0);
    u32::try_from((milliseconds + 999) / 1_000).unwrap_or(u32::MAX)
}

fn jittered(seconds: u64, moment: &Moment) -> SignedDuration {
    let most = (seconds * 1_000 / 10).min(JITTER_SECONDS_MAX * 1_000);
    SignedDuration::from_millis(signed(seconds * 1_000 + below(most + 1, moment)))
}

/// A random number below `limit`, which is above 0.
fn below(limit: u64, moment: &Moment) -> u64 {
    u64::from_be_bytes(moment.bytes()) % limit
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// A delivery.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Delivery")]
pub struct DeliveryView {
    /// Its id.
    pub id: DeliveryId,
    /// The event that is delivered; also the header `webhook-id`.
    pub event_id: EventId,
    /// What the event tells.
    pub event_type: EventType,
    /// The endpoint it is delivered to.
    pub endpoint_id: EndpointId,
    /// Where it stands.
    pub status: DeliveryStatus,
    /// Attempts made so far.
    pub attempts_made: u32,
    /// The attempts, oldest first; at most the last 20.
    pub attempts: Vec<Attempt>,
    /// When the next attempt is made; null when there is none.
    pub next_attempt_at: Option<Timestamp>,
    /// When the event was published to this endpoint.
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
            attempts_made: delivery.made,
            attempts: delivery.attempts.clone(),
            next_attempt_at: delivery.next_attempt_at,
            created_at: delivery.created_at,
        }
    }
}
