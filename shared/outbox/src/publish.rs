//! Creates the deliveries of events and sends a message for each.

use std::collections::{HashMap, HashSet};

use domain::event::Event;
use domain::kernel::{AccountId, DeliveryId, EndpointId, Error, Moment};
use domain::webhook::{Delivery, Endpoint, EndpointHealth};
use futures::future::{join, join_all};
use futures::{StreamExt, stream};
use queue::{DeliveryMessage, Lane, Lanes, QueuedMessage};
use store::{Key, Listing, Page, Row, Store, decide_again, without_delay};

use crate::LaneLimiter;

/// Events published at the same time.
const CONCURRENT: usize = 16;
/// Page of endpoints and of their health: more than an account can have.
const ENDPOINTS_PAGE: u16 = 100;
/// Attempts to publish an event that another worker changes at the same time.
const DECISION_ATTEMPTS_MAX: usize = 4;

/// The results of publishing events.
pub struct PublishResult {
    /// Result of each event, in their order.
    pub outcomes: Vec<Result<(), Error>>,
    /// Whether all messages were sent. The scheduler sends the missing ones a minute later, so the
    /// caller logs an error and does not try again.
    pub sent: Result<(), Error>,
}

/// Publishes events. Creates the deliveries of each event, and then removes it from the list of those
/// without. Then each delivery gets one message. Does nothing for an event that is published already.
pub async fn publish(
    store: &Store,
    lanes: &Lanes,
    lane_limiter: &LaneLimiter,
    events: &[Event],
    moment: &Moment,
) -> PublishResult {
    let ids: HashSet<_> = events.iter().map(|event| event.account_id).collect();
    let reads: Vec<_> = ids.into_iter().map(|one| AccountEndpoints::read(store, one)).collect();
    let accounts: HashMap<_, _> = stream::iter(reads).buffer_unordered(CONCURRENT).collect().await;
    let work: Vec<_> = events
        .iter()
        .map(|event| publish_one(store, &accounts[&event.account_id].endpoints, event, moment))
        .collect();
    let outcomes: Vec<_> = stream::iter(work).buffered(CONCURRENT).collect().await;
    let made = outcomes.iter().flatten().flatten();
    let messages: Vec<_> = made
        .map(|delivery| QueuedMessage {
            message: DeliveryMessage::from(delivery),
            lane: match delivery.attempts_made {
                0 => {
                    let health = accounts[&delivery.account_id].health.get(&delivery.endpoint_id);
                    lane_limiter.lane(delivery.endpoint_id, health, moment.now)
                }
                _ => Lane::Retry,
            },
            delay_seconds: 0,
        })
        .collect();
    let sent = lanes.send(&messages).await;
    let outcomes = outcomes.into_iter().map(|outcome| outcome.map(drop)).collect();
    PublishResult { outcomes, sent }
}

/// The endpoints of an account and their health.
struct AccountEndpoints {
    endpoints: Result<Vec<Endpoint>, Error>,
    /// Empty if it cannot be read; then the limits of unknown endpoints apply.
    health: HashMap<EndpointId, EndpointHealth>,
}

impl AccountEndpoints {
    async fn read(store: &Store, account_id: AccountId) -> (AccountId, Self) {
        let page = || Page { limit: ENDPOINTS_PAGE, after: None };
        let (endpoints, health) =
            (Listing::Endpoints(account_id), Listing::EndpointHealth(account_id));
        let (endpoints, health) =
            join(store.list(&endpoints, page()), store.list::<EndpointHealth>(&health, page()))
                .await;
        let health = health.map(|(rows, _)| rows).unwrap_or_default();
        let endpoints = endpoints.map(|(endpoints, _)| endpoints);
        let health = health.into_iter().map(|one| (one.endpoint_id, one)).collect();
        (account_id, Self { endpoints, health })
    }
}

/// The deliveries of an event.
#[derive(Default)]
struct EventDeliveries {
    /// Those to write: new ones and, for a redelivery, existing ones that restart.
    to_write: Vec<Delivery>,
    /// Those that this call wrote before the table's response was lost or the event changed.
    written: Vec<Delivery>,
}

/// Returns the deliveries that this call wrote; none if the event was published before. The deliveries come
/// first, then the mark of the event. If the publisher dies in between, the event has no mark, and the sweep
/// writes what is missing: the id of a delivery follows from event and endpoint.
async fn publish_one(
    store: &Store,
    endpoints: &Result<Vec<Endpoint>, Error>,
    event: &Event,
    moment: &Moment,
) -> Result<Vec<Delivery>, Error> {
    let Ok(endpoints) = endpoints else {
        return Err(Error::unavailable("could not read the endpoints of the account"));
    };
    // At the first publication no delivery exists yet, so no read is needed.
    let first = match event.redelivery {
        None => EventDeliveries {
            to_write: subscribers(endpoints, event)
                .map(|subscriber| Delivery::publish(event, subscriber, moment))
                .collect(),
            ..EventDeliveries::default()
        },
        Some(_) => EventDeliveries::read(store, endpoints, event, moment).await?,
    };
    let first = (event.clone(), first);
    decide_again(without_delay(DECISION_ATTEMPTS_MAX), first, |first| async move {
        let (event, deliveries) = match first {
            Some(first) => first,
            None => {
                // The event may have more publish requests by now, and only its row has them.
                let stored = store.find::<Event>(&Key::Event(event.account_id, event.id)).await?;
                let Some(event) = stored else { return Ok(Vec::new()) };
                let deliveries = EventDeliveries::read(store, endpoints, &event, moment).await?;
                (event, deliveries)
            }
        };
        if event.relayed_at.is_some() {
            return Ok(deliveries.written);
        }
        let EventDeliveries { to_write, mut written } = deliveries;
        let writes = join_all(to_write.iter().map(|delivery| store.replace(delivery))).await;
        writes.into_iter().collect::<Result<(), _>>()?;
        store.mark_relayed(&event, moment.now).await?;
        written.extend(to_write);
        Ok(written)
    })
    .await
}

fn subscribers(endpoints: &[Endpoint], event: &Event) -> impl Iterator<Item = EndpointId> {
    endpoints.iter().filter(|endpoint| endpoint.receives(event)).map(|endpoint| endpoint.id)
}

impl EventDeliveries {
    /// Reads the deliveries of an event. Leaves out a delivery that a worker holds at this moment.
    async fn read(
        store: &Store,
        endpoints: &[Endpoint],
        event: &Event,
        moment: &Moment,
    ) -> Result<Self, Error> {
        let subscribers: Vec<_> = subscribers(endpoints, event).collect();
        let key = |subscriber: &EndpointId| {
            Key::Delivery(event.account_id, DeliveryId::of(event.id, *subscriber))
        };
        let rows = store.read(&subscribers.iter().map(key).collect::<Vec<_>>()).await?;
        let mut deliveries = Self::default();
        for (subscriber, row) in subscribers.iter().zip(rows) {
            match row.map(Row::read::<Delivery>).transpose()? {
                None => deliveries.to_write.push(Delivery::publish(event, *subscriber, moment)),
                Some(stored) if stored.was_scheduled_at(moment.now) => {
                    deliveries.written.push(stored);
                }
                Some(mut stored) => {
                    if event.redelivery.is_some() && stored.redeliver(moment)? {
                        deliveries.to_write.push(stored);
                    }
                }
            }
        }
        Ok(deliveries)
    }
}
