//! Every minute: publishes events that have no deliveries yet. This job alone is enough for every
//! event to arrive; the stream is only faster.

use domain::event::Event;
use domain::kernel::{Error, Id};
use jiff::{SignedDuration, Timestamp};
use outbox::publish;
use runtime::{Metric, Unit};
use store::{DueList, Key, Row};
use worker::{Report, Worker};

use crate::due::{ROWS_PER_READ, RunTime, Turns};

/// Age up to which the stream publishes an event.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// Metric: seconds that the oldest event had waited when the tick began; 0 if none waited longer
/// than [`RESEND_AFTER`]. A value of a few minutes means that neither stream nor sweep works.
const OLDEST_UNPUBLISHED_SECONDS: &str = "oldest_unpublished_seconds";

/// Publishes the waiting events; returns their number and how long the oldest waited. A failed
/// event is logged and stays due for the next tick. The accounts take turns.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let began = time.began();
    let mut turns = Turns::read(store, DueList::Events, began - RESEND_AFTER, &time).await?;
    let (mut oldest, mut done) = (None, 0);
    while let Some(keys) = turns.next_page(ROWS_PER_READ).filter(|_| time.is_left()) {
        let rows = store.read(&keys).await?;
        let mut events: Vec<Event> = Vec::new();
        for (key, row) in keys.iter().zip(rows) {
            let since = match row.map(Row::read::<Event>) {
                Some(Ok(event)) => {
                    let since = event.waits_since();
                    events.push(event);
                    since
                }
                // The event waits until an operator repairs it.
                Some(Err(error)) => {
                    app.warn("could not read an event; it stays due", &error);
                    created_at(key)
                }
                None => None,
            };
            oldest = oldest.into_iter().chain(since.filter(|at| *at <= began - RESEND_AFTER)).min();
        }
        let moment = app.moment();
        let published = publish(store, &worker.lanes, &worker.lane_limiter, &events, &moment).await;
        if let Err(error) = published.sent {
            app.warn("could not send delivery messages; the scheduler resends them", &error);
        }
        for (outcome, event) in published.outcomes.iter().zip(&events) {
            match outcome {
                Ok(()) => done += 1,
                Err(error) => app
                    .warn(&format!("{} not published; the next tick tries again", event.id), error),
            }
        }
    }
    let waited = oldest.map_or(SignedDuration::ZERO, |at| began.duration_since(at)).as_secs();
    let waited = u64::try_from(waited).unwrap_or(0);
    Ok(Report {
        done,
        metrics: vec![Metric::new(OLDEST_UNPUBLISHED_SECONDS, Unit::Seconds, waited)],
    })
}

/// Returns the creation time of an event, from its id.
fn created_at(key: &Key) -> Option<Timestamp> {
    let Key::Event(_, id) = key else { return None };
    let milliseconds = i64::try_from(id.ulid().timestamp_ms()).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}
