//! The fields of a charge by card, and what no charge by card can do.

use serde_json::{Value, json};
use tests::{World, text};

use super::cards::{act, create, sold};

#[tokio::test]
async fn each_field_of_a_card_is_checked() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let card = |fields: Value| json!({ "method": "card", "amount_cents": 10_000, "card": fields });
    let token = world.card_token(key, "approved").await;
    let with = |name: &str, value: Value| {
        let mut fields = json!({ "token": token });
        fields[name] = value;
        card(fields)
    };
    let mut with_boleto = with("capture", json!(true));
    with_boleto["boleto"] = json!({});
    let mut with_due_date = with("capture", json!(true));
    with_due_date["due_date"] = json!("2026-12-11");
    let mut with_expiry = with("capture", json!(true));
    with_expiry["expires_at"] = json!("2026-11-24T12:00:00Z");
    let mut small = with("installments", json!(12));
    small["amount_cents"] = json!(100);
    let mut pix = with("capture", json!(true));
    pix["method"] = json!("pix");
    for (body, field) in [
        (with("token", json!("short")), "card.token"),
        (with("token", json!("tok_with space")), "card.token"),
        (with("token", json!("tok_\u{200b}invisible")), "card.token"),
        (with("installments", json!(0)), "card.installments"),
        (with("installments", json!(13)), "card.installments"),
        (with("installments", json!("3")), "card.installments"),
        (small, "card.installments"),
        (with("soft_descriptor", json!("LOJA*ÇÃO")), "card.soft_descriptor"),
        (with("soft_descriptor", json!("MORE THAN THIRTEEN")), "card.soft_descriptor"),
        (with("soft_descriptor", json!("   ")), "card.soft_descriptor"),
        (with("capture", json!("later")), "card.capture"),
        (with("cvv", json!("123")), "card.cvv"),
        (with_boleto, "boleto"),
        (with_due_date, "due_date"),
        (with_expiry, "expires_at"),
        (pix, "card"),
    ] {
        let name = format!("card-{}", world.logged().len());
        let ask = world.post("/v1/charges").key(key).idempotency_key(&name).json(&body);
        let problem = ask.send().await.problem(400, "invalid_request");
        let violations = problem["violations"].as_array().expect("a list");
        assert!(violations.iter().any(|one| one["field"] == field), "{body}: {violations:?}");
    }
    assert!(world.network.card_orders().is_empty());
}

/// A number of a card in the place of a token is refused before anything is read (docs/adr/0039).
#[tokio::test]
async fn a_card_number_is_no_token() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let body = json!({
        "method": "card", "amount_cents": 10_000, "card": { "token": "4111111111111111" },
    });
    let ask = world.post("/v1/charges").key(&tenant.program.api_key).idempotency_key("1");
    let answer = ask.json(&body).send().await;
    answer.problem(400, "card_number_refused");
}

#[tokio::test]
async fn a_token_is_in_no_answer_event_or_log() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = create(&world, &tenant, "approved", 10_000, &json!({})).await.created();
    world.deliver().await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    let found = world.find_charge(key, &id).await;
    let events = world.events(tenant.account_id, &id).await;
    let events = serde_json::to_string(&events).expect("events serialise");
    for text in [charge.to_string(), found.to_string(), events, format!("{:?}", world.logged())] {
        assert!(!text.contains("tok_approved"), "{text}");
    }
}

#[tokio::test]
async fn a_charge_by_card_is_paid_by_its_card_alone() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({ "capture": false })).await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    world.pay(key, &id).await.problem(409, "charge_state");
    for action in ["change", "refunds"] {
        let body = match action {
            "change" => json!({ "due_date": "2026-12-11" }),
            _ => json!({}),
        };
        let ask = act(&world, &tenant, &charge, action, &body).await;
        assert!([400, 409].contains(&ask.status), "{action}: {}", ask.status);
    }
    let slip = world.get(&format!("/v1/charges/{id}/slip")).key(key).send().await;
    assert_eq!(slip.status, 409);
    let other = world.tenant("outra").await;
    let path = format!("/v1/charges/{id}/capture");
    let ask = world.post(&path).key(&other.program.api_key).json(&json!({})).send().await;
    ask.problem(404, "not_found");
}
