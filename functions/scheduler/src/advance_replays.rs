//! Every minute: replays of past events, some hundred events of each.

use domain::event::Event;
use domain::kernel::{DeliveryId, Error, Moment};
use domain::webhook::{Delivery, Endpoint, EndpointStatus, REPLAY_PER_TICK, Replay, ReplayStatus};
use queue::{DeliveryMessage, Lane, QueuedMessage};
use store::{DueList, Key, Listing, Page, Row, Span, Store};
use worker::Worker;

use crate::due::DuePages;

/// Events per page: as many deliveries as one request reads.
const PAGE: u16 = 100;

/// Goes on with each replay; says how many events were sent again.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let (mut due, mut done) = (DuePages::new(DueList::Replays, app.moment().now), 0);
    while let Some(keys) = due.next(store).await? {
        for row in store.read(&keys).await?.into_iter().flatten() {
            let replay = match row.read::<Replay>() {
                Ok(replay) => replay,
                Err(error) => {
                    app.warn("a replay cannot be read", &error);
                    continue;
                }
            };
            let endpoint_id = replay.endpoint_id;
            match advance(worker, replay, &app.moment()).await {
                Ok(replayed) => done += replayed,
                // Another tick is at it.
                Err(Error::Stale) => {}
                Err(error) => app.warn(&format!("replay to {endpoint_id} not advanced"), &error),
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
    let (mut looked_at, mut replayed) = (0, 0);
    let enabled = |endpoint: &Endpoint| endpoint.status == EndpointStatus::Enabled;
    let Some(endpoint) = store.find::<Endpoint>(&key).await?.filter(enabled) else {
        replay.stop()?;
        store.replace(&replay).await?;
        return Ok(0);
    };
    while looked_at < REPLAY_PER_TICK && replay.status == ReplayStatus::Running {
        let listing = Listing::EventsFrom(replay.account_id, span, replay.after);
        let page = Page { limit: PAGE, after: None };
        let (events, ended): (Vec<Event>, _) = store.list(&listing, page).await?;
        looked_at += u32::try_from(events.len()).unwrap_or(u32::MAX);
        let last = events.last().map(|event| event.id).filter(|_| ended.is_some());
        // Trials and other endpoints' own events are not asked for again, and an event that waits for
        // its delivery to this endpoint is on its way by itself.
        let waits = |event: &Event| event.relayed_at.is_none() && endpoint.takes(event);
        let wanted = events.into_iter().filter(|event| endpoint.asks_for(event) && !waits(event));
        let wanted = wanted.collect::<Vec<_>>();
        let sent = send_again(worker, store, &replay, &wanted, moment).await?;
        replayed += sent;
        // Page by page: what fails later does not send these again.
        replay.advance(last, sent, moment.now)?;
        store.replace(&replay).await?;
        replay.version += 1;
    }
    Ok(replayed)
}

/// Reopens or makes the delivery of each event, and sends its message into the retry lane. Done
/// twice, the second finds the deliveries pending and leaves them alone.
async fn send_again(
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
        worker.app.warn("messages are left to the next tick", &error);
    }
    Ok(u64::try_from(messages.len()).unwrap_or(u64::MAX))
}
