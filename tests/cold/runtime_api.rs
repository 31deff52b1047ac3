//! The runtime API of Lambda, for one function.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::error::BoxError;

/// The time that Lambda gives to an event, in milliseconds since 1970: the year 2100.
const DEADLINE_MS: &str = "4102444800000";

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub(crate) fn stopwatch() -> Instant {
    Instant::now()
}

/// What the function did.
enum RuntimeCall {
    /// It waits for an event since this time.
    Next(Instant),
    /// It answered at this time.
    Answer(Instant, Bytes),
    /// It reported an error.
    Failed(String),
}

struct ApiState {
    events: Mutex<UnboundedReceiver<Value>>,
    calls: UnboundedSender<RuntimeCall>,
}

/// The runtime API on a port of its own.
pub(crate) struct RuntimeApi {
    /// Host and port.
    pub(crate) address: String,
    events: UnboundedSender<Value>,
    calls: UnboundedReceiver<RuntimeCall>,
    server: tokio::task::JoinHandle<()>,
}

impl RuntimeApi {
    pub(crate) async fn start() -> Result<Self, BoxError> {
        let (events, waiting) = unbounded_channel();
        let (calls, seen) = unbounded_channel();
        let state = Arc::new(ApiState { events: Mutex::new(waiting), calls });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(answer))
            .fallback(failed)
            .with_state(state);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?.to_string();
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { address, events, calls: seen, server })
    }

    /// Waits until the function asks for an event, and returns when it did.
    pub(crate) async fn next(&mut self) -> Result<Instant, BoxError> {
        match self.calls.recv().await {
            Some(RuntimeCall::Next(at)) => Ok(at),
            Some(RuntimeCall::Answer(..)) => Err("the function answered without an event".into()),
            Some(RuntimeCall::Failed(text)) => Err(text.into()),
            None => Err("the runtime API ended".into()),
        }
    }

    /// Sends an event to the function that waits for one, and returns the time to the answer, and the
    /// answer. Returns when the function waits for the next event.
    pub(crate) async fn invoke(&mut self, event: &Value) -> Result<(Duration, Value), BoxError> {
        let began = stopwatch();
        self.events.send(event.clone())?;
        let (at, body) = match self.calls.recv().await {
            Some(RuntimeCall::Answer(at, body)) => (at, body),
            Some(RuntimeCall::Failed(text)) => return Err(text.into()),
            _ => return Err("the function did not answer".into()),
        };
        self.next().await?;
        Ok((at.duration_since(began), serde_json::from_slice(&body)?))
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(state): State<Arc<ApiState>>) -> Response {
    let _ = state.calls.send(RuntimeCall::Next(stopwatch()));
    let Some(event) = state.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let headers = [
        ("content-type", "application/json"),
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", DEADLINE_MS),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:sa-east-1:000000000000:function:f"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
    ];
    (headers, event.to_string()).into_response()
}

async fn answer(
    State(state): State<Arc<ApiState>>,
    Path(_): Path<String>,
    body: Bytes,
) -> StatusCode {
    let _ = state.calls.send(RuntimeCall::Answer(stopwatch(), body));
    StatusCode::ACCEPTED
}

async fn failed(State(state): State<Arc<ApiState>>, body: String) -> StatusCode {
    let _ = state.calls.send(RuntimeCall::Failed(body));
    StatusCode::ACCEPTED
}
