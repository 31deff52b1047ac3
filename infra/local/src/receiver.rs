//! A small receiver of webhooks on loopback, as a customer would write it. It verifies the
//! signature with the `standardwebhooks` crate, answers, and passes the request to the program.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jiff::Timestamp;
use runtime::{Clock, SystemClock};
use serde_json::Value;
use standardwebhooks::{Webhook, WebhookError};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// Path of the receiver.
const PATH: &str = "/webhooks";
/// Requests that the program has not read yet. One more is answered 503, so the bundle sends it
/// again.
const UNSEEN_MAX: usize = 1_000;
/// Longest wait for the secret, because a webhook can arrive before the answer that has the secret.
/// It is shorter than the time that the sender waits for an answer.
const SECRET_TIMEOUT: Duration = Duration::from_secs(10);

/// A request that was posted to the receiver.
#[derive(Debug, Clone)]
pub struct WebhookRequest {
    /// Time of arrival, on the machine's clock.
    pub at: Timestamp,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, byte for byte.
    pub body: Bytes,
    /// Result of the signature check, with the reason if it failed.
    pub verdict: Result<(), String>,
}

impl WebhookRequest {
    /// Returns the header `webhook-id`, which is the event's id.
    pub fn webhook_id(&self) -> &str {
        let value = self.headers.get(standardwebhooks::HEADER_WEBHOOK_ID);
        value.and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Returns the body as JSON, or null if it is not JSON.
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A receiver that runs until it is dropped.
pub struct Receiver {
    url: String,
    secret: watch::Sender<Option<Arc<Webhook>>>,
    arrivals: mpsc::Receiver<WebhookRequest>,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Listens on a port of loopback, 0 for any free one.
    pub async fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let url = format!("http://{}{PATH}", listener.local_addr()?);
        let (secret, trusted) = watch::channel(None);
        let (sender, arrivals) = mpsc::channel(UNSEEN_MAX);
        let state = ReceiverState { secret: trusted, arrivals: sender };
        let router = Router::new().route(PATH, post(receive)).with_state(state);
        let server = tokio::spawn(async move {
            // It ends only if its listener ends.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url, secret, arrivals, server })
    }

    /// Returns the URL of the receiver.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sets the secret that verifies signatures. The secret exists only after the receiver's URL is
    /// registered, so requests that arrive earlier wait.
    pub fn trust(&self, secret: &str) -> Result<(), WebhookError> {
        self.secret.send_replace(Some(Arc::new(Webhook::new(secret)?)));
        Ok(())
    }

    /// Returns the next request, or `None` if the receiver has ended.
    pub async fn next(&mut self) -> Option<WebhookRequest> {
        self.arrivals.recv().await
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// State of the HTTP handler.
#[derive(Clone)]
struct ReceiverState {
    secret: watch::Receiver<Option<Arc<Webhook>>>,
    arrivals: mpsc::Sender<WebhookRequest>,
}

impl ReceiverState {
    async fn webhook(&mut self) -> Option<Arc<Webhook>> {
        let secret = self.secret.wait_for(Option::is_some);
        tokio::time::timeout(SECRET_TIMEOUT, secret).await.ok()?.ok()?.clone()
    }
}

async fn receive(
    State(mut state): State<ReceiverState>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let at = SystemClock.now();
    let Some(webhook) = state.webhook().await else { return StatusCode::SERVICE_UNAVAILABLE };
    let verdict = webhook.verify(&body, &headers).map_err(|cause| cause.to_string());
    let status = if verdict.is_ok() { StatusCode::NO_CONTENT } else { StatusCode::UNAUTHORIZED };
    match state.arrivals.try_send(WebhookRequest { at, headers, body, verdict }) {
        Ok(()) => status,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    const BODY: &str = r#"{"type":"charge.paid"}"#;

    async fn posted(url: &str, signature: String, seconds: i64) -> StatusCode {
        let post = reqwest::Client::new()
            .post(url)
            .header("webhook-id", "evt_1")
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signature)
            .body(BODY);
        post.send().await.expect("an answer").status()
    }

    /// Posts a webhook signed with `secret` at the machine's time, and returns the status.
    async fn response(url: &str, secret: &str) -> StatusCode {
        let seconds = SystemClock.now().as_second();
        let webhook = Webhook::new(secret).expect("a secret");
        let signature = webhook.sign("evt_1", seconds, BODY.as_bytes()).expect("signed");
        posted(url, signature, seconds).await
    }

    #[tokio::test]
    async fn a_valid_signature_is_answered_204_and_passed_on_unchanged() {
        let mut receiver = Receiver::start(0).await.expect("started");
        receiver.trust(SECRET).expect("a secret");
        assert_eq!(response(receiver.url(), SECRET).await, 204);
        let arrival = receiver.next().await.expect("an arrival");
        assert_eq!(arrival.verdict, Ok(()));
        assert_eq!((arrival.webhook_id(), &arrival.body[..]), ("evt_1", BODY.as_bytes()));
        assert_eq!(arrival.event()["type"], "charge.paid");
    }

    #[tokio::test]
    async fn a_wrong_signature_is_answered_401_and_passed_on_with_the_reason() {
        let mut receiver = Receiver::start(0).await.expect("started");
        receiver.trust(SECRET).expect("a secret");
        let other = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(response(receiver.url(), other).await, 401);
        let arrival = receiver.next().await.expect("an arrival");
        assert_eq!(arrival.verdict, Err("signature invalid".to_owned()));
    }

    #[tokio::test]
    async fn a_webhook_that_arrives_before_the_secret_waits_for_it() {
        let receiver = Receiver::start(0).await.expect("started");
        let url = receiver.url().to_owned();
        let early = tokio::spawn(async move { response(&url, SECRET).await });
        tokio::task::yield_now().await;
        receiver.trust(SECRET).expect("a secret");
        assert_eq!(early.await.expect("answered"), 204);
    }
}
