//! Decisions about a credit: match, keep, return; and the charges that it may belong to.

use domain::ledger::EntryKind;
use serde_json::{Value, json};
use tests::{Tenant, World, new_charge, text};

async fn account() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

async fn kinds(world: &World, tenant: &Tenant) -> Vec<EntryKind> {
    let (_, entries) = world.ledger(tenant.account_id).await;
    entries.iter().map(|entry| entry.kind).collect()
}

/// Returns available, unmatched and fees.
async fn balances(world: &World, tenant: &Tenant) -> (u64, u64, u64) {
    let (books, _) = world.ledger(tenant.account_id).await;
    let balances = books.balances;
    (balances.available_cents, balances.unmatched_cents, balances.fees_cents)
}

/// A charge that is cancelled or expired is paid and credited by the match, with its fee and events.
#[tokio::test]
async fn a_credit_pays_the_charge_to_which_it_is_matched() {
    for ended in ["pending", "cancelled", "expired"] {
        let (world, tenant) = account().await;
        let key = &tenant.program.api_key;
        let charge = world.charge(key, "order-1").await.created();
        let id = text(&charge["id"]);
        match ended {
            "cancelled" => {
                world.post(&format!("/v1/charges/{id}/cancel")).key(key).send().await.ok();
            }
            "expired" => drop(world.wait_and_tick(24 * 3_600).await),
            _ => {}
        }
        let credit = world.credit(key, 1_000).await;
        let body = json!({ "charge_id": id });
        let matched = world.decide(key, &credit, "match", &body).await.ok();
        assert_eq!((&matched["status"], &matched["charge_id"]), (&json!("matched"), &charge["id"]));
        assert_eq!(matched["decided_by"], tenant.program.id);
        // The charge counts the money.
        let none = (&Value::Null, &Value::Null);
        assert_eq!((&matched["net_amount_cents"], &matched["credited_at"]), none);
        let paid = world.find_charge(key, &id).await;
        assert_eq!((&paid["status"], &paid["fees_cents"]), (&json!("credited"), &json!(10)));
        assert_eq!(paid["payment"]["id"], credit["payment_id"]);
        assert_eq!(paid["pix"]["end_to_end_id"], credit["end_to_end_id"]);
        assert_eq!(balances(&world, &tenant).await, (990, 0, 10));
        use EntryKind::{ChargeCredited, ChargeFee, CreditMatched, PaymentUnmatched};
        let expected = [PaymentUnmatched, CreditMatched, ChargeCredited, ChargeFee];
        assert_eq!(kinds(&world, &tenant).await, expected);
        let events = world.events(tenant.account_id, &id).await;
        let words: Vec<_> = events.iter().rev().take(2).map(|event| event.kind.as_str()).collect();
        assert_eq!(words, ["charge.credited", "charge.paid"]);
        // The match is refused afterwards, and the charge can be refunded like any other.
        world.decide(key, &credit, "keep", &json!({})).await.problem(409, "credit_state");
        let refund = json!({ "amount_cents": 400 });
        world.refund(key, &id, "refund-1", &refund).await.created();
    }
}

#[tokio::test]
async fn a_match_with_another_amount_must_be_wanted() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "order-1").await.created();
    let credit = world.credit(key, 900).await;
    let mut body = json!({ "charge_id": charge["id"] });
    let refused = world.decide(key, &credit, "match", &body).await;
    refused.problem(422, "amount_differs");
    assert_eq!(balances(&world, &tenant).await, (0, 900, 0));
    body["accept_difference"] = json!(true);
    let id = text(&credit["id"]);
    let ask = world.post(&format!("/v1/credits/{id}/match")).key(key).idempotency_key("again");
    ask.json(&body).send().await.ok();
    let paid = world.find_charge(key, &text(&charge["id"])).await;
    assert_eq!((&paid["amount_cents"], &paid["paid_amount_cents"]), (&json!(1_000), &json!(900)));
    assert_eq!(balances(&world, &tenant).await, (891, 0, 9));
    let refund = json!({ "amount_cents": 901 });
    let refused = world.refund(key, &text(&charge["id"]), "refund-1", &refund).await;
    refused.problem(422, "refund_exceeds_charge");
}

#[tokio::test]
async fn a_credit_is_matched_to_an_open_charge_of_the_account_or_to_a_reference() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    let credit = world.credit(key, 1_000).await;
    let paid = world.paid_charge(key, 1_000).await;
    let before = world.ledger(tenant.account_id).await;
    let refused = world.decide(key, &credit, "match", &json!({ "charge_id": paid })).await;
    refused.problem(409, "charge_state");
    let other = world.tenant("feira").await;
    let foreign = world.charge(&other.program.api_key, "order-1").await.created();
    let id = text(&credit["id"]);
    for (name, body, code) in [
        ("1", json!({ "charge_id": foreign["id"] }), "unknown_value"),
        ("2", json!({}), "required"),
        ("3", json!({ "charge_id": paid, "reference": "x" }), "invalid_format"),
    ] {
        let ask = world.post(&format!("/v1/credits/{id}/match")).key(key).idempotency_key(name);
        ask.json(&body).send().await.violation("charge_id", code);
    }
    assert_eq!(world.ledger(tenant.account_id).await, before);
    let ask = world.post(&format!("/v1/credits/{id}/match")).key(key).idempotency_key("4");
    let matched = ask.json(&json!({ "reference": "invoice-7" })).send().await.ok();
    assert_eq!(
        (&matched["status"], &matched["reference"]),
        (&json!("matched"), &json!("invoice-7"))
    );
    assert_eq!((&matched["charge_id"], &matched["fees_cents"]), (&Value::Null, &json!(10)));
    assert_eq!(balances(&world, &tenant).await, (1_980, 0, 20));
}

#[tokio::test]
async fn a_credit_that_is_kept_is_available_less_the_fee_of_a_charge() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    let (_, _) = world.endpoint(key, "https://loja.example.com/hook", &["credit.kept"]).await;
    let credit = world.credit(key, 1_000).await;
    let kept = world.decide(key, &credit, "keep", &json!({})).await.ok();
    assert_eq!((&kept["status"], &kept["fees_cents"]), (&json!("kept"), &json!(10)));
    assert_eq!(
        (&kept["net_amount_cents"], &kept["credited_at"]),
        (&json!(990), &json!("2026-11-23T12:00:00.000Z"))
    );
    assert_eq!(balances(&world, &tenant).await, (990, 0, 10));
    let page = world.get("/v1/statement?from=2026-11-23").key(key).send().await.ok();
    let lines = page["data"].as_array().cloned().expect("a list");
    let lines: Vec<_> =
        lines.iter().map(|line| (text(&line["kind"]), line["amount_cents"].clone())).collect();
    let expected =
        [("credit_kept".to_owned(), json!(1_000)), ("credit_fee".to_owned(), json!(-10))];
    assert_eq!(lines, expected);
    let transaction = format!("/v1/transactions/{}", text(&credit["id"]));
    let shown = world.get(&transaction).key(key).send().await.ok();
    assert_eq!((&shown["type"], &shown["status"]), (&json!("credit"), &json!("kept")));
    for field in ["net_amount_cents", "credited_at", "returned_at", "failure"] {
        assert_eq!(shown[field], kept[field], "{field}");
    }
    assert_eq!(shown["entries"].as_array().map(Vec::len), Some(3));
    let page = world.get("/v1/transactions?type=credit").key(key).send().await.ok();
    assert_eq!(page["data"][0]["id"], credit["id"]);
    world.deliver().await;
    assert_eq!(world.deliveries(key).await.len(), 1);
}

#[tokio::test]
async fn charges_are_suggested_by_txid_amount_and_document() {
    let (world, tenant) = account().await;
    let key = &tenant.program.api_key;
    let open = async |name: &str, amount_cents: u64, document: &str| {
        let mut body = new_charge();
        body["amount_cents"] = json!(amount_cents);
        body["payer"]["document"]["number"] = json!(document);
        let ask = world.post("/v1/charges").key(key).idempotency_key(name).json(&body);
        ask.send().await.created()
    };
    let (maria, other) = ("52998224725", "00741212439");
    let named = open("named", 2_000, other).await;
    let same_amount = open("amount", 1_500, other).await;
    let same_payer = open("payer", 3_000, maria).await;
    let both = open("both", 1_500, maria).await;
    open("neither", 9_999, other).await;
    world.paid_charge(key, 1_500).await;
    world.wait(1);
    let payment = json!({
        "amount_cents": 1_500,
        "txid": named["pix"]["txid"],
        "payer": { "name": "Maria Silva", "document": { "type": "cpf", "number": maria } },
    });
    let arrived = world.arrive(key, &payment).await.created();
    let credit = world.find_credit(key, &arrived["credit_id"]).await;
    let mut found: Vec<_> = credit["suggestions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| (one["charge_id"].clone(), one["reasons"].clone()))
        .collect();
    assert_eq!(found.remove(0), (both["id"].clone(), json!(["amount", "document"])));
    for (charge, reason) in [(named, "txid"), (same_amount, "amount"), (same_payer, "document")] {
        assert!(found.contains(&(charge["id"].clone(), json!([reason]))), "{reason} {found:?}");
    }
    assert_eq!(found.len(), 3);
    // Lists do not look for charges, and nothing is suggested after the decision.
    assert_eq!(world.credits(key).await[0]["suggestions"], json!([]));
    world.decide(key, &credit, "keep", &json!({})).await.ok();
    assert_eq!(world.find_credit(key, &credit["id"]).await["suggestions"], json!([]));
}
