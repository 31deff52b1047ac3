//! Every minute: continues the replays of past events, up to 500 events of each.

use domain::event::Event;
use domain::kernel::{DeliveryId, Error, Moment};
use domain::webhook::{Delivery, Endpoint, EndpointStatus, REPLAY_PER_TICK, Replay, ReplayStatus};
use queue::{DeliveryMessage, Lane, QueuedMessage};
use store::{DueList, Key, Listing, Page, Row, Span, Store};
use worker::Worker;

use crate::due::DuePages;

/// Events per page, because one request reads at most 100 deliveries.
const PAGE: u16 = 100;

/// Continues each replay; returns the number of replayed events.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let (mut due, mut done) = (DuePages::new(DueList::Replays, app.moment().now), 0);
    while let Some(keys) = due.next(store).await? {
        for row in store.read(&keys).await?.into_iter().flatten() {
            let replay = match row.read::<Replay>() {
                Ok(replay) => replay,
                Err(error) => {
                    app.warn("could not read a replay; it stays due", &error);
                    continue;
                }
            };
            let endpoint_id = replay.endpoint_id;
            match advance(worker, replay, &app.moment()).await {
                Ok(replayed) => done += replayed,
                // Another tick advanced the replay.
                Err(Error::Stale) => {}
                Err(error) => app.warn(
                    &format!("replay to {endpoint_id} not advanced; the next tick tries again"),
                    &error,
                ),
            }
        }
    }
    Ok(done)
}

async fn advance(worker: &Worker, mut replay: Replay, moment: &Moment) -> Result<u64, Error> {
    let store = &worker.app.store;
    if !replay.is_due(moment.now) {
        return Ok(0);
    }
    let key = Key::Endpoint(replay.account_id, replay.endpoint_id);
    let span = Span { from: Some(replay.from), until: Some(replay.until), before: None };
    let (mut events_read, mut replayed) = (0, 0);
    let enabled = |endpoint: &Endpoint| endpoint.status == EndpointStatus::Enabled;
    let Some(endpoint) = store.find::<Endpoint>(&key).await?.filter(enabled) else {
        replay.stop()?;
        store.replace(&replay).await?;
        return Ok(0);
    };
    while events_read < REPLAY_PER_TICK && replay.status == ReplayStatus::Running {
        let listing = Listing::EventsFrom(replay.account_id, span, replay.after);
        let page = Page { limit: PAGE, after: None };
        let (events, ended): (Vec<Event>, _) = store.list(&listing, page).await?;
        events_read += u32::try_from(events.len()).unwrap_or(u32::MAX);
        let last = events.last().map(|event| event.id).filter(|_| ended.is_some());
        // The replay leaves out test events, events of other endpoints, and events that still wait
        // for their delivery to this endpoint.
        let waits = |event: &Event| event.relayed_at.is_none() && endpoint.receives(event);
        let wanted =
            events.into_iter().filter(|event| endpoint.subscribes_to(event) && !waits(event));
        let wanted = wanted.collect::<Vec<_>>();
        let sent = redeliver_events(worker, store, &replay, &wanted, moment).await?;
        replayed += sent;
        // The progress is written after each page, so that a later failure does not replay it
        // again.
        replay.advance(last, sent, moment.now)?;
        store.replace(&replay).await?;
        replay.version += 1;
    }
    Ok(replayed)
}

/// Restarts or creates the delivery of each event, and sends its message to the retry lane. A
/// second call finds the deliveries pending and does nothing.
async fn redeliver_events(
    worker: &Worker,
    store: &Store,
    replay: &Replay,
    events: &[Event],
    moment: &Moment,
) -> Result<u64, Error> {
    let endpoint_id = replay.endpoint_id;
    let key =
        |event: &Event| Key::Delivery(event.account_id, DeliveryId::of(event.id, endpoint_id));
    let rows = store.read(&events.iter().map(key).collect::<Vec<_>>()).await?;
    let mut messages = Vec::new();
    for (event, row) in events.iter().zip(rows) {
        let delivery = row.map(Row::read::<Delivery>).transpose()?;
        if !replay.wants(delivery.as_ref()) {
            continue;
        }
        let mut delivery =
            delivery.unwrap_or_else(|| Delivery::publish(event, endpoint_id, moment));
        if !delivery.redeliver(moment)? {
            continue;
        }
        let message = DeliveryMessage::from(&delivery);
        match store.replace(&delivery).await {
            Ok(()) => messages.push(QueuedMessage { message, lane: Lane::Retry, delay_seconds: 0 }),
            Err(Error::Stale) => {}
            Err(error) => return Err(error),
        }
    }
    if let Err(error) = worker.lanes.send(&messages).await {
        worker.app.warn("could not send delivery messages; the next tick resends them", &error);
    }
    Ok(u64::try_from(messages.len()).unwrap_or(u64::MAX))
}
