//! Money going out: stream, queue, network, ledger, webhook.

use axum::http::Method;
use local::client::Client;
use serde_json::{Value, json};

use crate::stack::{anonymous, refused, soon, text};
use crate::webhooks::{listening, next, sold};

async fn pay_out(program: &Client, amount_cents: u64) -> Value {
    let payout = json!({
        "amount_cents": amount_cents,
        "to": { "pix_key": { "type": "email", "key": "maria@example.com" } },
        "beneficiary": {
            "name": "Maria Silva",
            "document": { "type": "cpf", "number": "529.982.247-25" },
        },
    });
    let order = program.with("idempotency-key", &format!("payout-{amount_cents}"));
    order.post("/v1/payouts", &payout).await.expect("a payout")
}

#[tokio::test]
async fn a_payout_is_held_paid_by_the_network_and_announced() {
    let (program, mut receiver, registration) = listening("payouts", "payout.paid").await;
    receiver.trust(&registration.secret).expect("a secret");
    sold(&program).await;
    let key = json!({ "key": "maria@example.com" });
    let validated = program.post("/v1/pix-keys/validate", &key).await.expect("an answer");
    assert_eq!((&validated["valid"], &validated["type"]), (&json!(true), &json!("email")));

    let created = pay_out(&program, 2_500).await;
    assert_eq!(created["status"], "processing");
    let arrived = next(&mut receiver, "payout.paid").await;
    assert_eq!(arrived.verdict, Ok(()), "the signature of Standard Webhooks");
    let paid = arrived.event()["data"]["object"].clone();
    assert_eq!((&paid["id"], &paid["status"]), (&created["id"], &json!("paid")));
    assert_eq!(paid["end_to_end_id"], created["end_to_end_id"]);
    let path = format!("/v1/payouts/{}", text(&created["id"]));
    assert_eq!(program.get(&path).await.expect("the payout")["status"], "paid");
    let receipt = program.get(&format!("{path}/receipt")).await.expect("the receipt");
    assert_eq!(
        (&receipt["state"], &receipt["title"]),
        (&json!("paid"), &json!("Comprovante de Pix"))
    );
    let pdf = program.call(Method::GET, &format!("{path}/receipt?format=pdf"), None).await;
    assert!(pdf.is_ok(), "the receipt as a PDF");
    let code = format!("/receipts/{}?format=json", text(&receipt["proof"]["code"]));
    let answer = anonymous().call(Method::GET, &code, None).await.expect("the answer to the code");
    assert_eq!(answer.body["verdict"], "confirmed");
    let cancel = program.post(&format!("{path}/cancel"), &json!({})).await;
    refused(cancel, 409, "payout_state");
    let much = json!({ "amount_cents": 1_000_000, "to": { "pix_key": key } });
    let much = program.with("idempotency-key", "much").post("/v1/payouts", &much).await;
    refused(much, 422, "insufficient_funds");
}

/// 2003 cents: the network pays and its answer is lost. A batch beside it waits for the same schedule.
#[tokio::test]
async fn the_schedule_asks_about_a_payout_and_opens_a_batch() {
    let (program, _receiver, _) = listening("payout-clock", "payout.paid").await;
    sold(&program).await;
    let payout = pay_out(&program, 2_003).await;
    let line = json!({ "amount_cents": 100, "to": { "pix_key": { "key": "maria@example.com" } } });
    let batch = json!({ "payouts": [line, line] });
    let batch = program.with("idempotency-key", "batch").post("/v1/payout-batches", &batch).await;
    let batch = format!("/v1/payout-batches/{}", text(&batch.expect("a batch")["id"]));
    let payout = format!("/v1/payouts/{}", text(&payout["id"]));
    soon("the payout is paid and the batch opened", async || {
        let payout = program.get(&payout).await.expect("the payout");
        let batch = program.get(&batch).await.expect("the batch");
        let done = payout["status"] == "paid" && batch["status"] != "opening";
        done.then(|| {
            assert_eq!((&payout["unconfirmed_since"], &batch["created"]), (&Value::Null, &json!(2)))
        })
    })
    .await;
}
