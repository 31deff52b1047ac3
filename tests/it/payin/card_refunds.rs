//! Refunds to cards: before and after the acquirer paid the instalments.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, text};

use super::cards::{balances, find, sold};

const DAY: i64 = 24 * 3_600;

async fn refund(world: &World, tenant: &Tenant, charge: &Value, amount_cents: u64) -> TestResponse {
    let path = format!("/v1/charges/{}/refunds", text(&charge["id"]));
    let name = format!("refund-{}", world.logged().len());
    let ask = world.post(&path).key(&tenant.program.api_key).idempotency_key(&name);
    ask.json(&json!({ "amount_cents": amount_cents })).send().await
}

async fn reject(world: &World, tenant: &Tenant, refund: &Value) {
    let path = format!("/v1/sandbox/refunds/{}/outcome", text(&refund["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key);
    ask.json(&json!({ "outcome": "rejected" })).send().await.ok();
}

fn open(charge: &Value) -> Vec<(u64, u64)> {
    let number = |value: &Value| value.as_u64().expect("a number");
    let all = charge["card"]["receivables"].as_array().expect("a list").iter();
    all.map(|one| (number(&one["amount_cents"]), number(&one["refunded_amount_cents"]))).collect()
}

#[tokio::test]
async fn a_refund_before_the_instalments_reduces_them_as_the_sale_was_divided() {
    let (world, tenant, charge) = sold("approved", 30_000, json!({ "installments": 3 })).await;
    let made = refund(&world, &tenant, &charge, 10_000).await.created();
    assert_eq!(made["status"], "processing");
    let held = balances(&world, &tenant).await;
    assert_eq!((held.available_cents, held.held_cents, held.receivable_cents), (0, 10_000, 20_000));
    world.deliver().await;
    let after = find(&world, &tenant, &charge).await;
    assert_eq!(
        (&after["status"], &after["refunded_amount_cents"]),
        (&json!("paid"), &json!(10_000))
    );
    assert_eq!(open(&after), [(10_000, 3_334), (10_000, 3_333), (10_000, 3_333)]);
    world.wait_and_tick(31 * DAY).await;
    assert_eq!(balances(&world, &tenant).await.receivable_cents, 13_334);
    world.wait_and_tick(31 * DAY).await;
    world.wait_and_tick(31 * DAY).await;
    let end = find(&world, &tenant, &charge).await;
    assert_eq!(end["status"], "credited");
    let books = balances(&world, &tenant).await;
    // 3.99 % of the sale of 30000 is 1197 cents; a refund does not return the fee.
    assert_eq!((books.available_cents, books.receivable_cents, books.held_cents), (18_803, 0, 0));
}

#[tokio::test]
async fn a_whole_refund_leaves_nothing_to_credit() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({ "installments": 3 })).await;
    refund(&world, &tenant, &charge, 10_001).await.problem(422, "refund_exceeds_charge");
    refund(&world, &tenant, &charge, 10_000).await.created();
    refund(&world, &tenant, &charge, 1).await.problem(422, "refund_exceeds_charge");
    world.deliver().await;
    for _ in 0..3 {
        world.wait_and_tick(31 * DAY).await;
    }
    let end = find(&world, &tenant, &charge).await;
    assert_eq!((&end["status"], &end["fees_cents"]), (&json!("credited"), &json!(0)));
    let books = balances(&world, &tenant).await;
    assert_eq!((books.available_cents, books.receivable_cents, books.held_cents), (0, 0, 0));
}

/// 3005 cents wait for a result in the sandbox.
#[tokio::test]
async fn a_rejected_refund_gives_the_instalments_their_money_back() {
    let (world, tenant, charge) = sold("approved", 6_010, json!({ "installments": 2 })).await;
    let made = refund(&world, &tenant, &charge, 3_005).await.created();
    world.deliver().await;
    assert_eq!(open(&find(&world, &tenant, &charge).await), [(3_005, 1_503), (3_005, 1_502)]);
    reject(&world, &tenant, &made).await;
    assert_eq!(open(&find(&world, &tenant, &charge).await), [(3_005, 0), (3_005, 0)]);
    let books = balances(&world, &tenant).await;
    assert_eq!((books.available_cents, books.held_cents, books.receivable_cents), (0, 0, 6_010));
}

/// The part of an instalment that was credited meanwhile comes back as available money.
#[tokio::test]
async fn a_refund_that_is_rejected_after_an_instalment_was_credited_loses_no_cent() {
    let (world, tenant, charge) = sold("approved", 6_010, json!({ "installments": 2 })).await;
    let made = refund(&world, &tenant, &charge, 3_005).await.created();
    world.deliver().await;
    world.wait_and_tick(31 * DAY).await;
    let books = balances(&world, &tenant).await;
    // 1502 of the first instalment, less its fee of 120.
    assert_eq!((books.available_cents, books.receivable_cents), (1_382, 1_503));
    reject(&world, &tenant, &made).await;
    let books = balances(&world, &tenant).await;
    assert_eq!(
        (books.available_cents, books.receivable_cents, books.held_cents),
        (2_885, 3_005, 0)
    );
    world.wait_and_tick(31 * DAY).await;
    let end = find(&world, &tenant, &charge).await;
    assert_eq!((&end["status"], &end["fees_cents"]), (&json!("credited"), &json!(240)));
    assert_eq!(balances(&world, &tenant).await.available_cents, 5_770);
}

/// Parts of credited instalments come from the available balance, which must have them.
#[tokio::test]
async fn a_refund_of_a_credited_instalment_needs_available_money() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({ "installments": 2 })).await;
    world.wait_and_tick(31 * DAY).await;
    // 5000 less the fee of 200 are available; half of 9602 is 4801.
    refund(&world, &tenant, &charge, 9_602).await.problem(422, "insufficient_funds");
    refund(&world, &tenant, &charge, 9_600).await.created();
    world.deliver().await;
    let books = balances(&world, &tenant).await;
    assert_eq!((books.available_cents, books.receivable_cents, books.held_cents), (0, 200, 0));
    let found = find(&world, &tenant, &charge).await;
    assert_eq!(found["refunded_amount_cents"], 9_600);
}

#[tokio::test]
async fn a_card_can_be_refunded_for_180_days() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({})).await;
    for _ in 0..6 {
        world.wait_and_tick(29 * DAY).await;
    }
    refund(&world, &tenant, &charge, 100).await.created();
    world.wait(7 * DAY);
    refund(&world, &tenant, &charge, 100).await.problem(422, "refund_window_closed");
}
