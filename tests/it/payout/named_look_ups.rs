//! Payouts whose request names a look-up: they go to the owner whom the caller saw, or to none.

use serde_json::{Value, json};
use tests::{Tenant, World, new_payout, text};

use crate::payout::approvals::FourEyes;
use crate::payout::pix_keys::asking;

const KEY: &str = "maria@example.com";

async fn funded() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 100_000).await;
    (world, tenant)
}

/// Returns the answer about an e-mail address.
async fn validate(world: &World, tenant: &Tenant, key: &str) -> Value {
    asking(world, tenant, "email", key).send().await.ok()
}

/// Returns a payout to the key of Maria that names a look-up.
fn naming(lookup: &Value) -> Value {
    let mut payout = new_payout();
    payout["lookup_id"] = lookup["lookup_id"].clone();
    payout
}

/// Returns the status of a payout and the reason of its last change.
async fn state(world: &World, tenant: &Tenant, payout: &Value) -> (Value, Value) {
    let found = world.find_payout(&tenant.program.api_key, &payout["id"]).await;
    let last = found["status_history"].as_array().and_then(|all| all.last()).expect("a status");
    (found["status"].clone(), last["reason"].clone())
}

#[tokio::test]
async fn the_payout_goes_to_the_owner_seen_and_pays_no_second_look_up() {
    let (world, tenant) = funded().await;
    let lookup = validate(&world, &tenant, KEY).await;
    assert_eq!(lookup["lookup_expires_at"], "2026-11-23T12:05:00.000Z");
    let id = text(&lookup["lookup_id"]);
    assert!(id.starts_with("lku_") && !id.contains("52998224725"), "{id}");
    world.wait(299);
    let payout = world.payout(&tenant.program.api_key, "1", &naming(&lookup)).await.created();
    assert_eq!(payout["bound_to_owner"], true);
    for owner in [&payout["recipient"], &payout["key_owner"]] {
        assert_eq!((&owner["name"], &owner["ispb"]), (&json!("Maria Silva"), &json!("60701190")));
        assert_eq!(owner["document_masked"], "***.982.247-**");
        assert_eq!(owner["checked_at"], lookup["checked_at"]);
    }
    world.deliver().await;
    assert_eq!(state(&world, &tenant, &payout).await.0, "paid");
    assert_eq!(world.network.looked_up().len(), 1, "the answer was remembered");
    // Only the look-up of the validation is in the trail, as before.
    let other = world.payout(&tenant.program.api_key, "2", &new_payout()).await.created();
    assert_eq!((&other["bound_to_owner"], &other["recipient"]), (&json!(false), &Value::Null));
}

/// The key changes hands between the look-up and the payment.
#[tokio::test]
async fn another_owner_at_submission_rejects_the_payout_and_no_money_leaves() {
    let (world, tenant) = funded().await;
    let balance = async || world.ledger(tenant.account_id).await.0.balances.available_cents;
    let (lookup, before) = (validate(&world, &tenant, KEY).await, balance().await);
    let mut payout = naming(&lookup);
    payout["scheduled_for"] = json!("2026-11-24T12:00:00Z");
    let bound = world.payout(&tenant.program.api_key, "1", &payout).await.created();
    payout.as_object_mut().expect("an object").remove("lookup_id");
    let free = world.payout(&tenant.program.api_key, "2", &payout).await.created();
    world.network.give_key(KEY, "Bruno Costa");
    world.wait_and_deliver(24 * 3_600).await;
    world.wait_and_deliver(61).await;
    let rejected = (json!("rejected"), json!("recipient_changed"));
    assert_eq!(state(&world, &tenant, &bound).await, rejected);
    let failure = world.find_payout(&tenant.program.api_key, &bound["id"]).await["failure"].take();
    assert_eq!(
        (&failure["code"], &failure["caused_by"]),
        (&json!("recipient_changed"), &json!("caller"))
    );
    // Without a look-up, the payout goes to the present owner, who has the CPF of the beneficiary.
    assert_eq!(state(&world, &tenant, &free).await.0, "paid");
    assert_eq!(world.network.payout_submissions(), 1);
    let paid = world.find_payout(&tenant.program.api_key, &free["id"]).await;
    let net = paid["net_amount_cents"].as_u64().expect("an amount");
    assert_eq!(balance().await, before - net);
}

#[tokio::test]
async fn users_approve_the_owner_of_the_look_up_without_another_look_up() {
    let office = FourEyes::with(&[(0, 1)]).await;
    let lookup = validate(&office.world, &office.tenant, KEY).await;
    let mut body = naming(&lookup);
    let key = &office.tenant.program.api_key;
    let payout = office.world.payout(key, "1", &body).await.created();
    assert_eq!(
        (&payout["status"], &payout["key_owner"]["name"]),
        (&json!("awaiting_approval"), &json!("Maria Silva"))
    );
    office.decide(&office.approvers[0], &payout, "approve").await.ok();
    office.world.deliver().await;
    assert_eq!(office.find(&payout).await["status"], "paid");
    assert_eq!(office.world.network.looked_up().len(), 1);
    // An approved payout of a look-up does not go back to its approvers for another owner: it ends.
    body["scheduled_for"] = json!("2026-11-24T12:00:00Z");
    let later = office.world.payout(key, "2", &body).await.created();
    office.decide(&office.approvers[0], &later, "approve").await.ok();
    office.world.network.give_key(KEY, "Bruno Costa");
    office.world.wait_and_deliver(24 * 3_600).await;
    office.world.wait_and_deliver(61).await;
    assert_eq!(
        state(&office.world, &office.tenant, &later).await,
        (json!("rejected"), json!("recipient_changed"))
    );
    assert_eq!(office.money().await.1, 0);
}

#[tokio::test]
async fn a_look_up_that_does_not_fit_is_refused_by_its_field_everywhere() {
    let (world, tenant) = funded().await;
    let other = world.tenant("other").await;
    let mut lookup = validate(&world, &tenant, KEY).await;
    let mut foreign = naming(&validate(&world, &other, KEY).await);
    foreign["reference"] = json!("foreign");
    let of_another_key = naming(&validate(&world, &tenant, "ana@example.com").await);
    let mut to_account = naming(&lookup);
    to_account["to"] = json!({ "bank_account": {
        "bank_code": "341", "branch": "1234", "number": "12345-1", "type": "checking",
    } });
    let mut invented = naming(&lookup);
    invented["lookup_id"] = json!("lku_1.AAAA");
    let changed = text(&lookup["lookup_id"]).replace("lku_", "lku-");
    let mut misspelt = naming(&lookup);
    misspelt["lookup_id"] = json!(changed);
    let mut for_another_person = naming(&lookup);
    for_another_person["beneficiary"]["document"]["number"] = json!("390.533.447-05");
    let cases = [
        (foreign, "lookup_id", "unknown_value"),
        (of_another_key, "lookup_id", "unknown_value"),
        (to_account, "lookup_id", "invalid_format"),
        (invented, "lookup_id", "unknown_value"),
        (misspelt, "lookup_id", "unknown_value"),
    ];
    let refused = async |payout: &Value, field: &str, flaw: &str| {
        let key = &tenant.program.api_key;
        world.payout(key, "refused", payout).await.violation(field, flaw);
        let preview = world.post("/v1/payouts/preview").key(key).json(payout).send().await;
        preview.violation(field, flaw);
        let batch = json!({ "payouts": [new_payout(), payout] });
        for path in ["/v1/payout-batches", "/v1/payout-batches/preview"] {
            let ask = world.post(path).key(key).idempotency_key("refused").json(&batch);
            ask.send().await.violation(&format!("payouts[1].{field}"), flaw);
        }
    };
    for (payout, field, flaw) in cases {
        refused(&payout, field, flaw).await;
    }
    // The answer does not confirm a document; the payout ends when it is submitted.
    let payout =
        world.payout(&tenant.program.api_key, "other", &for_another_person).await.created();
    world.deliver().await;
    assert_eq!(
        state(&world, &tenant, &payout).await,
        (json!("rejected"), json!("beneficiary_mismatch"))
    );
    // The id ends with the remembered answer, to the second, also if that answered a later request.
    world.wait(200);
    lookup = validate(&world, &tenant, KEY).await;
    assert_eq!(lookup["from_cache"], true);
    world.wait(100);
    refused(&naming(&lookup), "lookup_id", "out_of_range").await;
    let unknown = validate(&world, &tenant, "nobody@sandbox.example").await;
    assert_eq!(
        (&unknown["lookup_id"], &unknown["lookup_expires_at"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(world.network.payout_submissions(), 0);
}

#[tokio::test]
async fn a_preview_and_a_batch_use_the_named_look_up() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let lookup = validate(&world, &tenant, KEY).await;
    let mut line = naming(&lookup);
    line["reference"] = json!("bound");
    let preview = world.post("/v1/payouts/preview").key(key).json(&line).send().await.ok();
    assert_eq!(preview["owner"]["name"], "Maria Silva");
    assert_eq!((&preview["lookup"], &preview["refusal"]), (&Value::Null, &Value::Null));
    assert_eq!(preview["checked_at"], lookup["checked_at"]);
    let batch = json!({ "payouts": [line] });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("batch").json(&batch);
    ask.send().await.expect(202);
    // The line is opened after the look-up has expired; it was valid when Trilho accepted the batch.
    world.wait_and_deliver(400).await;
    world.wait_and_deliver(61).await;
    let found = world.get("/v1/payouts?reference=bound").key(key).send().await.ok();
    let payout = &found["data"][0];
    assert_eq!((&payout["bound_to_owner"], &payout["status"]), (&json!(true), &json!("paid")));
}
