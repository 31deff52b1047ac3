//! The rules of an account for payments that match no charge exactly.

use jiff::SignedDuration;
use serde_json::{Value, json};
use tests::{Tenant, World, new_charge, text};

const DAY: i64 = 24 * 3_600;

async fn account(settings: &Value) -> (World, Tenant) {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    replace(&world, &tenant, settings).await;
    (world, tenant)
}

async fn replace(world: &World, tenant: &Tenant, settings: &Value) -> Value {
    // A code is used once.
    world.wait(31);
    let ask = tenant.ana.ask_with_code(world, "PUT", "/v1/credit-settings");
    ask.json(settings).send().await.ok()
}

async fn charge(world: &World, tenant: &Tenant, amount_cents: u64) -> Value {
    let mut body = new_charge();
    body["amount_cents"] = json!(amount_cents);
    let name = format!("charge-{amount_cents}");
    let ask = world.post("/v1/charges").key(&tenant.program.api_key).idempotency_key(&name);
    ask.json(&body).send().await.created()
}

#[tokio::test]
async fn the_rules_are_off_until_a_moderator_sets_them() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    let key = tenant.program.api_key.clone();
    let shown = world.get("/v1/credit-settings").key(&key).send().await.ok();
    let off = json!({
        "return_after_days": null, "accepted_difference_cents": 0, "same_payer_only": false,
        "updated_at": null,
    });
    assert_eq!(shown, off);
    let settings = json!({ "return_after_days": 7, "same_payer_only": true });
    let replaced = replace(&world, &tenant, &settings).await;
    assert_eq!(replaced["return_after_days"], 7);
    assert_eq!(world.get("/v1/credit-settings").key(&key).send().await.ok(), replaced);
    world.wait(31);
    for (field, value) in [
        ("return_after_days", 81_u64),
        ("return_after_days", 0),
        ("accepted_difference_cents", 100_000_000_000),
    ] {
        let ask = tenant.ana.ask_with_code(&world, "PUT", "/v1/credit-settings");
        ask.json(&json!({ field: value })).send().await.violation(field, "out_of_range");
    }
}

#[tokio::test]
async fn a_difference_that_the_account_accepts_pays_the_charge() {
    let (world, tenant) = account(&json!({ "accepted_difference_cents": 100 })).await;
    let key = &tenant.program.api_key;
    for (asked_cents, paid_cents) in [(1_012, 912), (1_013, 1_113)] {
        let charge = charge(&world, &tenant, asked_cents).await;
        let paid = world.pay(key, &text(&charge["id"])).await.ok();
        assert_eq!(
            (&paid["status"], &paid["paid_amount_cents"]),
            (&json!("credited"), &json!(paid_cents))
        );
        assert_eq!(paid["payment"]["amount_cents"], paid_cents);
    }
    // The fee is of what was paid: 9 and 11 cents.
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.fees_cents), (2_005, 20));
    let other = charge(&world, &tenant, 5_000).await;
    let payment = json!({ "amount_cents": 4_899, "txid": other["pix"]["txid"] });
    let arrived = world.arrive(key, &payment).await.created();
    let credit = world.find_credit(key, &arrived["credit_id"]).await;
    assert_eq!(credit["reason"], "amount_mismatch");
}

#[tokio::test]
async fn only_the_payer_of_the_charge_pays_it_if_the_account_demands_that() {
    let (world, tenant) = account(&json!({ "same_payer_only": true })).await;
    let key = &tenant.program.api_key;
    let charge = charge(&world, &tenant, 1_016).await;
    assert_eq!(world.pay(key, &text(&charge["id"])).await.ok()["status"], "pending");
    let txid = &charge["pix"]["txid"];
    // A payer whom the network does not name could be anybody.
    let unknown = json!({ "amount_cents": 1_016, "txid": txid });
    let unknown = world.arrive(key, &unknown).await.created();
    for credit in world.credits(key).await {
        assert_eq!(credit["reason"], "payer_mismatch");
    }
    assert_eq!((world.credits(key).await.len(), &unknown["charge_id"]), (2, &Value::Null));
    let payer = json!({ "document": { "type": "cpf", "number": "52998224725" } });
    let body = json!({ "amount_cents": 1_016, "txid": txid, "payer": payer });
    assert_eq!(world.arrive(key, &body).await.created()["charge_id"], charge["id"]);
}

/// The rule returns what is there after its days. A later change of the rule is for later payments.
#[tokio::test]
async fn a_credit_is_returned_by_the_rule_of_the_account() {
    let (world, tenant) = account(&json!({ "return_after_days": 2 })).await;
    let key = tenant.program.api_key.clone();
    let [left, kept] = [world.credit(&key, 700).await, world.credit(&key, 800).await];
    assert!(!left["returns_at"].is_null());
    replace(&world, &tenant, &json!({})).await;
    let later = world.credit(&key, 900).await;
    assert!(later["returns_at"].is_null());
    let after = world.decide(&key, &kept, "keep", &json!({})).await.ok();
    assert!(after["returns_at"].is_null());
    world.wait_and_deliver(2 * DAY - 62).await;
    assert_eq!(world.find_credit(&key, &left["id"]).await["status"], "unmatched");
    world.wait_and_deliver(31).await;
    world.wait_and_deliver(60).await;
    let returned = world.find_credit(&key, &left["id"]).await;
    assert_eq!((&returned["status"], &returned["decided_by"]), (&json!("returned"), &Value::Null));
    assert_eq!(world.find_credit(&key, &kept["id"]).await["status"], "kept");
    assert_eq!(world.find_credit(&key, &later["id"]).await["status"], "unmatched");
    assert_eq!(world.network.refunds().len(), 1);
    assert_eq!(world.ledger(tenant.account_id).await.0.balances.unmatched_cents, 900);
}

/// The report came so late that the network accepts no return. The credit waits for a person.
#[tokio::test]
async fn a_credit_that_cannot_be_returned_any_more_is_left_to_a_person() {
    let (world, tenant) = account(&json!({ "return_after_days": 1 })).await;
    let key = &tenant.program.api_key;
    let body = json!({ "amount_cents": 700, "paid_at": "2026-08-25T12:00:00Z" });
    let arrived = world.arrive(key, &body).await.created();
    world.wait_and_tick(DAY).await;
    let credit = world.find_credit(key, &arrived["credit_id"]).await;
    assert_eq!((&credit["status"], &credit["returns_at"]), (&json!("unmatched"), &Value::Null));
    assert!(world.wait_and_tick(60).await <= 1, "nothing is due any more");
}

/// The network accepts a return for 90 days after the payment.
#[tokio::test]
async fn a_late_payment_is_returned_by_the_rule_before_the_network_accepts_none_any_more() {
    for (days_ago, returned) in [(86, true), (91, false)] {
        let (world, tenant) = account(&json!({ "return_after_days": 5 })).await;
        let key = &tenant.program.api_key;
        let paid_at = world.now() - SignedDuration::from_hours(24 * days_ago);
        let body = json!({ "amount_cents": 700, "paid_at": paid_at });
        let payment = world.arrive(key, &body).await.created();
        let credit = world.find_credit(key, &payment["credit_id"]).await;
        assert_eq!(credit["returns_at"].is_string(), returned, "{credit}");
        if returned {
            assert!(text(&credit["returns_at"]) < text(&credit["returnable_until"]), "{credit}");
        }
        world.wait_and_deliver(3 * 86_400 + 60).await;
        world.wait_and_deliver(120).await;
        let after = world.find_credit(key, &payment["credit_id"]).await;
        let expected = if returned { "returned" } else { "unmatched" };
        assert_eq!(after["status"], expected, "{after}");
    }
}
