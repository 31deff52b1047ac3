//! Who a payout went to: frozen when it was sent, and masked everywhere.

use serde_json::{Value, json};
use tests::{ReceiverBehavior, Tenant, World, new_payout, text};

const HOOK: &str = "https://hooks.example.com/";

/// Makes a world with an account that has money.
async fn funded() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 100_000).await;
    (world, tenant)
}

/// Returns a payout to this key that names no beneficiary.
fn to_owner_of(key: &str) -> Value {
    json!({ "amount_cents": 2_500, "to": { "pix_key": { "type": "email", "key": key } } })
}

fn maria() -> Value {
    json!({
        "name": "Maria Silva",
        "document_masked": "***.982.247-**",
        "ispb": "60701190",
        "bank_name": "ITAÚ UNIBANCO S.A.",
        "account_type": "checking",
        "checked_at": "2026-11-23T12:00:00.000Z",
    })
}

#[tokio::test]
async fn a_payout_shows_the_owner_of_its_key_once_it_was_sent() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    world.endpoint(key, HOOK, &["payout.*"]).await;
    world.receivers.always(HOOK, ReceiverBehavior::Answers(204));
    let created = world.payout(key, "1", &to_owner_of("maria@example.com")).await.created();
    assert_eq!((&created["recipient"], &created["beneficiary"]), (&Value::Null, &Value::Null));
    world.deliver().await;
    let paid = world.find_payout(key, &created["id"]).await;
    assert_eq!((&paid["status"], &paid["recipient"]), (&json!("paid"), &maria()));
    let list = world.get("/v1/payouts").key(key).send().await.ok();
    assert_eq!(list["data"][0]["recipient"], maria());
    let events: Vec<_> = world.receivers.at(HOOK).iter().map(|arrived| arrived.json()).collect();
    assert_eq!((&events[1]["type"], events.len()), (&json!("payout.paid"), 2));
    assert_eq!(events[1]["data"]["object"]["recipient"], maria());
    let transaction = format!("/v1/transactions/{}", text(&created["id"]));
    let transaction = world.get(&transaction).key(key).send().await.ok();
    let party = json!({
        "name": "Maria Silva",
        "document": { "type": "cpf", "number": "***.982.247-**" },
        "ispb": "60701190",
        "bank_name": "ITAÚ UNIBANCO S.A.",
    });
    assert_eq!(transaction["counterparty"], party);
    // No caller sees the whole CPF that the directory named.
    for shown in [&paid, &list, &transaction, &events[1]] {
        assert!(!shown.to_string().contains("52998224725"), "{shown}");
    }
}

#[tokio::test]
async fn the_document_of_a_company_is_public() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let payout = world.payout(key, "1", &to_owner_of("company@sandbox.example")).await.created();
    world.deliver().await;
    let recipient = &world.find_payout(key, &payout["id"]).await["recipient"];
    assert_eq!(recipient["name"], "Comercio Exemplo Ltda");
    assert_eq!(recipient["document_masked"], "11.222.333/0001-81");
}

/// A TED and a Pix to an account ask no directory: the caller named account and beneficiary.
#[tokio::test]
async fn the_recipient_of_a_bank_account_is_the_named_beneficiary() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let mut payout = new_payout();
    payout["to"] = json!({ "bank_account": {
        "bank_code": "007", "branch": "1", "number": "12345-6", "type": "savings",
    } });
    let sent = world.payout(key, "1", &payout).await.created();
    let recipient = json!({
        "name": "Maria Silva",
        "document_masked": "***.982.247-**",
        "ispb": "33657248",
        "bank_name": sent["to"]["bank_account"]["bank_name"],
        "account_type": "savings",
        "checked_at": null,
    });
    assert_eq!((&sent["method"], &sent["recipient"]), (&json!("ted"), &recipient));
    world.deliver().await;
    assert_eq!(world.find_payout(key, &sent["id"]).await["recipient"], recipient);
    payout["scheduled_for"] = json!("2026-11-24T12:00:00Z");
    let later = world.payout(key, "2", &payout).await.created();
    assert_eq!((&later["status"], &later["recipient"]), (&json!("scheduled"), &Value::Null));
}

/// The key gets another owner after the payout was sent.
#[tokio::test]
async fn a_recipient_is_frozen_when_the_payout_is_sent() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let mut lost = to_owner_of("maria@example.com");
    lost["amount_cents"] = json!(2_003);
    let payout = world.payout(key, "1", &lost).await.created();
    world.deliver().await;
    let sent = world.find_payout(key, &payout["id"]).await;
    assert_eq!((&sent["status"], &sent["recipient"]), (&json!("processing"), &maria()));
    world.network.forget("maria@example.com");
    for _ in 0..12 {
        world.wait_and_tick(61).await;
        world.deliver().await;
    }
    let paid = world.find_payout(key, &payout["id"]).await;
    assert_eq!((&paid["status"], &paid["recipient"]), (&json!("paid"), &maria()));
}

#[tokio::test]
async fn a_payout_that_was_not_sent_has_no_recipient() {
    let (world, tenant) = funded().await;
    let key = &tenant.program.api_key;
    let payout = world.payout(key, "1", &to_owner_of("nobody@sandbox.example")).await.created();
    world.deliver().await;
    let rejected = world.find_payout(key, &payout["id"]).await;
    assert_eq!((&rejected["status"], &rejected["recipient"]), (&json!("rejected"), &Value::Null));
}
