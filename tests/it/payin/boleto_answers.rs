//! Answers of the bank that come while the charge is paid, changed or expired, and what lists show of a boleto.

use serde_json::{Value, json};
use tests::{World, new_boleto, text};

use super::boletos::{act, balances, create, find, registered};

const DAY: i64 = 24 * 3_600;

/// The bank has written the boleto off when it withdraws the notice: no bank takes another payment.
#[tokio::test]
async fn a_notice_that_is_withdrawn_after_the_write_off_leaves_the_charge_cancelled() {
    let (world, tenant, charge) = registered(5_008).await;
    act(&world, &tenant, &charge, "cancel", &json!({})).await.ok();
    world.pay(&tenant.program.api_key, &text(&charge["id"])).await.ok();
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "paid");
    world.wait_and_tick(60).await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!((&shown["status"], &shown["paid_amount_cents"]), (&json!("cancelled"), &json!(0)));
    assert_eq!(balances(&world, &tenant).await.receivable_cents, 0);
}

#[tokio::test]
async fn a_change_that_is_confirmed_after_the_payment_waits_for_a_withdrawal() {
    let (world, tenant, charge) = registered(5_008).await;
    let change = json!({ "due_date": "2026-12-18" });
    act(&world, &tenant, &charge, "change", &change).await.ok();
    world.pay(&tenant.program.api_key, &text(&charge["id"])).await.ok();
    world.deliver().await;
    let paid = find(&world, &tenant, &charge).await;
    assert_eq!((&paid["status"], &paid["due_date"]), (&json!("paid"), &json!("2026-12-11")));
    world.wait_and_tick(60).await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!((&shown["status"], &shown["due_date"]), (&json!("pending"), &json!("2026-12-18")));
}

#[tokio::test]
async fn a_charge_does_not_expire_while_the_bank_decides_about_its_terms() {
    let (world, tenant, charge) = registered(5_003).await;
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
    }
    // The last day of the charge is 2027-01-10, which ends at 03:00 UTC.
    world.wait(48 * DAY + 15 * 3_600 - 3 * 61 - 30);
    let change = json!({ "due_date": "2027-01-20" });
    act(&world, &tenant, &charge, "change", &change).await.ok();
    world.deliver().await;
    world.wait_and_tick(60).await;
    world.wait_and_deliver(120).await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!((&shown["status"], &shown["due_date"]), (&json!("pending"), &json!("2027-01-20")));
}

#[tokio::test]
async fn a_matched_pix_writes_the_boleto_off_and_a_matched_boleto_pays_only_boletos() {
    let (world, tenant, charge) = registered(10_000).await;
    let key = &tenant.program.api_key;
    let credit = world.credit(key, 10_000).await;
    let matched = json!({ "charge_id": charge["id"] });
    let path = format!("/v1/credits/{}/match", text(&credit["id"]));
    world.post(&path).key(key).idempotency_key("1").json(&matched).send().await.ok();
    world.deliver().await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!(shown["boleto"]["registration"], "written_off");
    world.pay(key, &text(&charge["id"])).await.ok();
    let credits = world.credits(key).await;
    let boleto = credits.iter().find(|credit| credit["method"] == "boleto").expect("a credit");
    let pix = world.charge(key, "pix").await.created();
    let path = format!("/v1/credits/{}/match", text(&boleto["id"]));
    let matched = json!({ "charge_id": pix["id"], "accept_difference": true });
    let ask = world.post(&path).key(key).idempotency_key("2").json(&matched);
    ask.send().await.problem(409, "charge_state");
}

#[tokio::test]
async fn lists_show_neither_the_address_nor_a_whole_document() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut body = new_boleto();
    body["boleto"] = json!({ "final_beneficiary": {
        "name": "Joana Souza", "document": { "type": "cpf", "number": "111.444.777-35" } } });
    create(&world, key, &body).await.created();
    let charges = world.charges(key).await;
    let events = world.get("/v1/events").key(key).send().await.ok();
    for shown in [&charges[0], &events["data"][0]["data"]["object"]] {
        assert_eq!(shown["payer"]["address"], Value::Null);
        let document = &shown["boleto"]["final_beneficiary"]["document"]["number"];
        assert_eq!(document, "***.444.777-**", "{shown}");
    }
}
