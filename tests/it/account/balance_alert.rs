//! The alert for a low balance: one event each time that the available balance falls below the amount.

use std::sync::Arc;

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, insist, new_payout, together};

async fn set(world: &World, tenant: &Tenant, below_cents: Value) -> TestResponse {
    let ask = world.request("PUT", "/v1/balance-alert").key(&tenant.program.api_key);
    ask.json(&json!({ "below_cents": below_cents })).send().await
}

async fn low_events(world: &World, tenant: &Tenant) -> Vec<Value> {
    let ask = world.get("/v1/events?type=balance.low&limit=100").key(&tenant.program.api_key);
    ask.send().await.ok()["data"].as_array().expect("a list").clone()
}

async fn pay_out(world: &World, tenant: &Tenant, name: &str, amount_cents: u64) {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    world.payout(&tenant.program.api_key, name, &payout).await.created();
}

#[tokio::test]
async fn each_fall_below_the_amount_is_one_event() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    assert_eq!(set(&world, &tenant, json!(5_000)).await.ok()["is_low"], false);
    pay_out(&world, &tenant, "1", 4_000).await;
    assert_eq!(low_events(&world, &tenant).await.len(), 0);
    pay_out(&world, &tenant, "2", 1_500).await;
    pay_out(&world, &tenant, "3", 100).await;
    let low = low_events(&world, &tenant).await;
    assert_eq!(low.len(), 1, "once while it stays low");
    let object = &low[0]["data"]["object"];
    assert_eq!((&object["below_cents"], &object["is_low"]), (&json!(5_000), &json!(true)));
    assert_eq!(object["available_cents"], 9_901 - 4_050 - 1_550);
    world.pay_in(key, 10_000).await;
    let shown = world.get("/v1/balance-alert").key(key).send().await.ok();
    assert_eq!(shown["is_low"], false);
    pay_out(&world, &tenant, "4", 12_000).await;
    assert_eq!(low_events(&world, &tenant).await.len(), 2);
    assert_eq!(set(&world, &tenant, Value::Null).await.ok()["is_low"], false);
    pay_out(&world, &tenant, "5", 100).await;
    assert_eq!(low_events(&world, &tenant).await.len(), 2);
    world.wait(1);
    // An amount above the balance is an event at once, and not again with the same state.
    for _ in 0..2 {
        assert_eq!(set(&world, &tenant, json!(90_000)).await.ok()["is_low"], true);
    }
    assert_eq!(low_events(&world, &tenant).await.len(), 3);
    let trail = tenant_trail(&world, tenant).await;
    assert_eq!(trail["data"][0]["after"], json!({ "below_cents": 90_000 }));
}

async fn tenant_trail(world: &World, mut tenant: Tenant) -> Value {
    tenant.ana.log_in(world).await.created();
    let path = "/v1/audit-events?action=balance_alert.replaced&limit=1";
    tenant.ana.request(world, "GET", path).send().await.ok()
}

#[tokio::test]
async fn an_amount_must_be_possible() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for below_cents in [json!(0), json!(100_000_000_000_u64), json!(-1), json!("1")] {
        let problem = set(&world, &tenant, below_cents.clone()).await;
        let problem = problem.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], "below_cents", "{below_cents}");
    }
}

/// Fault row 126. Of payouts at the same moment, exactly one crosses the amount.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_payouts_at_once_one_makes_the_balance_low() {
    let world = Arc::new(World::new().await);
    let tenant = Arc::new(world.tenant("loja").await);
    world.pay_in(&tenant.program.api_key, 100_000).await;
    set(&world, &tenant, json!(90_000)).await.ok();
    together(12, |number| {
        let (world, tenant) = (Arc::clone(&world), Arc::clone(&tenant));
        async move {
            let mut payout = new_payout();
            payout["amount_cents"] = json!(5_000);
            let ask = world.post("/v1/payouts").key(&tenant.program.api_key).json(&payout);
            insist(ask.idempotency_key(&number.to_string())).await.created();
        }
    })
    .await;
    assert_eq!(low_events(&world, &tenant).await.len(), 1);
    world.ledger(tenant.account_id).await;
}
