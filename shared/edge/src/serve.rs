//! From a gateway event to its answer. The Lambda binaries and the local gateway both call this.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use domain::kernel::Error;
use lambda_http::http::{Response, header};
use lambda_http::{Body, Request};
use store::{Trips, Writes, decide_again};

use crate::from_request::origin;
use crate::incoming::Incoming;
use crate::log::{self, Level, RequestLine};
use crate::operation::Route;
use crate::{App, HttpReply, Operation, problem};

/// The largest body an operation reads. Ours need a few kilobytes; the gateway would pass 10 MB.
pub const BODY_BYTES_MAX: usize = 64 * 1024;
/// The largest body of an operation that takes many at once: a kilobyte for each of 500 lines.
pub const BATCH_BYTES_MAX: usize = 512 * 1024;

/// How often a decision is made again because somebody changed what it was based on. Waits of 5 to
/// 200 ms lie in between; [`DEADLINE`] ends it in any case.
const DECISIONS_AGAIN_MAX: usize = 12;

/// When an operation gives up waiting: before Lambda ends the function, so that the caller gets an
/// answer of ours and the log its line.
const DEADLINE: Duration = Duration::from_secs(7);
/// The longest wait for a code to be used up after a refusal.
const SPENDING: Duration = Duration::from_secs(2);
/// So every request is answered within this.
pub const ANSWERED_WITHIN: Duration = DEADLINE.saturating_add(SPENDING);

/// Serves one request of one operation.
pub async fn serve(app: &App, operation: &'static Operation, request: Request) -> Response<Body> {
    let began = stopwatch();
    let incoming = match Incoming::read(request, operation.body_bytes_max) {
        Ok(incoming) => incoming,
        Err(error) => {
            log::trouble(app, Level::Warn, "not a gateway event", &error);
            return response(problem::answer(&error, "", ""), "");
        }
    };
    let (outcome, trips) = Trips::count(Box::pin(in_time(app, operation, &incoming))).await;
    let (answer, error) = match outcome {
        Ok(answer) => (answer, None),
        Err(error) => {
            let origin = origin(app, &incoming);
            (problem::answer(&error, &origin, &incoming.request_id), Some(error))
        }
    };
    let latency_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let line = RequestLine {
        operation,
        incoming: &incoming,
        answer: &answer,
        error: error.as_ref(),
        latency_ms,
        trips,
    };
    log::request(app, &line);
    response(answer, &incoming.request_id)
}

/// Decides within the deadline, and uses up a two-factor code that was right but led to no change.
async fn in_time(
    app: &App,
    operation: &'static Operation,
    incoming: &Incoming,
) -> Result<HttpReply, Error> {
    let outcome = tokio::time::timeout(DEADLINE, decided(app, operation, incoming)).await;
    let outcome = outcome.unwrap_or_else(|late| Err(Error::unavailable(late)));
    let unknown = matches!(outcome, Err(Error::Unavailable(_) | Error::Internal(_) | Error::Stale));
    if let Some(code) = incoming.unspent_code().filter(|_| !unknown) {
        let moment = app.moment();
        let spend = app.store.commit(code.spend(Writes::default()), &moment);
        tokio::time::timeout(SPENDING, spend).await.map_err(Error::unavailable)??;
    }
    outcome
}

async fn decided(
    app: &App,
    operation: &'static Operation,
    incoming: &Incoming,
) -> Result<HttpReply, Error> {
    let decide = |_| (operation.run)(Route { app, operation, incoming, moment: app.moment() });
    let again = ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(200))
        .with_max_times(DECISIONS_AGAIN_MAX)
        .with_jitter();
    match decide_again(again.build(), (), decide).await {
        Err(Error::Outdated) => {
            app.secrets.fetch(app.clock.now()).await?;
            decide_again(again.build(), (), decide).await
        }
        outcome => outcome,
    }
}

#[expect(clippy::disallowed_methods, reason = "a duration for the log, never a decision")]
fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}

fn response(answer: HttpReply, request_id: &str) -> Response<Body> {
    let mut builder = Response::builder()
        .status(answer.status)
        .header("request-id", request_id)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if !answer.body.is_empty() {
        builder = builder.header(header::CONTENT_TYPE, answer.content_type);
    }
    for (name, value) in answer.headers {
        builder = builder.header(name, value);
    }
    let body = match String::from_utf8(answer.body) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(binary) => Body::Binary(binary.into_bytes()),
    };
    builder.body(body).expect("status and headers are ours and well formed")
}
