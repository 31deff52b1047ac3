//! The return of a credit to its payer.

use serde_json::{Value, json};
use tests::{Tenant, World, text};

async fn account() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

async fn unmatched_cents(world: &World, tenant: &Tenant) -> u64 {
    world.ledger(tenant.account_id).await.0.balances.unmatched_cents
}

#[tokio::test]
async fn a_returned_credit_leaves_nothing_in_the_books_and_has_no_fee() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    let credit = world.credit(key, 700).await;
    let body = json!({ "reason": "Order cancelled" });
    let returning = world.decide(key, &credit, "return", &body).await.ok();
    assert_eq!(returning["status"], "returning");
    assert_eq!(unmatched_cents(&world, &tenant).await, 700);
    world.decide(key, &credit, "keep", &json!({})).await.problem(409, "credit_state");
    world.deliver().await;
    let returned = world.find_credit(key, &credit["id"]).await;
    assert_eq!((&returned["status"], &returned["fees_cents"]), (&json!("returned"), &json!(0)));
    assert!(text(&returned["return_id"]).starts_with('D'), "{returned}");
    let now = json!("2026-11-23T12:00:00.000Z");
    assert_eq!((&returned["returned_at"], &returned["credited_at"]), (&now, &Value::Null));
    assert_eq!((&returned["net_amount_cents"], &returned["failure"]), (&Value::Null, &Value::Null));
    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!((books.balances.clearing_cents, entries.len()), (0, 2));
    let orders = world.network.refunds();
    let [order] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(
        order.end_to_end_id.as_ref().map(ToString::to_string),
        Some(text(&credit["end_to_end_id"]))
    );
    assert_eq!((order.amount_cents, order.reason.as_deref()), (700, Some("Order cancelled")));
}

#[tokio::test]
async fn a_return_that_the_network_rejects_waits_for_a_decision_again() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    // The sandbox rejects returns of this amount: the payer's account is closed.
    let credit = world.credit(key, 3_006).await;
    let id = text(&credit["id"]);
    let mut order_ids = Vec::new();
    for name in ["first", "second"] {
        let ask = world.post(&format!("/v1/credits/{id}/return")).key(key).idempotency_key(name);
        ask.json(&json!({})).send().await.ok();
        world.deliver().await;
        let after = world.find_credit(key, &credit["id"]).await;
        assert_eq!(
            (&after["status"], &after["unconfirmed_since"]),
            (&json!("unmatched"), &Value::Null)
        );
        let history = after["status_history"].as_array().cloned().expect("a list");
        assert_eq!(
            history.last().map(|last| last["reason"].clone()),
            Some(json!("account_closed"))
        );
        let failure = &after["failure"];
        assert_eq!(
            (&failure["network_code"], &failure["caused_by"]),
            (&json!("AC07"), &json!("payer_bank"))
        );
        let shown = world.get(&format!("/v1/transactions/{id}")).key(key).send().await.ok();
        assert_eq!((&shown["failure"], &shown["returned_at"]), (failure, &Value::Null));
        order_ids = world.network.refunds().iter().map(|order| order.order_id.clone()).collect();
    }
    assert_eq!(order_ids.len(), 2, "each return has an order id of its own");
    assert_eq!(unmatched_cents(&world, &tenant).await, 3_006);
    let ask = world.post(&format!("/v1/credits/{id}/return")).key(key).idempotency_key("third");
    assert_eq!(ask.json(&json!({})).send().await.ok()["failure"], Value::Null, "a new return");
    world.deliver().await;
    world.decide(key, &credit, "keep", &json!({})).await.ok();
    assert_eq!(unmatched_cents(&world, &tenant).await, 0);
}

#[tokio::test]
async fn the_sandbox_sets_the_outcome_of_a_return_that_waits() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    for (outcome, status) in [("rejected", "unmatched"), ("paid", "returned")] {
        let credit = world.credit(key, 3_005).await;
        let path = format!("/v1/sandbox/credits/{}/outcome", text(&credit["id"]));
        let resolve =
            async || world.post(&path).key(key).json(&json!({ "outcome": outcome })).send().await;
        resolve().await.problem(409, "credit_state");
        world.decide(key, &credit, "return", &json!({})).await.ok();
        world.deliver().await;
        assert_eq!(world.find_credit(key, &credit["id"]).await["status"], "returning");
        assert_eq!(resolve().await.ok()["status"], status);
    }
    assert_eq!(unmatched_cents(&world, &tenant).await, 3_005);
}

#[tokio::test]
async fn the_network_accepts_a_return_for_90_days() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    let paid_at = "2026-08-25T12:00:00Z";
    let body = json!({ "amount_cents": 700, "paid_at": paid_at });
    let arrived = world.arrive(key, &body).await.created();
    let credit = world.find_credit(key, &arrived["credit_id"]).await;
    assert_eq!(credit["returnable_until"], "2026-11-23T12:00:00.000Z");
    let refused = world.decide(key, &credit, "return", &json!({})).await;
    refused.problem(422, "refund_window_closed");
    assert_eq!(unmatched_cents(&world, &tenant).await, 700);
}
