//! Makes the deliveries of events and sends a message for each.

use std::collections::{HashMap, HashSet};

use domain::event::Event;
use domain::kernel::{AccountId, DeliveryId, EndpointId, Error, Moment};
use domain::webhook::{Delivery, Endpoint};
use futures::{StreamExt, stream};
use queue::{DeliveryMessage, Lane, Lanes, QueuedMessage};
use store::{Key, Listing, Page, Row, Store, Writes, at_once, decide_again};

use crate::LaneLimiter;

/// Events published at once.
const CONCURRENT: usize = 16;
/// A page of endpoints: more than an account can have.
const ENDPOINTS_PAGE: u16 = 100;
/// How often an event is looked at again because somebody else was at it.
const DECISIONS_AGAIN_MAX: usize = 4;

/// What came of events that were to be published.
pub struct Published {
    /// Of each, in their order.
    pub outcomes: Vec<Result<(), Error>>,
    /// Whether the messages are on their way. What is not sent now is sent by the clock a minute
    /// later, so this is for the log and no reason to do anything again.
    pub sent: Result<(), Error>,
}

/// Publishes events: for each one transaction that makes its deliveries and takes it off the list of
/// those without, then one message for each delivery. An event that was published already is left
/// alone.
pub async fn publish(
    store: &Store,
    lanes: &Lanes,
    lane_limiter: &LaneLimiter,
    events: &[Event],
    moment: &Moment,
) -> Published {
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
            lane: match delivery.made {
                0 => lane_limiter.lane(delivery.endpoint_id, moment.now),
                _ => Lane::Retry,
            },
            delay_seconds: 0,
        })
        .collect();
    let sent = lanes.send(&messages).await;
    let outcomes = outcomes.into_iter().map(|outcome| outcome.map(drop)).collect();
    Published { outcomes, sent }
}

async fn endpoints_of(
    store: &Store,
    account_id: AccountId,
) -> (AccountId, Result<Vec<Endpoint>, Error>) {
    let page = Page { limit: ENDPOINTS_PAGE, after: None };
    let listed = store.list(&Listing::Endpoints(account_id), page).await;
    (account_id, listed.map(|(endpoints, _)| endpoints))
}

/// The deliveries that were made now; none when the event was published before.
async fn publish_one(
    store: &Store,
    endpoints: &Result<Vec<Endpoint>, Error>,
    event: &Event,
    moment: &Moment,
) -> Result<Vec<Delivery>, Error> {
    let Ok(endpoints) = endpoints else {
        return Err(Error::unavailable("the endpoints of the account were not read"));
    };
    // The first time nothing is there yet, and no read is needed to know it.
    let first: Vec<_> = match event.redelivery {
        None => {
            takers(endpoints, event).map(|taker| Delivery::publish(event, taker, moment)).collect()
        }
        Some(_) => wanted(store, endpoints, event, moment).await?,
    };
    let first = (event.clone(), first);
    decide_again(at_once(DECISIONS_AGAIN_MAX), first, |first| async move {
        let (event, deliveries) = match first {
            Some(first) => first,
            None => {
                // The stored event may request more deliveries by now.
                let stored = store.find::<Event>(&Key::Event(event.account_id, event.id)).await?;
                let Some(event) = stored.filter(|stored| stored.relayed_at.is_none()) else {
                    return Ok(Vec::new());
                };
                let deliveries = wanted(store, endpoints, &event, moment).await?;
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

fn takers(endpoints: &[Endpoint], event: &Event) -> impl Iterator<Item = EndpointId> {
    endpoints.iter().filter(|endpoint| endpoint.takes(event)).map(|endpoint| endpoint.id)
}

/// The deliveries as they are to be written: new ones, and, for a redelivery, those that are there
/// opened again, but for one that a worker has at this moment.
async fn wanted(
    store: &Store,
    endpoints: &[Endpoint],
    event: &Event,
    moment: &Moment,
) -> Result<Vec<Delivery>, Error> {
    let takers: Vec<_> = takers(endpoints, event).collect();
    let key =
        |taker: &EndpointId| Key::Delivery(event.account_id, DeliveryId::of(event.id, *taker));
    let rows = store.read(&takers.iter().map(key).collect::<Vec<_>>()).await?;
    let mut deliveries = Vec::new();
    for (taker, row) in takers.iter().zip(rows) {
        match row.map(Row::read::<Delivery>).transpose()? {
            None => deliveries.push(Delivery::publish(event, *taker, moment)),
            Some(mut there) => {
                if event.redelivery.is_some() && there.redeliver(moment)? {
                    deliveries.push(there);
                }
            }
        }
    }
    Ok(deliveries)
}
