//! Creates the deliveries of events and sends a message for each.

use std::collections::{HashMap, HashSet};

use domain::event::Event;
use domain::kernel::{AccountId, DeliveryId, EndpointId, Error, Moment};
use domain::webhook::{Delivery, Endpoint};
use futures::{StreamExt, stream};
use queue::{DeliveryMessage, Lane, Lanes, QueuedMessage};
use store::{Key, Listing, Page, Row, Store, Writes, decide_again, without_delay};

use crate::LaneLimiter;

/// Events published at the same time.
const CONCURRENT: usize = 16;
/// Page of endpoints: more than an account can have.
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

/// Publishes events. For each event, one transaction creates its deliveries and removes it from
/// the list of those without. Then each delivery gets one message. Does nothing for an event that
/// is published already.
pub async fn publish(
    store: &Store,
    lanes: &Lanes,
    lane_limiter: &LaneLimiter,
    events: &[Event],
    moment: &Moment,
) -> PublishResult {
    let accounts: HashSet<_> = events.iter().map(|event| event.account_id).collect();
    let reads: Vec<_> = accounts.into_iter().map(|one| endpoints_of(store, one)).collect();
    let endpoints: HashMap<_, _> = stream::iter(reads).buffer_unordered(CONCURRENT).collect().await;
    let work: Vec<_> = events
        .iter()
        .map(|event| publish_one(store, &endpoints[&event.account_id], event, moment))
        .collect();
    let outcomes: Vec<_> = stream::iter(work).buffered(CONCURRENT).collect().await;
    let made = outcomes.iter().flatten().flatten();
    let messages: Vec<_> = made
        .map(|delivery| QueuedMessage {
            message: DeliveryMessage::from(delivery),
            lane: match delivery.attempts_made {
                0 => lane_limiter.lane(delivery.endpoint_id, moment.now),
                _ => Lane::Retry,
            },
            delay_seconds: 0,
        })
        .collect();
    let sent = lanes.send(&messages).await;
    let outcomes = outcomes.into_iter().map(|outcome| outcome.map(drop)).collect();
    PublishResult { outcomes, sent }
}

async fn endpoints_of(
    store: &Store,
    account_id: AccountId,
) -> (AccountId, Result<Vec<Endpoint>, Error>) {
    let page = Page { limit: ENDPOINTS_PAGE, after: None };
    let listed = store.list(&Listing::Endpoints(account_id), page).await;
    (account_id, listed.map(|(endpoints, _)| endpoints))
}

/// Returns the new deliveries; none if the event was published before.
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
    let first: Vec<_> = match event.redelivery {
        None => subscribers(endpoints, event)
            .map(|subscriber| Delivery::publish(event, subscriber, moment))
            .collect(),
        Some(_) => deliveries_to_write(store, endpoints, event, moment).await?,
    };
    let first = (event.clone(), first);
    decide_again(without_delay(DECISION_ATTEMPTS_MAX), first, |first| async move {
        let (event, deliveries) = match first {
            Some(first) => first,
            None => {
                // The event may have more publish requests by now, and only its row has them.
                let stored = store.find::<Event>(&Key::Event(event.account_id, event.id)).await?;
                let Some(event) = stored.filter(|stored| stored.relayed_at.is_none()) else {
                    return Ok(Vec::new());
                };
                let deliveries = deliveries_to_write(store, endpoints, &event, moment).await?;
                (event, deliveries)
            }
        };
        let writes = Writes::default().mark_relayed(&event, moment.now);
        let writes = deliveries.iter().fold(writes, Writes::replace);
        store.commit(writes, moment).await?;
        Ok(deliveries)
    })
    .await
}

fn subscribers(endpoints: &[Endpoint], event: &Event) -> impl Iterator<Item = EndpointId> {
    endpoints.iter().filter(|endpoint| endpoint.receives(event)).map(|endpoint| endpoint.id)
}

/// Returns the deliveries to write: new ones and, for a redelivery, existing ones that restart. It
/// leaves out a delivery that a worker holds at this moment.
async fn deliveries_to_write(
    store: &Store,
    endpoints: &[Endpoint],
    event: &Event,
    moment: &Moment,
) -> Result<Vec<Delivery>, Error> {
    let subscribers: Vec<_> = subscribers(endpoints, event).collect();
    let key = |subscriber: &EndpointId| {
        Key::Delivery(event.account_id, DeliveryId::of(event.id, *subscriber))
    };
    let rows = store.read(&subscribers.iter().map(key).collect::<Vec<_>>()).await?;
    let mut deliveries = Vec::new();
    for (subscriber, row) in subscribers.iter().zip(rows) {
        match row.map(Row::read::<Delivery>).transpose()? {
            None => deliveries.push(Delivery::publish(event, *subscriber, moment)),
            Some(mut stored) => {
                if event.redelivery.is_some() && stored.redeliver(moment)? {
                    deliveries.push(stored);
                }
            }
        }
    }
    Ok(deliveries)
}
