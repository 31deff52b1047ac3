//! Charges that name no payer: anybody may pay them, as at a counter.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge, text};

async fn send(world: &World, tenant: &Tenant, body: &Value) -> TestResponse {
    let name = format!("order-{}", world.logged().len());
    let ask = world.post("/v1/charges").key(&tenant.program.api_key);
    ask.idempotency_key(&name).json(body).send().await
}

fn for_anybody() -> Value {
    json!({ "method": "pix", "amount_cents": 1_000 })
}

#[tokio::test]
async fn the_one_who_pays_is_the_counterparty_of_all_that_follows() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge = send(&world, &tenant, &for_anybody()).await.created();
    assert_eq!(charge["payer"], Value::Null);
    assert_eq!(world.charges(key).await[0]["payer"], Value::Null);
    let id = text(&charge["id"]);
    let world = &world;
    let find = async |path: &str| world.get(path).key(key).send().await.ok();
    let unpaid = find(&format!("/v1/transactions/{id}")).await;
    assert_eq!(unpaid["counterparty"], Value::Null);

    let payment = json!({
        "amount_cents": 1_000, "txid": charge["pix"]["txid"],
        "payer": { "name": "Comercio Exemplo Ltda",
                   "document": { "type": "cnpj", "number": "11222333000181" } },
    });
    world.arrive(key, &payment).await.created();
    let paid = world.find_charge(key, &id).await;
    assert_eq!((&paid["status"], &paid["payer"]), (&json!("credited"), &Value::Null));
    assert_eq!(paid["payment"]["payer"]["name"], "Comercio Exemplo Ltda");
    let paid = find(&format!("/v1/transactions/{id}")).await;
    assert_eq!(paid["counterparty"]["name"], "Comercio Exemplo Ltda");
    let statement = find("/v1/statement?from=2026-11-23&until=2026-11-23").await;
    let entries = statement["data"].as_array().expect("a list");
    // A fee has no other party.
    for entry in entries.iter().filter(|entry| entry["kind"] != "charge_fee") {
        assert_eq!(entry["counterparty"]["name"], "Comercio Exemplo Ltda", "{entry}");
    }
    let found = find("/v1/charges?document=11222333000181").await;
    assert_eq!(found["data"][0]["id"], charge["id"]);
    // The fee is not part of what the refund can use.
    world.pay_in(key, 1_000).await;
    let refund = world.refund(key, &id, "all", &json!({ "amount_cents": 1_000 })).await;
    assert_eq!(refund.status, 201);
}

/// The rule that only the payer of a charge pays it says nothing about a charge that names no payer.
#[tokio::test]
async fn anybody_pays_also_where_only_the_payer_of_a_charge_may_pay() {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    tenant.ana.log_in(&world).await.created();
    world.wait(31);
    let settings = json!({ "return_after_days": null, "same_payer_only": true });
    let ask = tenant.ana.ask_with_code(&world, "PUT", "/v1/credit-settings");
    ask.json(&settings).send().await.ok();
    let key = &tenant.program.api_key;
    let charge = send(&world, &tenant, &for_anybody()).await.created();
    let paid = world.pay(key, &text(&charge["id"])).await.ok();
    assert_eq!(paid["status"], "credited");
}

/// The network asks who owes a charge with a due date (API Pix, `cobv`: `devedor`).
#[tokio::test]
async fn a_charge_with_a_due_date_needs_a_payer() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = for_anybody();
    body["due_date"] = json!("2026-11-30");
    send(&world, &tenant, &body).await.violation("payer", "required");
    let mut half = new_charge();
    half["payer"].as_object_mut().expect("an object").remove("document");
    send(&world, &tenant, &half).await.violation("payer.document", "required");
}
