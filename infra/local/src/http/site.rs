//! What every request of the server uses: the bundle, the guard, the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use local::{Bundle, GatewayResponse};

use super::guard::{Guard, Refusal};
use crate::console::RequestLog;
use crate::data_dir::DataDir;

/// What the server needs for every request. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Site {
    pub(super) bundle: Arc<Bundle>,
    pub(super) data: Arc<DataDir>,
    pub(super) log: RequestLog,
    pub(super) guard: Arc<Guard>,
    requests: Arc<AtomicU64>,
    /// Held while the clock is moved and its file is written.
    pub(super) clock_turn: Arc<tokio::sync::Mutex<()>>,
}

impl Site {
    pub(crate) fn new(bundle: Arc<Bundle>, data: Arc<DataDir>, log: RequestLog, port: u16) -> Self {
        let guard = Arc::new(Guard::on(port));
        let (requests, clock_turn) = (Arc::default(), Arc::default());
        Self { bundle, data, log, guard, requests, clock_turn }
    }

    /// Returns a new id of a request.
    pub(super) fn request_id(&self) -> String {
        format!("req-{:06}", self.requests.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Answers in the place of the gateway, and logs it.
    pub(super) fn refuse(&self, parts: &Parts, refusal: Refusal) -> Response {
        let Refusal { status, code, detail } = refusal;
        let host = self.guard.own_host();
        let answer = GatewayResponse::problem(status, code, &detail, host, &self.request_id());
        self.log.refused(parts, status);
        self.log.detail(&answer);
        respond(answer)
    }
}

/// Turns an answer into a response.
pub(super) fn respond(answer: GatewayResponse) -> Response {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let failed = |_| StatusCode::BAD_GATEWAY.into_response();
    response.body(Body::from(answer.body)).unwrap_or_else(failed)
}
