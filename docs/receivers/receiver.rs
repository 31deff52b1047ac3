//! Receives Trilho's events: `WEBHOOK_SECRET=whsec_... PORT=8000 cargo run --package tests --example receiver`
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a program of its own")]

use std::collections::{HashMap, HashSet};
use std::env;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::{Router, routing::post};
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Accepted = Arc<(Webhook, UnboundedSender<Value>)>;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let webhook = Webhook::new(&env::var("WEBHOOK_SECRET")?)?;
    let port: u16 = env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let (accepted, events) = unbounded_channel();
    tokio::spawn(work(events));
    let app = Router::new().route("/", post(receive)).with_state(Arc::new((webhook, accepted)));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    println!("listening on http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, app).await?)
}

/// Verifies a request before parsing it, because the signature covers the bytes as received.
async fn receive(State(state): State<Accepted>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let (webhook, accepted) = &*state;
    if webhook.verify(&body, &headers).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(event) = serde_json::from_slice(&body) else { return StatusCode::BAD_REQUEST };
    // This example keeps events in memory. Write the event to your database or queue before the
    // 204, because Trilho does not send an event again after a 2xx.
    match accepted.send(event) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// Processes accepted events. Put slow work here, because it runs after the answer.
async fn work(mut events: UnboundedReceiver<Value>) {
    let (mut seen, mut last) = (HashSet::new(), HashMap::new());
    while let Some(event) = events.recv().await {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (id, kind) = (text(&event["id"]), text(&event["type"]));
        if !seen.insert(id.clone()) {
            continue;
        }
        let (object, sequence) = (text(&event["data"]["object"]["id"]), event["sequence"].as_u64());
        let sequence = sequence.unwrap_or_default();
        let newest: &mut u64 = last.entry(object.clone()).or_default();
        if sequence > *newest + 1 {
            println!("gap: {object} was at sequence {newest}, now {sequence}");
        }
        *newest = sequence.max(*newest);
        println!("{id} {kind} {object} sequence {sequence}");
    }
}
