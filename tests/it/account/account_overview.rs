//! `GET /v1/account`: the terms of the account, and what is left of its limits.

use domain::access::Permission;
use domain::account::Stage;
use serde_json::{Value, json};
use tests::{Tenant, World, new_payout};

async fn show(world: &World, api_key: &str) -> Value {
    world.get("/v1/account").key(api_key).send().await.ok()
}

/// An account with money, and a limit for each day and each night.
async fn limited() -> (World, Tenant) {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    tenant.bruno.log_in(&world).await.created();
    let settings = json!({
        "approval_rules": [{ "from_cents": 50_000, "approvals": 1 }],
        "review_from_cents": 90_000,
        "limits": { "per_payout_cents": 60_000, "per_day_cents": 10_000, "per_night_cents": 4_000 },
    });
    world.protect(&tenant, &settings).await;
    world.pay_in(&tenant.program.api_key, 100_000).await;
    (world, tenant)
}

#[tokio::test]
async fn products_fees_merchant_and_limits_are_those_of_the_account() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let account = show(&world, &tenant.program.api_key).await;
    assert_eq!(account["id"], json!(tenant.account_id));
    assert_eq!((&account["stage"], &account["status"]), (&json!("sandbox"), &json!("active")));
    assert_eq!(account["frozen_at"], Value::Null);
    assert_eq!(
        account["merchant"],
        json!({
            "name": "loja", "city": "Sao Paulo",
            "pix_key": "123e4567-e12b-12d1-a456-426655440000", "cnpj": "11222333000181",
        })
    );
    let product = |name: &str| {
        let products = account["products"].as_array().expect("a list");
        products.iter().find(|one| one["product"] == name).cloned().expect("a product")
    };
    let fee = json!({ "fixed_cents": 0, "basis_points": 99 });
    assert_eq!(product("charges"), json!({ "product": "charges", "available": true, "fee": fee }));
    assert_eq!(product("refunds")["fee"], Value::Null);
    assert_eq!(product("pix_keys")["available"], true);
    let limits = &account["limits"];
    assert_eq!((&limits["webhook_endpoints"], &limits["batch_lines"]), (&json!(20), &json!(500)));
    assert_eq!(limits["amount_cents"], json!(99_999_999_999_u64));
    let usage = json!({ "unfinished_exports": 0, "waiting_payouts": 0 });
    assert_eq!(account["usage"], usage);
}

/// No bank is connected to the live stage yet.
#[tokio::test]
async fn a_stage_without_a_network_offers_no_product() {
    let world = World::on(Stage::Live).await;
    let tenant = world.tenant("loja").await;
    let account = show(&world, &tenant.program.api_key).await;
    let products = account["products"].as_array().expect("a list");
    assert_eq!((account["stage"].as_str(), products.len()), (Some("live"), 6));
    assert!(products.iter().all(|one| one["available"] == false), "{account}");
}

#[tokio::test]
async fn each_limit_says_what_is_used_what_is_left_and_when_it_resets() {
    let (world, tenant) = limited().await;
    let key = &tenant.program.api_key;
    world.payout(key, "1", &new_payout()).await.created();
    // Noon in UTC is 09:00 in São Paulo.
    let payouts = show(&world, key).await["payouts"].take();
    assert_eq!(
        payouts["day"],
        json!({
            "limit_cents": 10_000, "used_cents": 2_500, "left_cents": 7_500,
            "starts_at": "2026-11-23T03:00:00.000Z", "resets_at": "2026-11-24T03:00:00.000Z",
        })
    );
    assert_eq!(
        payouts["night"],
        json!({
            "limit_cents": 4_000, "used_cents": 0, "left_cents": 4_000,
            "starts_at": "2026-11-23T23:00:00.000Z", "resets_at": "2026-11-24T09:00:00.000Z",
        })
    );
    assert_eq!(payouts["per_payout_cents"], 60_000);
    assert_eq!(payouts["approval_rules"], json!([{ "from_cents": 50_000, "approvals": 1 }]));
    assert_eq!(payouts["review_from_cents"], 90_000);
    world.wait(12 * 3_600);
    world.payout(key, "2", &new_payout()).await.created();
    let payouts = show(&world, key).await["payouts"].take();
    assert_eq!(payouts["day"]["left_cents"], 5_000);
    assert_eq!(payouts["night"]["left_cents"], 1_500);
    // The limit refuses exactly what is not left.
    let mut more = new_payout();
    more["amount_cents"] = json!(1_501);
    world.payout(key, "3", &more).await.problem(422, "payout_limit");
    more["amount_cents"] = json!(1_500);
    world.payout(key, "4", &more).await.created();
}

#[tokio::test]
async fn the_budget_of_look_ups_and_the_open_objects_are_counted() {
    let (world, tenant) = limited().await;
    let key = &tenant.program.api_key;
    let budget = async || show(&world, key).await["lookup_budgets"][0].take();
    let full = json!({
        "key_types": ["phone", "email"], "left": 1_000, "left_for_validations": 500,
        "capacity": 1_000, "gain_per_minute": 20, "full_at": null,
    });
    assert_eq!(budget().await, full);
    for name in ["miss-1@missing.example", "miss-2@missing.example"] {
        let ask = world.post("/v1/pix-keys/validate").key(key);
        ask.json(&json!({ "type": "email", "key": name })).send().await.ok();
    }
    let spent = budget().await;
    assert_eq!((&spent["left"], &spent["left_for_validations"]), (&json!(960), &json!(460)));
    let full_at: jiff::Timestamp =
        spent["full_at"].as_str().and_then(|at| at.parse().ok()).expect("a time");
    assert_eq!(full_at, world.now() + jiff::SignedDuration::from_secs(120));
    world.wait(120);
    assert_eq!(budget().await, full);

    let export = json!({ "from": "2026-10-01", "until": "2026-10-31", "format": "ofx" });
    world.post("/v1/statement-exports").key(key).json(&export).send().await.expect(202);
    let mut waiting = new_payout();
    waiting["amount_cents"] = json!(49_000);
    waiting["wait_for_funds"] = json!(true);
    for name in ["1", "2", "3"] {
        waiting["scheduled_for"] = json!("2026-12-24T12:00:00Z");
        world.payout(key, name, &waiting).await.created();
    }
    let usage = show(&world, key).await["usage"].take();
    assert_eq!(usage, json!({ "unfinished_exports": 1, "waiting_payouts": 1 }));
}

#[tokio::test]
async fn what_a_permission_guards_is_null_without_it() {
    let (world, tenant) = limited().await;
    let with = async |permissions: &[Permission]| {
        let program = world.program(tenant.account_id, permissions, &["203.0.113.7"]).await;
        show(&world, &program.api_key).await
    };
    let none = with(&[]).await;
    assert_eq!(none["name"], show(&world, &tenant.program.api_key).await["name"]);
    assert_eq!((&none["payouts"], &none["lookup_budgets"]), (&Value::Null, &Value::Null));
    assert_eq!(none["usage"], json!({ "unfinished_exports": null, "waiting_payouts": null }));
    let payouts = with(&[Permission::PayoutsRead]).await;
    assert_eq!(payouts["payouts"]["day"]["limit_cents"], 10_000);
    assert_eq!(payouts["lookup_budgets"], Value::Null);
    assert!(with(&[Permission::PixKeysRead]).await["lookup_budgets"].is_array());
    let statements = with(&[Permission::StatementRead]).await;
    assert_eq!(statements["usage"]["unfinished_exports"], 0);
}

#[tokio::test]
async fn a_frozen_account_says_since_when() {
    let (world, tenant) = limited().await;
    let input = json!({ "account_id": tenant.account_id, "reason": "suspected fraud" });
    let frozen = world.bundle.operate("freeze_account", input).await.expect("frozen");
    let account = show(&world, &tenant.program.api_key).await;
    assert_eq!(account["status"], "frozen");
    assert_eq!(account["frozen_at"], frozen["frozen_at"]);
}
