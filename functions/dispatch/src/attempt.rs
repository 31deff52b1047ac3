//! One delivery attempt: read, decide, claim, post, record.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use domain::event::Event;
use domain::kernel::{Error, Moment};
use domain::webhook::{
    BreakerState, Delivery, Endpoint, EndpointHealth, EndpointStatus, Readiness, SLOW_AFTER,
};
use futures::FutureExt;
use futures::future::{Either, join, select};
use gate::{Peppers, WebhookUrl};
use jiff::SignedDuration;
use queue::{DeliveryMessage, Lane, QueuedMessage};
use store::{Item, Key, Row, Store};

use crate::Dispatcher;
use crate::egress::{DeliveryFailure, FailureKind, HttpResponse};
use crate::outcome::{self, AttemptResult, ClaimedDelivery};
use crate::signed;

/// The rows that decide an attempt, read in one round trip.
struct AttemptContext {
    delivery: Option<Delivery>,
    event: Option<Event>,
    endpoint: Option<Endpoint>,
    health: EndpointHealth,
}

impl AttemptContext {
    async fn read(store: &Store, message: &DeliveryMessage) -> Result<Self, Error> {
        let DeliveryMessage { account_id, event_id, endpoint_id, .. } = *message;
        let keys = [
            Key::Delivery(account_id, message.delivery_id()),
            Key::Event(account_id, event_id),
            Key::Endpoint(account_id, endpoint_id),
            Key::EndpointHealth(account_id, endpoint_id),
        ];
        let mut rows = store.read(&keys).await?.into_iter();
        Ok(Self {
            delivery: next(&mut rows)?,
            event: next(&mut rows)?,
            endpoint: next(&mut rows)?,
            health: next(&mut rows)?
                .unwrap_or_else(|| EndpointHealth::good(account_id, endpoint_id)),
        })
    }
}

fn next<I: Item>(rows: &mut impl Iterator<Item = Option<Row>>) -> Result<Option<I>, Error> {
    rows.next().flatten().map(Row::read).transpose()
}

/// Makes the attempt of a message.
///
/// # Errors
/// The queue delivers the message again. In every other case the message is done, because the row
/// of the delivery says what comes next.
pub(crate) async fn attempt(
    dispatcher: &Dispatcher,
    lane: Lane,
    message: DeliveryMessage,
) -> Result<(), Error> {
    let store = &dispatcher.worker.app.store;
    let moment = dispatcher.worker.app.moment();
    let found = AttemptContext::read(store, &message).await?;
    let Some(mut delivery) = found.delivery else { return Ok(()) };
    if delivery.readiness(message.attempts_made, moment.now) != Readiness::Ready {
        return Ok(());
    }
    let enabled = |endpoint: &Endpoint| endpoint.status == EndpointStatus::Enabled;
    let (Some(event), Some(endpoint)) = (found.event, found.endpoint.filter(enabled)) else {
        delivery.cancel()?;
        return ignore_stale(store.replace(&delivery).await);
    };
    let breaker_state = found.health.breaker_state(moment.now);
    if lane == Lane::Live && (found.health.slow || breaker_state != BreakerState::Closed) {
        let again = QueuedMessage { message, lane: Lane::Retry, delay_seconds: 0 };
        return dispatcher.worker.lanes.send(&[again]).await;
    }
    let health = match pass_breaker(store, found.health, breaker_state, &moment).await? {
        Ok(health) => health,
        Err(until) => {
            delivery.defer(until, &moment);
            return ignore_stale(store.replace(&delivery).await);
        }
    };
    delivery.claim(moment.now);
    match store.replace(&delivery).await {
        Ok(()) => delivery.version += 1,
        // Another worker has it.
        Err(Error::Stale) => return Ok(()),
        Err(error) => return Err(error),
    }
    let peppers = dispatcher.worker.app.signing.peppers(moment.now).await?;
    let work = post(dispatcher, &endpoint, &event, &health, &peppers, &moment);
    let result = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(Ok(result)) => result,
        // Nothing was sent, and a later try can succeed. The message comes again, and the attempt
        // does not count.
        Ok(Err(error @ Error::Unavailable(_))) => return Err(error),
        Ok(Err(error)) => internal_failure(dispatcher, &delivery, &moment, &error),
        Err(_) => internal_failure(
            dispatcher,
            &delivery,
            &moment,
            &Error::internal("the attempt panicked"),
        ),
    };
    outcome::record(dispatcher, ClaimedDelivery { delivery, endpoint, health }, result).await
}

/// Returns the result of an internal error. It counts as an attempt, so that it ends with the
/// schedule, but it does not count against the endpoint.
fn internal_failure(
    dispatcher: &Dispatcher,
    delivery: &Delivery,
    moment: &Moment,
    error: &Error,
) -> AttemptResult {
    dispatcher.worker.app.warn(
        &format!("{} not sent because of an internal error; the schedule tries again", delivery.id),
        error,
    );
    let detail = "internal error of Trilho; Trilho tries again".to_owned();
    let failure = DeliveryFailure { kind: FailureKind::Internal, detail };
    AttemptResult::new(moment.now, SignedDuration::ZERO, Err(failure), moment.now)
}

/// Treats a lost race for the row as done, because the winner continues.
fn ignore_stale(outcome: Result<(), Error>) -> Result<(), Error> {
    match outcome {
        Err(Error::Stale) => Ok(()),
        outcome => outcome,
    }
}

/// Returns the health if the breaker lets the attempt pass, or the time until which it is open. Of
/// several candidates only one becomes the probe.
async fn pass_breaker(
    store: &Store,
    health: EndpointHealth,
    breaker_state: BreakerState,
    moment: &Moment,
) -> Result<Result<EndpointHealth, jiff::Timestamp>, Error> {
    match breaker_state {
        BreakerState::Closed => Ok(Ok(health)),
        BreakerState::Open(until) => Ok(Err(until)),
        BreakerState::HalfOpen => {
            let mut probing = health.probing(moment.now);
            match store.replace(&probing).await {
                Ok(()) => {
                    probing.version += 1;
                    Ok(Ok(probing))
                }
                Err(Error::Stale) => Ok(Err(match probing.breaker_state(moment.now) {
                    BreakerState::Open(until) => until,
                    BreakerState::Closed | BreakerState::HalfOpen => moment.now + SLOW_AFTER,
                })),
                Err(error) => Err(error),
            }
        }
    }
}

/// Posts the event. An endpoint that does not answer within [`SLOW_AFTER`] is marked as slow at
/// once, so that its other first attempts leave the live lane during this one.
async fn post(
    dispatcher: &Dispatcher,
    endpoint: &Endpoint,
    event: &Event,
    health: &EndpointHealth,
    peppers: &Peppers,
    moment: &Moment,
) -> Result<AttemptResult, Error> {
    let app = &dispatcher.worker.app;
    let began = app.clock.now();
    let response = match WebhookUrl::parse(
        &endpoint.url,
        signed::destination_scope(app.config.loopback_receivers),
    ) {
        Err(refused) => Err(DeliveryFailure {
            kind: FailureKind::Refused,
            detail: format!("the URL {refused}"),
        }),
        Ok(destination) => {
            let sent_at = dispatcher.receivers_clock.now();
            let make = |peppers: &Peppers| {
                signed::request(&destination, endpoint, event, peppers, moment.now, sent_at)
            };
            let request = match make(peppers) {
                // The secret is sealed under a newer version than the loaded one.
                Err(Error::Outdated) => make(&*app.signing.fetch(moment.now).await?)?,
                request => request?,
            };
            post_marking_slow(dispatcher, health, dispatcher.egress.post(request)).await
        }
    };
    let took = elapsed(began, app.clock.now());
    Ok(AttemptResult::new(moment.now, took, response, dispatcher.receivers_clock.now()))
}

async fn post_marking_slow(
    dispatcher: &Dispatcher,
    health: &EndpointHealth,
    post: impl Future<Output = Result<HttpResponse, DeliveryFailure>> + Unpin,
) -> Result<HttpResponse, DeliveryFailure> {
    let slow_after = Duration::try_from(SLOW_AFTER).unwrap_or_default();
    match select(post, dispatcher.timer.wait(slow_after)).await {
        Either::Left((response, _)) => response,
        Either::Right(((), post)) if health.slow => post.await,
        Either::Right(((), post)) => {
            let mark = async {
                // If the write fails, another worker has marked it.
                let _ = dispatcher.worker.app.store.replace(&health.clone().while_slow()).await;
            };
            join(mark, post).await.1
        }
    }
}

/// Returns the time between two readings of the clock, never negative.
fn elapsed(began: jiff::Timestamp, ended: jiff::Timestamp) -> SignedDuration {
    ended.duration_since(began).max(SignedDuration::ZERO)
}
