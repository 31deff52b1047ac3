//! What `POST /v1/charges/{id}/refunds` takes: every field at its limits, and every body that is none.

use serde_json::{Value, json};
use tests::{Tenant, World, new_refund};

async fn world() -> (World, Tenant, String) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.paid_charge(&tenant.program.api_key, 1_000_000).await;
    (world, tenant, charge)
}

/// Returns the usual body with this value.
fn with(name: &str, value: Value) -> Value {
    let mut body = new_refund();
    body[name] = value;
    body
}

/// Fault row 25, and everything else a caller can get wrong. Each is named, and nothing is written.
#[tokio::test]
async fn every_wrong_field_is_named_and_nothing_is_written() {
    let (world, tenant, charge) = world().await;
    let key = &tenant.program.api_key;
    let before = world.ledger(tenant.account_id).await;
    let notes: serde_json::Map<_, _> =
        (0..21).map(|number| (format!("note-{number}"), json!("x"))).collect();
    let wrong = [
        ("amount_cents", json!(0), "out_of_range"),
        ("amount_cents", json!(-1), "out_of_range"),
        ("amount_cents", json!(100_000_000_000_u64), "out_of_range"),
        ("amount_cents", json!(u64::MAX), "out_of_range"),
        ("amount_cents", json!(1.5), "wrong_type"),
        ("amount_cents", json!("100"), "wrong_type"),
        ("reason", json!(""), "wrong_length"),
        ("reason", json!("x".repeat(141)), "wrong_length"),
        ("reason", json!("two\nlines"), "forbidden_character"),
        ("reason", json!(7), "wrong_type"),
        ("reference", json!("x".repeat(65)), "wrong_length"),
        ("reference", json!(" "), "blank"),
        ("metadata", json!({ "": "x" }), "wrong_length"),
        ("metadata", Value::Object(notes), "wrong_length"),
        ("metadata", json!([]), "wrong_type"),
        ("currency", json!("USD"), "unknown_field"),
        ("status", json!("paid"), "unknown_field"),
        ("charge_id", json!("chg_1"), "unknown_field"),
        ("account_id", json!("acc_1"), "unknown_field"),
    ];
    world.bundle.faults().record();
    for (place, (field, value, flaw)) in wrong.into_iter().enumerate() {
        let body = with(field, value);
        let response = world.refund(key, &charge, &place.to_string(), &body).await;
        response.violation(field, flaw);
    }
    assert!(world.transactions().is_empty());
    assert_eq!(world.ledger(tenant.account_id).await, before);
}

#[tokio::test]
async fn all_flaws_are_reported_at_once() {
    let (world, tenant, charge) = world().await;
    let body = json!({ "amount_cents": 0, "reason": "", "reference": "", "metadata": { "": "" } });
    let response = world.refund(&tenant.program.api_key, &charge, "1", &body).await;
    let problem = response.problem(400, "invalid_request");
    assert_eq!(problem["violations"].as_array().expect("a list").len(), 4, "{problem}");
}

#[tokio::test]
async fn every_field_is_taken_at_its_limits() {
    let (world, tenant, charge) = world().await;
    let body = json!({
        "amount_cents": 1,
        "reason": "é".repeat(140),
        "reference": "x".repeat(64),
        "metadata": { "n".repeat(40): "v".repeat(500) },
    });
    let created = world.refund(&tenant.program.api_key, &charge, "1", &body).await.created();
    for (name, value) in body.as_object().expect("an object") {
        assert_eq!(&created[name], value, "{name}");
    }
}

#[tokio::test]
async fn a_refund_needs_an_idempotency_key_and_a_used_one_is_for_the_same_refund() {
    let (world, tenant, charge) = world().await;
    let key = &tenant.program.api_key;
    let ask = world.post(&format!("/v1/charges/{charge}/refunds")).key(key).json(&new_refund());
    ask.send().await.problem(400, "idempotency_key_missing");
    let first = world.refund(key, &charge, "1", &new_refund()).await;
    first.created();
    // Also when nothing is left, and when the refund has ended.
    world.deliver().await;
    let again = world.refund(key, &charge, "1", &new_refund()).await;
    assert!(again.is_replay() && again.body == first.body);
    let other = world.refund(key, &charge, "1", &with("amount_cents", json!(401))).await;
    other.problem(422, "idempotency_key_reused");
    let elsewhere = world.paid_charge(key, 1_000).await;
    let other = world.refund(key, &elsewhere, "1", &new_refund()).await;
    other.problem(422, "idempotency_key_reused");
    assert_eq!(world.find_charge(key, &charge).await["refunded_amount_cents"], 400);
}
