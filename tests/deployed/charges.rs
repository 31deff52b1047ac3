//! Money coming in.

use axum::http::Method;
use jiff::SignedDuration;
use serde_json::json;

use crate::stack::{DeployedAccount, anonymous, new_charge, refused, text, within};

/// The schedule comes every minute, and a rule's first run can take another.
const TWO_TICKS: SignedDuration = SignedDuration::from_secs(150);

#[tokio::test]
async fn a_charge_sent_twice_is_one_and_wrong_input_is_named() {
    let mut account = DeployedAccount::open("charges").await;
    let program = account.program(&["127.0.0.1", "::1"]).await;
    let order = program.with("idempotency-key", "order-1");
    let first = order.call(Method::POST, "/v1/charges", Some(&new_charge(4_990))).await;
    let first = first.expect("a charge");
    let second = order.call(Method::POST, "/v1/charges", Some(&new_charge(4_990))).await;
    let second = second.expect("the same charge");
    assert_eq!(first.body, second.body);
    assert_eq!(
        second.headers.get("idempotent-replayed").map(|it| it.as_bytes()),
        Some(&b"true"[..])
    );
    let other = order.post("/v1/charges", &new_charge(5_000)).await;
    refused(other, 422, "idempotency_key_reused");

    let mut wrong = new_charge(4_990);
    wrong["unexpected_field"] = json!(1);
    let wrong = program.with("idempotency-key", "order-2").post("/v1/charges", &wrong).await;
    let wrong = refused(wrong, 400, "invalid_request");
    assert_eq!(wrong.problem["violations"][0]["field"], "unexpected_field");
    let unnamed = program.post("/v1/charges", &new_charge(4_990)).await;
    refused(unnamed, 400, "idempotency_key_missing");

    let id = text(&first.body["id"]);
    let picture = program.call(Method::GET, &format!("/v1/charges/{id}/qr-code"), None).await;
    let kind = picture.expect("a picture").headers.get("content-type").cloned();
    assert_eq!(kind.expect("a type").as_bytes(), b"image/svg+xml");
    let location = format!("/pix/{}", text(&first.body["pix"]["txid"]));
    anonymous().call(Method::GET, &location, None).await.expect("the payload for the payer's bank");
    program.post(&format!("/v1/charges/{id}/cancel"), &json!({})).await.expect("cancelled");
    let paid = program.post(&format!("/v1/sandbox/charges/{id}/pay"), &json!({})).await;
    refused(paid, 409, "charge_state");
}

/// 1001 cents are credited a minute after they are paid: by the schedule alone.
#[tokio::test]
async fn the_schedule_credits_what_came_due() {
    let mut account = DeployedAccount::open("schedule").await;
    let program = account.program(&["127.0.0.1", "::1"]).await;
    let order = program.with("idempotency-key", "order-1");
    let charge = order.post("/v1/charges", &new_charge(1_001)).await.expect("a charge");
    let path = format!("/v1/charges/{}", text(&charge["id"]));
    let pay = format!("/v1/sandbox{}/pay", path.trim_start_matches("/v1"));
    program.post(&pay, &json!({})).await.expect("paid");
    let paid = program.get(&path).await.expect("the charge");
    assert_eq!(paid["status"], "paid");
    within(TWO_TICKS, "the charge is credited", async || {
        let charge = program.get(&path).await.expect("the charge");
        (charge["status"] == "credited").then_some(())
    })
    .await;
}
