//! Events on their way: stream, relay, queue, dispatch, receiver, and back to what the API shows.

use local::Registration;
use local::client::Client;
use local::receiver::{Receiver, WebhookRequest};
use serde_json::{Value, json};

use crate::stack::{DeployedAccount, new_charge, soon, text};

/// Makes a program that listens for events of this type, with its receiver and its endpoint.
pub(crate) async fn listening(name: &str, kind: &str) -> (Client, Receiver, Registration) {
    let mut account = DeployedAccount::open(name).await;
    let program = account.program(&["127.0.0.1", "::1"]).await;
    let receiver = Receiver::start(0).await.expect("a receiver");
    let registration = Registration::open(&program, &receiver, &[kind], "deployed").await;
    (program, receiver, registration.expect("an endpoint"))
}

pub(crate) async fn sold(program: &Client) -> String {
    let order = program.with("idempotency-key", "order-1");
    let charge = order.post("/v1/charges", &new_charge(4_990)).await.expect("a charge");
    let id = text(&charge["id"]);
    program.post(&format!("/v1/sandbox/charges/{id}/pay"), &json!({})).await.expect("paid");
    id
}

/// Waits for the next webhook of this type.
pub(crate) async fn next(receiver: &mut Receiver, kind: &str) -> WebhookRequest {
    let wait = async {
        loop {
            let arrival = receiver.next().await.expect("the receiver lives");
            if arrival.event()["type"] == kind {
                return arrival;
            }
        }
    };
    let arrived = tokio::time::timeout(std::time::Duration::from_secs(60), wait).await;
    arrived.unwrap_or_else(|_| panic!("{kind} did not arrive within a minute"))
}

async fn delivery_of(program: &Client, event_id: &str) -> Option<Value> {
    let list = program.get("/v1/deliveries?limit=100").await.expect("a list");
    let all = list["data"].as_array().cloned().unwrap_or_default();
    all.into_iter().find(|delivery| delivery["event_id"] == event_id)
}

#[tokio::test]
async fn an_event_reaches_its_receiver_is_written_down_and_comes_again_when_asked_for() {
    let (program, mut receiver, registration) = listening("webhooks", "charge.paid").await;
    receiver.trust(&registration.secret).expect("a secret");
    let charge_id = sold(&program).await;

    let arrived = next(&mut receiver, "charge.paid").await;
    assert_eq!(arrived.verdict, Ok(()), "the signature of Standard Webhooks");
    assert_eq!(arrived.event()["data"]["object"]["id"], charge_id.as_str());
    let event_id = arrived.webhook_id().to_owned();
    soon("the delivery is delivered", async || {
        let delivery = delivery_of(&program, &event_id).await?;
        (delivery["status"] == "delivered").then_some(())
    })
    .await;

    let again = format!("/v1/events/{event_id}/redeliver");
    program.post(&again, &json!({})).await.expect("asked for");
    let second = next(&mut receiver, "charge.paid").await;
    assert_eq!(second.webhook_id(), event_id, "the same event");
    assert_eq!(second.body, arrived.body, "byte for byte");
    assert_eq!(second.verdict, Ok(()));
}

/// The receiver knows another secret at first and answers 401: the second attempt comes through the
/// retry queue.
#[tokio::test]
async fn a_failed_attempt_is_made_again_through_the_retry_queue() {
    let (program, mut receiver, registration) = listening("retries", "charge.created").await;
    receiver.trust("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    sold(&program).await;
    let refused = next(&mut receiver, "charge.created").await;
    assert!(refused.verdict.is_err());
    receiver.trust(&registration.secret).expect("a secret");
    let taken = next(&mut receiver, "charge.created").await;
    assert_eq!(taken.verdict, Ok(()));
    assert_eq!(taken.webhook_id(), refused.webhook_id());
    let event_id = taken.webhook_id().to_owned();
    let delivery = soon("both attempts are written down", async || {
        let delivery = delivery_of(&program, &event_id).await?;
        (delivery["status"] == "delivered").then_some(delivery)
    })
    .await;
    let statuses: Vec<_> = delivery["attempts"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|attempt| attempt["status"].as_u64())
        .collect();
    assert_eq!(statuses, [Some(401), Some(204)]);
}
