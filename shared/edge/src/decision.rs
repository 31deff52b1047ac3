//! The decision of a request, made again while other requests change its rows.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use domain::kernel::Error;
use runtime::App;
use store::{Store, decide_again};

use crate::incoming::Incoming;
use crate::operation::{Operation, Route};
use crate::reply::HttpReply;
use crate::usage::UsageCounter;

/// How often a stale decision is made again, because another request changed a row that it was
/// based on. The waits in between grow from 5 to 200 ms; the deadline of the request ends them in any case.
const RETRIES_MAX: usize = 12;

/// Decides the request, again if the decision was stale, and once more with a fresh pepper if a row
/// names a newer version of it.
pub(crate) async fn decide(
    app: &App,
    store: &Store,
    usage: Option<&UsageCounter>,
    operation: &'static Operation,
    incoming: &Incoming,
) -> Result<HttpReply, Error> {
    let decide = |_| {
        let moment = app.moment();
        (operation.run)(Route { app, store, usage, operation, incoming, moment })
    };
    let backoff = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(200))
        .with_max_times(RETRIES_MAX)
        .with_jitter();
    match decide_again(backoff.build(), (), decide).await {
        Err(Error::Outdated) => {
            app.secrets.fetch(app.clock.now()).await?;
            decide_again(backoff.build(), (), decide).await
        }
        outcome => outcome,
    }
}
