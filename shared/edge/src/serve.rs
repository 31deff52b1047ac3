//! From a gateway event to its response. The Lambda binaries and the local gateway both call this.

use std::time::Duration;

use domain::kernel::Error;
use gate::Needs;
use lambda_http::http::{Method, Response, header};
use lambda_http::{Body, Request};
use runtime::{App, Level};
use store::{Trips, Writes};
use tokio::time::Instant;

use crate::card_guard;
use crate::decision::decide;
use crate::incoming::Incoming;
use crate::operation::Operation;
use crate::problem;
use crate::reply::HttpReply;
use crate::request_line::RequestLine;
use crate::turns::TurnRequest;
use crate::usage::UsageCounter;

/// How long an operation may take. Lambda ends the function later than this, so that the caller
/// gets our response and the log its line.
const DEADLINE: Duration = Duration::from_secs(7);
/// Longest wait until a two-factor code is used up after a refusal.
const CODE_SPEND_TIMEOUT: Duration = Duration::from_secs(2);
/// The longest time until a request has its response.
pub const RESPONSE_TIMEOUT: Duration = DEADLINE.saturating_add(CODE_SPEND_TIMEOUT);

/// Serves one request of one operation.
pub async fn serve(
    app: &App,
    usage: &UsageCounter,
    operation: &'static Operation,
    request: Request,
) -> Response<Body> {
    let start = stopwatch();
    let incoming = match Incoming::read(request, operation.body_bytes_max) {
        Ok(incoming) => incoming,
        Err(error) => {
            let message = "the event is not a gateway event; the caller gets an error";
            app.log.error_line(Level::Warn, message, &error);
            return response(problem::reply(&error, "", ""), "");
        }
    };
    let work = Box::pin(run_in_time(app, usage, operation, &incoming));
    let (outcome, trips) = Trips::count(work).await;
    let (reply, error) = match outcome {
        Ok(reply) => (reply, None),
        Err(error) => {
            let origin = incoming.origin(app.config.public_url.as_deref());
            (problem::reply(&error, &origin, &incoming.request_id), Some(error))
        }
    };
    let latency_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let line = RequestLine {
        operation,
        incoming: &incoming,
        reply: &reply,
        error: error.as_ref(),
        latency_ms,
        trips,
    };
    app.log.line(&line.json(app.clock.now(), app.config.stage));
    response(without_body(reply, &incoming.method), &incoming.request_id)
}

/// Returns the reply to this method: HEAD gets the headers alone.
fn without_body(mut reply: HttpReply, method: &Method) -> HttpReply {
    if method == Method::HEAD && !reply.body.is_empty() {
        reply.headers.push(("content-type", reply.content_type.to_owned()));
        reply.body.clear();
    }
    reply
}

/// Runs the operation within the deadline, and uses up a correct two-factor code that led to no
/// change.
async fn run_in_time(
    app: &App,
    usage: &UsageCounter,
    operation: &'static Operation,
    incoming: &Incoming,
) -> Result<HttpReply, Error> {
    card_guard::check(incoming)?;
    let ends_at = Instant::now() + DEADLINE;
    let work = run_until_decided(app, usage, operation, incoming, ends_at);
    let outcome = tokio::time::timeout_at(ends_at, work).await;
    let outcome = outcome.unwrap_or_else(|late| Err(Error::unavailable(late)));
    let unknown = matches!(
        outcome,
        Err(Error::Unavailable(_) | Error::Internal(_) | Error::Stale | Error::Contended)
    );
    if let Some(code) = incoming.unspent_code().filter(|_| !unknown) {
        let moment = app.moment();
        let spend = app.store.commit(code.spend(Writes::default()), &moment);
        tokio::time::timeout(CODE_SPEND_TIMEOUT, spend).await.map_err(Error::unavailable)??;
    }
    outcome
}

/// Runs the operation, and takes turns if other requests change the same books.
async fn run_until_decided(
    app: &App,
    usage: &UsageCounter,
    operation: &'static Operation,
    incoming: &Incoming,
    ends_at: Instant,
) -> Result<HttpReply, Error> {
    // Only a caller has books of its own, so only its requests take turns at them.
    let store = match operation.needs {
        Needs::Public => app.store.clone(),
        _ => app.store.with_turns(),
    };
    match decide(app, &store, Some(usage), operation, incoming).await {
        Err(Error::Contended) => {
            Box::pin(TurnRequest { app, operation, incoming, ends_at }.reply()).await
        }
        outcome => outcome,
    }
}

#[expect(clippy::disallowed_methods, reason = "a duration for the log, never a decision")]
fn stopwatch() -> std::time::Instant {
    std::time::Instant::now()
}

fn response(reply: HttpReply, request_id: &str) -> Response<Body> {
    let mut builder = Response::builder()
        .status(reply.status)
        .header("request-id", request_id)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // No cache keeps a reply that does not say so, also no error.
    if !reply.headers.iter().any(|(name, _)| *name == header::CACHE_CONTROL.as_str()) {
        builder = builder.header(header::CACHE_CONTROL, "no-store");
    }
    if !reply.body.is_empty() {
        builder = builder.header(header::CONTENT_TYPE, reply.content_type);
    }
    for (name, value) in reply.headers {
        builder = builder.header(name, value);
    }
    let body = match String::from_utf8(reply.body) {
        Ok(text) if text.is_empty() => Body::Empty,
        Ok(text) => Body::Text(text),
        Err(binary) => Body::Binary(binary.into_bytes()),
    };
    builder.body(body).expect("status and headers are ours and well formed")
}
