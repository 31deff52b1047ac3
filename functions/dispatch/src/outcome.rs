//! Records the result of an attempt. One transaction writes the delivery and its effects, then the
//! health of the endpoint follows.

use domain::access::{AuditAction, AuditEvent, Author};
use domain::kernel::{AuditId, Error, Id, Moment};
use domain::webhook::{
    Attempt, Delivery, DisabledReason, Endpoint, EndpointHealth, EndpointStatus, EndpointView,
};
use jiff::{SignedDuration, Timestamp};
use queue::{DeliveryMessage, Lane, QueuedMessage};
use serde_json::{Value, json};
use store::{Key, Row, Store, Writes, decide_again, without_delay};

use crate::egress::{DeliveryFailure, FailureKind, HttpResponse};
use crate::{Dispatcher, retry_after};

/// Characters of a response's body that are stored for customers.
const EXCERPT_MAX: usize = 300;
/// Attempts to decide a change if other changes of the endpoint come first.
const DECISION_ATTEMPTS_MAX: usize = 5;

/// A delivery whose lease this worker holds.
pub(crate) struct ClaimedDelivery {
    pub(crate) delivery: Delivery,
    pub(crate) endpoint: Endpoint,
    pub(crate) health: EndpointHealth,
}

/// The result of an attempt.
pub(crate) struct AttemptResult {
    began: Timestamp,
    took: SignedDuration,
    response: Result<HttpResponse, DeliveryFailure>,
    retry_after_seconds: Option<u64>,
}

impl AttemptResult {
    pub(crate) fn new(
        began: Timestamp,
        took: SignedDuration,
        response: Result<HttpResponse, DeliveryFailure>,
        receivers_now: Timestamp,
    ) -> Self {
        let header = response.as_ref().ok().and_then(|received| received.retry_after.as_deref());
        let seconds = |header| retry_after::seconds(header, receivers_now);
        let retry_after_seconds = header.and_then(seconds);
        Self { began, took, response, retry_after_seconds }
    }

    fn is_delivered(&self) -> bool {
        matches!(&self.response, Ok(received) if (200..300).contains(&received.status))
    }

    /// Returns true if the result does not count against the endpoint.
    fn is_internal(&self) -> bool {
        matches!(&self.response, Err(failure) if failure.kind == FailureKind::Internal)
    }

    fn is_gone(&self) -> bool {
        matches!(&self.response, Ok(received) if received.status == 410)
    }

    fn attempt(&self, number: u32) -> Attempt {
        let (status, error, detail) = match &self.response {
            Ok(received) if self.is_delivered() => (Some(received.status), None, None),
            Ok(received) => {
                let excerpt: String = received.excerpt.chars().take(EXCERPT_MAX).collect();
                let excerpt = Some(excerpt).filter(|excerpt| !excerpt.is_empty());
                (Some(received.status), Some("http_status".to_owned()), excerpt)
            }
            Err(failure) => {
                let kind = failure.kind.as_str().to_owned();
                (None, Some(kind), Some(failure.detail.clone()))
            }
        };
        let latency_ms = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX);
        Attempt { number, at: self.began, latency_ms, status, error, detail }
    }
}

/// Writes the result and, if the next attempt is soon, sends its message.
pub(crate) async fn record(
    dispatcher: &Dispatcher,
    claimed: ClaimedDelivery,
    result: AttemptResult,
) -> Result<(), Error> {
    let app = &dispatcher.worker.app;
    let ClaimedDelivery { delivery, endpoint, health } = claimed;
    let attempt = result.attempt(delivery.attempts_made + 1);
    app.log.line(&line(&delivery, &attempt));
    let moment = &app.moment();
    let delivered = result.is_delivered();
    let internal = result.is_internal();
    let trips =
        !internal && dispatcher.breakers.record(delivery.endpoint_id, delivered, moment.now);
    // If the breaker is not closed, this attempt is its probe.
    let probe = health.breaker.is_some();
    let next_health = |health: EndpointHealth| {
        if internal {
            health
        } else if delivered {
            health.after_success(result.took)
        } else {
            health.after_failure(moment.now, result.took, trips, probe)
        }
    };
    let gives_up =
        !delivered && !internal && next_health(health.clone()).should_give_up(moment.now);
    let reason = match (result.is_gone(), gives_up) {
        (true, _) => Some(DisabledReason::Gone),
        (false, true) => Some(DisabledReason::Failing),
        (false, false) => None,
    };
    let (delivery, claimed, result) = (&delivery, &endpoint, &result);
    let again = without_delay(DECISION_ATTEMPTS_MAX);
    let change = decide_again(again, endpoint.clone(), |endpoint| async move {
        let (mut endpoint, mut reason) = (endpoint, reason);
        if endpoint.is_none() {
            let (stored, fresh) = read_again(&app.store, delivery).await?;
            // The lease expired and another worker claimed the delivery, or this very write had
            // succeeded.
            if stored.is_none_or(|stored| stored.version != delivery.version) {
                return Ok(None);
            }
            // Only responses of the new address, or of the time after a restart, count against it.
            let changed = |fresh: &Endpoint| {
                fresh.url != claimed.url || reason == Some(DisabledReason::Failing)
            };
            let enabled = |fresh: &Endpoint| fresh.status == EndpointStatus::Enabled;
            if fresh.as_ref().is_some_and(|fresh| changed(fresh) && enabled(fresh)) {
                reason = None;
            }
            endpoint = fresh;
        }
        let endpoint = endpoint.as_ref().unwrap_or(claimed);
        let change = Change::of(delivery, endpoint, result, reason, moment)?;
        change.commit(dispatcher, moment).await?;
        Ok(Some(change))
    })
    .await?;
    let Some(change) = change else { return Ok(()) };
    change.send(dispatcher, moment).await;
    save_health(dispatcher, health, next_health).await
}

/// Reads the delivery and its endpoint again.
async fn read_again(
    store: &Store,
    delivery: &Delivery,
) -> Result<(Option<Delivery>, Option<Endpoint>), Error> {
    let keys = [
        Key::Delivery(delivery.account_id, delivery.id),
        Key::Endpoint(delivery.account_id, delivery.endpoint_id),
    ];
    let mut rows = store.read(&keys).await?.into_iter();
    let delivery = rows.next().flatten().map(Row::read).transpose()?;
    let endpoint = rows.next().flatten().map(Row::read).transpose()?;
    Ok((delivery, endpoint))
}

/// The changes of a result.
struct Change {
    delivery: Delivery,
    disabled: Option<(Endpoint, AuditEvent)>,
    events: Vec<domain::event::Event>,
}

impl Change {
    fn of(
        delivery: &Delivery,
        endpoint: &Endpoint,
        result: &AttemptResult,
        reason: Option<DisabledReason>,
        moment: &Moment,
    ) -> Result<Self, Error> {
        let mut delivery = delivery.clone();
        let attempt = result.attempt(delivery.attempts_made + 1);
        let (mut events, mut disabled) = (Vec::new(), None);
        if result.is_delivered() {
            delivery.deliver(attempt)?;
        } else if let Some(reason) = reason {
            delivery.abandon(attempt)?;
            if endpoint.status == EndpointStatus::Enabled {
                let mut endpoint = endpoint.clone();
                let before = json!(EndpointView::from(&endpoint));
                events.push(endpoint.give_up(reason, moment));
                let audit = audit(&endpoint, before, moment);
                disabled = Some((endpoint, audit));
            }
        } else {
            events.extend(delivery.fail(attempt, result.retry_after_seconds, moment)?);
            if delivery.message_delay(moment.now).is_some() {
                delivery.expect_message();
            }
        }
        Ok(Self { delivery, disabled, events })
    }

    async fn commit(&self, dispatcher: &Dispatcher, moment: &Moment) -> Result<(), Error> {
        let store = &dispatcher.worker.app.store;
        if self.events.is_empty() && self.disabled.is_none() {
            return store.replace(&self.delivery).await;
        }
        let mut writes = Writes::default().replace(&self.delivery);
        if let Some((endpoint, audit)) = &self.disabled {
            writes = writes.replace(endpoint).create(audit);
        }
        let writes = self.events.iter().fold(writes, Writes::create);
        store.commit(writes, moment).await.map(drop)
    }

    /// Sends the message of the next attempt. The scheduler resends a lost one.
    async fn send(&self, dispatcher: &Dispatcher, moment: &Moment) {
        if let Some(delay_seconds) = self.delivery.message_delay(moment.now) {
            let message = DeliveryMessage::from(&self.delivery);
            let next = QueuedMessage { message, lane: Lane::Retry, delay_seconds };
            if let Err(error) = dispatcher.worker.lanes.send(&[next]).await {
                dispatcher.worker.app.warn(
                    "could not send the message of the next attempt; the scheduler resends it",
                    &error,
                );
            }
        }
    }
}

/// Writes the health of the endpoint if it changed. If another worker wrote it first, applies the
/// change to that version. A failure is only logged, because health does not justify another
/// attempt.
async fn save_health(
    dispatcher: &Dispatcher,
    health: EndpointHealth,
    next: impl Fn(EndpointHealth) -> EndpointHealth,
) -> Result<(), Error> {
    let store = &dispatcher.worker.app.store;
    let key = Key::EndpointHealth(health.account_id, health.endpoint_id);
    let good = EndpointHealth::good(health.account_id, health.endpoint_id);
    let (key, good, next) = (&key, &good, &next);
    let written = decide_again(without_delay(DECISION_ATTEMPTS_MAX), health, |health| async move {
        let health = match health {
            Some(health) => health,
            None => store.find(key).await?.unwrap_or_else(|| good.clone()),
        };
        let changed = next(health.clone());
        if changed == health { Ok(()) } else { store.replace(&changed).await }
    })
    .await;
    match written {
        Ok(()) | Err(Error::Stale) => {}
        Err(error) => dispatcher
            .worker
            .app
            .warn("could not write the endpoint's health; the next attempt updates it", &error),
    }
    Ok(())
}

fn audit(endpoint: &Endpoint, before: Value, moment: &Moment) -> AuditEvent {
    AuditEvent {
        id: AuditId::mint(moment),
        account_id: endpoint.account_id,
        action: AuditAction::EndpointDisabled,
        author: Author::system(),
        target: endpoint.id.to_string(),
        before,
        after: json!(EndpointView::from(endpoint)),
        request_id: String::new(),
        created_at: moment.now,
    }
}

/// Returns the log line of an attempt. It has no address, body or answer; those are on the
/// delivery, behind the gate.
fn line(delivery: &Delivery, attempt: &Attempt) -> Value {
    json!({
        "level": "info",
        "delivery_id": delivery.id,
        "account_id": delivery.account_id,
        "endpoint_id": delivery.endpoint_id,
        "event_type": delivery.event_type,
        "attempt": attempt.number,
        "answered": attempt.status,
        "error": attempt.error,
        "latency_ms": attempt.latency_ms,
    })
}
