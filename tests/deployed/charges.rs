//! Money coming in.

use axum::http::Method;
use serde_json::json;

use crate::stack::{DeployedAccount, anonymous, new_boleto, new_charge, refused, soon, text};

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
    let shown = format!("{location}/qr-code");
    anonymous().call(Method::GET, &shown, None).await.expect("the picture for a page or a mail");
    let url = text(&first.body["payment_url"]);
    let page = &url[url.find("/pay/").expect("the path of a page")..];
    anonymous().call(Method::GET, page, None).await.expect("the page for the payer");
    program.post(&format!("/v1/charges/{id}/cancel"), &json!({})).await.expect("cancelled");
    // The payment comes too late, becomes a credit, and goes back to the payer.
    let paid = program.post(&format!("/v1/sandbox/charges/{id}/pay"), &json!({})).await;
    assert_eq!(paid.expect("a report gets its answer")["status"], "cancelled");
    let credits = program.get("/v1/credits").await.expect("a list");
    let credit = &credits["data"][0];
    assert_eq!(
        (&credit["reason"], &credit["named_charge_id"]),
        (&json!("paid_after_cancellation"), &json!(id))
    );
    let path = format!("/v1/credits/{}", text(&credit["id"]));
    let order = program.with("idempotency-key", "return-1");
    order.post(&format!("{path}/return"), &json!({})).await.expect("on its way");
    soon("the credit is returned", async || {
        let credit = program.get(&path).await.expect("the credit");
        (credit["status"] == "returned").then_some(())
    })
    .await;
    let balance = program.get("/v1/balance").await.expect("the balance");
    assert_eq!(balance["unmatched_cents"], 0);
}

/// The queue registers the boleto, the notice makes it paid, and the settlement credits it.
#[tokio::test]
async fn a_boleto_is_registered_paid_and_credited() {
    let mut account = DeployedAccount::open("boleto").await;
    let program = account.program(&["127.0.0.1", "::1"]).await;
    let order = program.with("idempotency-key", "boleto-1");
    let charge = order.post("/v1/charges", &new_boleto(4_990)).await.expect("a charge");
    assert_eq!(charge["boleto"]["our_number"], 1);
    let path = format!("/v1/charges/{}", text(&charge["id"]));
    soon("the boleto is registered", async || {
        let charge = program.get(&path).await.expect("the charge");
        (charge["status"] == "pending").then_some(())
    })
    .await;
    let slip = program.call(Method::GET, &format!("{path}/slip"), None).await.expect("the slip");
    let kind = slip.headers.get("content-type").cloned();
    assert_eq!(kind.expect("a type").as_bytes(), b"application/pdf");
    let sandbox = format!("/v1/sandbox{}", path.trim_start_matches("/v1"));
    let paid = program.post(&format!("{sandbox}/pay"), &json!({})).await.expect("a notice");
    assert_eq!(paid["status"], "paid");
    let credited = program.post(&format!("{sandbox}/settle"), &json!({})).await.expect("the money");
    assert_eq!(credited["status"], "credited");
    let balance = program.get("/v1/balance").await.expect("the balance");
    assert_eq!((&balance["receivable_cents"], &balance["unmatched_cents"]), (&json!(0), &json!(0)));
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
    soon("the charge is credited", async || {
        let charge = program.get(&path).await.expect("the charge");
        (charge["status"] == "credited").then_some(())
    })
    .await;
}
