//! Every minute: continues the replays of past events, up to 500 events of each.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::event::Event;
use domain::kernel::{DeliveryId, Error, Moment};
use domain::webhook::{Delivery, Endpoint, EndpointStatus, REPLAY_PER_TICK, Replay, ReplayStatus};
use queue::{DeliveryMessage, Lane, QueuedMessage};
use store::{DueList, EventFilter, Key, Listing, Page, Row, Span, Store};
use worker::{Report, Worker};

use crate::due::JobRun;

/// Events per page, because one request reads at most 100 deliveries. A page is a turn.
const PAGE: u16 = 100;

/// Continues the replays, a page in a turn; returns the number of replayed events.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Replays);
    let running = &Mutex::new(HashMap::new());
    let running = || running.lock().unwrap_or_else(PoisonError::into_inner);
    run.each_row(|key| async move {
        let earlier = running().remove(&key);
        let next = take_turn(run, &key, earlier).await?;
        let has_more = next.is_some();
        if let Some(next) = next {
            running().insert(key, next);
        }
        Ok(has_more)
    })
    .await
}

/// A replay that has had a turn in this tick.
struct Running {
    replay: Replay,
    endpoint: Endpoint,
    events_read: u32,
}

/// Replays a page of events. Returns the replay if it has another turn in this tick.
async fn take_turn(
    run: &JobRun<'_>,
    key: &Key,
    running: Option<Running>,
) -> Result<Option<Running>, Error> {
    let (worker, moment) = (run.worker, run.worker.app.moment());
    let store = &worker.app.store;
    let running = match running {
        Some(running) => Some(running),
        None => start(store, key, &moment).await?,
    };
    let Some(Running { mut replay, endpoint, mut events_read }) = running else {
        return Ok(None);
    };
    let span = Span { from: Some(replay.from), until: Some(replay.until), before: None };
    let listing =
        Listing::EventsFrom(replay.account_id, span, replay.after, EventFilter::default());
    let page = Page { limit: PAGE, after: None };
    let (events, ended): (Vec<Event>, _) = store.list(&listing, page).await?;
    events_read += u32::try_from(events.len()).unwrap_or(u32::MAX);
    let last = events.last().map(|event| event.id).filter(|_| ended.is_some());
    // The replay leaves out test events, events of other endpoints, and events that still wait for
    // their delivery to this endpoint.
    let waits = |event: &Event| event.relayed_at.is_none() && endpoint.receives(event);
    let wanted = events.into_iter().filter(|event| endpoint.subscribes_to(event) && !waits(event));
    let wanted = wanted.collect::<Vec<_>>();
    let sent = redeliver_events(worker, store, &replay, &wanted, &moment).await?;
    // The progress is written after each page, so that a later failure does not replay it again.
    replay.advance(last, sent, moment.now)?;
    store.replace(&replay).await?;
    replay.version += 1;
    run.add(sent);
    let goes_on = events_read < REPLAY_PER_TICK && replay.status == ReplayStatus::Running;
    Ok(goes_on.then_some(Running { replay, endpoint, events_read }))
}

/// Reads a replay that is due. Stops it, and returns `None`, if its endpoint is not enabled.
async fn start(store: &Store, key: &Key, moment: &Moment) -> Result<Option<Running>, Error> {
    let Some(mut replay) = store.find::<Replay>(key).await?.filter(|it| it.is_due(moment.now))
    else {
        return Ok(None);
    };
    let endpoint = Key::Endpoint(replay.account_id, replay.endpoint_id);
    let enabled = |endpoint: &Endpoint| endpoint.status == EndpointStatus::Enabled;
    match store.find::<Endpoint>(&endpoint).await?.filter(enabled) {
        Some(endpoint) => Ok(Some(Running { replay, endpoint, events_read: 0 })),
        None => {
            replay.stop()?;
            store.replace(&replay).await?;
            Ok(None)
        }
    }
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
