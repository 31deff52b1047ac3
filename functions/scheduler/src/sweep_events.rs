//! Every minute: publishes events that have no deliveries yet. This job alone is enough for every
//! event to arrive; the stream is only faster.

use std::sync::{Mutex, PoisonError};

use domain::event::Event;
use domain::kernel::{Error, Id};
use jiff::{SignedDuration, Timestamp};
use outbox::publish;
use runtime::{Metric, Unit};
use store::{DueList, Key, Row};
use worker::{Report, Worker};

use crate::due::{JobRun, ROWS_PER_READ, WIDE_TURNS_AT_ONCE};

/// Age up to which the stream publishes an event.
const RESEND_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// Metric: seconds that the oldest event had waited when the tick began; 0 if none waited longer
/// than [`RESEND_AFTER`]. A value of a few minutes means that neither stream nor sweep works.
const OLDEST_UNPUBLISHED_SECONDS: &str = "oldest_unpublished_seconds";

/// Publishes the waiting events; returns their number and how long the oldest waited. A failed
/// event is logged and stays due for the next tick. The accounts take turns.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = JobRun::start(worker, DueList::Events);
    let run = &run.shifted(-RESEND_AFTER).accounts_at_once(WIDE_TURNS_AT_ONCE);
    let oldest = &Mutex::new(None);
    let report = run.each_group(ROWS_PER_READ, |keys| async move {
        let (events, since) = read(run, &keys).await?;
        {
            let mut oldest = oldest.lock().unwrap_or_else(PoisonError::into_inner);
            *oldest = since.into_iter().chain(*oldest).min();
        }
        publish_events(run, &events).await;
        Ok(())
    });
    let mut report = report.await?;
    let oldest = *oldest.lock().unwrap_or_else(PoisonError::into_inner);
    let waited = oldest.map_or(SignedDuration::ZERO, |at| run.began().duration_since(at)).as_secs();
    let waited = u64::try_from(waited).unwrap_or(0);
    report.metrics.push(Metric::new(OLDEST_UNPUBLISHED_SECONDS, Unit::Seconds, waited));
    Ok(report)
}

/// Reads the events, and returns since when the oldest of them has waited.
async fn read(run: &JobRun<'_>, keys: &[Key]) -> Result<(Vec<Event>, Option<Timestamp>), Error> {
    let app = &run.worker.app;
    let (mut events, mut oldest) = (Vec::new(), None);
    for (key, row) in keys.iter().zip(app.store.read(keys).await?) {
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
        oldest = oldest.into_iter().chain(since.filter(|at| *at <= run.until())).min();
    }
    Ok((events, oldest))
}

async fn publish_events(run: &JobRun<'_>, events: &[Event]) {
    let worker = run.worker;
    let (app, lanes) = (&worker.app, &worker.lanes);
    let published = publish(&app.store, lanes, &worker.lane_limiter, events, &app.moment()).await;
    if let Err(error) = published.sent {
        app.warn("could not send delivery messages; the scheduler resends them", &error);
    }
    for (outcome, event) in published.outcomes.iter().zip(events) {
        match outcome {
            Ok(()) => run.add(1),
            Err(error) => {
                app.warn(&format!("{} not published; the next tick tries again", event.id), error)
            }
        }
    }
}

/// Returns the creation time of an event, from its id.
fn created_at(key: &Key) -> Option<Timestamp> {
    let Key::Event(_, id) = key else { return None };
    let milliseconds = i64::try_from(id.ulid().timestamp_ms()).ok()?;
    Timestamp::from_millisecond(milliseconds).ok()
}
