//! Payment by card on the payment page: the forms of a payer, who has no credential.

use futures::future::join_all;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, text};

const ORIGIN: &str = "http://127.0.0.1:4000";

async fn opened(fields: Value) -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.card_page(&tenant.program.api_key, "page", &fields).await.created();
    (world, tenant, charge)
}

fn path(charge: &Value) -> String {
    text(&charge["payment_url"]).strip_prefix(ORIGIN).expect("our host").to_owned()
}

async fn find(world: &World, tenant: &Tenant, charge: &Value) -> Value {
    world.find_charge(&tenant.program.api_key, &text(&charge["id"])).await
}

/// Returns the token of a card in the form of the sandbox.
async fn chosen(world: &World, charge: &Value, card: &str) -> String {
    let form = world.get(&format!("{}/sandbox-card", path(charge))).send().await;
    assert!(form.text().contains(&format!("action=\"{}/card\"", path(charge))));
    let mark = format!("value=\"tok_{card}_");
    let value = form.text().split(&mark).nth(1).unwrap_or_else(|| panic!("no {card}"));
    format!("tok_{card}_{}", value.split('"').next().expect("the end of a value"))
}

async fn confirm(world: &World, charge: &Value, fields: &Value) -> TestResponse {
    world.post(&format!("{}/card", path(charge))).form(fields).send().await
}

/// Pays with a card of the sandbox, and lets the acquirer answer.
async fn pay(world: &World, charge: &Value, card: &str) {
    let token = chosen(world, charge, card).await;
    let answer = confirm(world, charge, &json!({ "card_token": token })).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some(&*format!("{}?lang=pt", path(charge))))
    );
    world.deliver().await;
}

async fn event_types(world: &World, tenant: &Tenant, charge: &Value) -> Vec<&'static str> {
    let events = world.events(tenant.account_id, &text(&charge["id"])).await;
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[tokio::test]
async fn a_payer_chooses_card_and_instalments_and_pays() {
    let (world, tenant, charge) =
        opened(json!({ "installments_max": 3, "soft_descriptor": "LOJA AZUL" })).await;
    assert_eq!((&charge["status"], &charge["failure"]), (&json!("pending"), &Value::Null));
    assert_eq!(charge["card"]["installments_max"], 3);
    let page = world.get(&path(&charge)).send().await;
    let form = format!("href=\"{}/sandbox-card?lang=pt\"", text(&charge["payment_url"]));
    assert!(
        page.text().contains(&form) && page.text().contains("<strong>3</strong>"),
        "{}",
        page.text()
    );
    let token = chosen(&world, &charge, "approved").await;
    let page = world.get(&format!("{}/card?card_token={token}", path(&charge))).send().await;
    for part in
        ["1 × R$\u{a0}33,34 + 2 × R$\u{a0}33,33", "LOJA AZUL", &token, "Pagar R$\u{a0}100,00"]
    {
        assert!(page.text().contains(part), "{part}: {}", page.text());
    }
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("form-action 'self'") && policy.contains("default-src 'none'"));
    assert_eq!(find(&world, &tenant, &charge).await["status"], "pending", "a GET changes nothing");
    let fields = json!({ "card_token": token, "installments": 3, "lang": "en" });
    let answer = confirm(&world, &charge, &fields).await;
    assert_eq!(answer.header("location"), Some(&*format!("{}?lang=en", path(&charge))));
    assert_eq!(find(&world, &tenant, &charge).await["status"], "authorizing");
    let page = world.get(&format!("{}?lang=en", path(&charge))).send().await;
    assert!(page.text().contains("Waiting for the card"), "{}", page.text());
    world.deliver().await;
    let paid = find(&world, &tenant, &charge).await;
    assert_eq!((&paid["status"], &paid["paid_amount_cents"]), (&json!("paid"), &json!(10_000)));
    assert_eq!(paid["card"]["receivables"].as_array().map(Vec::len), Some(3));
    let page = world.get(&path(&charge)).send().await;
    assert!(page.text().contains("Pagamento recebido"), "{}", page.text());
    assert_eq!(event_types(&world, &tenant, &charge).await, ["charge.created", "charge.paid"]);
}

#[tokio::test]
async fn a_payer_tries_five_cards_and_no_more() {
    let (world, tenant, charge) = opened(json!({})).await;
    pay(&world, &charge, "insufficient_funds").await;
    let declined = find(&world, &tenant, &charge).await;
    assert_eq!(
        (&declined["status"], &declined["failure"]["network_code"]),
        (&json!("pending"), &json!("51"))
    );
    let page = world.get(&path(&charge)).send().await;
    assert!(page.text().contains("Tente outro cartão"), "{}", page.text());
    pay(&world, &charge, "approved").await;
    let paid = find(&world, &tenant, &charge).await;
    assert_eq!((&paid["status"], &paid["failure"]), (&json!("paid"), &Value::Null));
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types, ["charge.created", "charge.attempt_declined", "charge.paid"]);
    let key = &tenant.program.api_key;
    let other = world.card_page(key, "other", &json!({})).await.created();
    for _ in 0..5 {
        assert_eq!(find(&world, &tenant, &other).await["status"], "pending");
        pay(&world, &other, "stolen").await;
    }
    assert_eq!(find(&world, &tenant, &other).await["status"], "declined");
    post_again(&world, &other).await;
    let types = event_types(&world, &tenant, &other).await;
    assert_eq!(types.last(), Some(&"charge.declined"));
}

/// Posts a good form for a charge that takes none, which shows its state.
async fn post_again(world: &World, charge: &Value) {
    let fields = json!({ "card_token": "tok_approved_1" });
    let answer = confirm(world, charge, &fields).await;
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some(&*format!("{}?lang=pt", path(charge))))
    );
}

#[tokio::test]
async fn a_form_that_is_posted_twice_authorises_one_card() {
    let (world, tenant, charge) = opened(json!({})).await;
    let token = chosen(&world, &charge, "approved").await;
    let fields = json!({ "card_token": token });
    let answers = join_all((0..8).map(|_| confirm(&world, &charge, &fields))).await;
    assert!(answers.iter().all(|answer| answer.status == 303));
    world.deliver().await;
    let stored = world.stored_charge(tenant.account_id, &text(&charge["id"])).await;
    assert_eq!(stored.method.card().map(|card| card.orders), Some(1));
    let paid = find(&world, &tenant, &charge).await;
    assert_eq!((&paid["status"], &paid["paid_amount_cents"]), (&json!("paid"), &json!(10_000)));
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types, ["charge.created", "charge.paid"]);
    post_again(&world, &charge).await;
}

#[tokio::test]
async fn a_token_pays_once_also_after_it_was_declined() {
    let (world, tenant, charge) = opened(json!({})).await;
    let token = chosen(&world, &charge, "no_reason").await;
    let fields = json!({ "card_token": token });
    for _ in 0..3 {
        assert_eq!(confirm(&world, &charge, &fields).await.status, 303);
        world.deliver().await;
    }
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types, ["charge.created", "charge.attempt_declined"]);
    let page = world.get(&format!("{}/card?card_token={token}", path(&charge))).send().await;
    assert!(page.text().contains("Tente outro cartão"), "{}", page.text());
}

#[tokio::test]
async fn a_lost_authorisation_ends_the_attempts() {
    let (world, tenant, charge) = opened(json!({})).await;
    pay(&world, &charge, "order_lost").await;
    for _ in 0..2 {
        world.wait_and_tick(61).await;
        world.deliver().await;
    }
    let lost = find(&world, &tenant, &charge).await;
    assert_eq!(
        (&lost["status"], &lost["failure"]["code"]),
        (&json!("declined"), &json!("authorization_lost"))
    );
    let page = world.get(&path(&charge)).send().await;
    assert!(page.text().contains("Peça uma nova cobrança"), "{}", page.text());
    post_again(&world, &charge).await;
}

#[tokio::test]
async fn a_card_that_is_declined_after_the_end_of_the_charge_ends_it() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let expires_at = (world.now() + jiff::SignedDuration::from_secs(30)).to_string();
    let body = json!({ "method": "card", "amount_cents": 900, "expires_at": expires_at });
    let ask = world.post("/v1/charges").key(key).idempotency_key("short").json(&body);
    let charge = ask.send().await.created();
    pay(&world, &charge, "review_declined").await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "in_review");
    world.wait_and_tick(61).await;
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "declined");
}

#[tokio::test]
async fn a_review_that_declined_leaves_no_time_in_the_receipt_of_the_next_card() {
    let (world, tenant, charge) = opened(json!({})).await;
    pay(&world, &charge, "review_declined").await;
    world.wait_and_tick(61).await;
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "pending");
    world.wait_and_tick(600).await;
    pay(&world, &charge, "approved").await;
    let paid = find(&world, &tenant, &charge).await;
    let receipt = world.get(&format!("/v1/charges/{}/receipt", text(&charge["id"])));
    let receipt = receipt.key(&tenant.program.api_key).send().await.ok();
    assert_eq!((&receipt["paid_at"], &paid["status"]), (&paid["paid_at"], &json!("paid")));
}

#[tokio::test]
async fn the_amount_of_a_page_can_be_captured_later() {
    let (world, tenant, charge) = opened(json!({ "capture": false })).await;
    pay(&world, &charge, "approved").await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "authorized");
    let page = world.get(&path(&charge)).send().await;
    assert!(page.text().contains("Valor reservado no cartão"), "{}", page.text());
    let capture = format!("/v1/charges/{}/capture", text(&charge["id"]));
    world.post(&capture).key(&tenant.program.api_key).json(&json!({})).send().await.ok();
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "paid");
}

#[tokio::test]
async fn a_frozen_account_takes_no_card() {
    let (world, tenant, charge) = opened(json!({})).await;
    let input = json!({ "account_id": tenant.account_id, "reason": "Audit" });
    world.bundle.operate("freeze_account", input).await.expect("frozen");
    post_again(&world, &charge).await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "pending");
}

#[tokio::test]
async fn a_charge_that_is_cancelled_or_expired_takes_no_card() {
    let (world, tenant, charge) = opened(json!({})).await;
    let key = &tenant.program.api_key;
    let cancel = format!("/v1/charges/{}/cancel", text(&charge["id"]));
    assert_eq!(world.post(&cancel).key(key).send().await.ok()["status"], "cancelled");
    post_again(&world, &charge).await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "cancelled");
    let expires_at = world.now() + jiff::SignedDuration::from_secs(60);
    let body =
        json!({ "method": "card", "amount_cents": 900, "expires_at": expires_at.to_string() });
    let ask = world.post("/v1/charges").key(key).idempotency_key("short").json(&body);
    let short = ask.send().await.created();
    world.wait_and_tick(61).await;
    post_again(&world, &short).await;
    assert_eq!(find(&world, &tenant, &short).await["status"], "expired");
    // A charge by another method has no form for cards.
    let pix = world.charge(key, "pix").await.created();
    post_again(&world, &pix).await;
    assert_eq!(find(&world, &tenant, &pix).await["status"], "pending");
    let form = world.get(&format!("{}/sandbox-card", path(&pix))).send().await;
    assert_eq!(form.status, 404);
}

#[tokio::test]
async fn the_issuer_asks_the_payer_on_its_page() {
    let (world, tenant, charge) = opened(json!({})).await;
    pay(&world, &charge, "authentication").await;
    let asked = find(&world, &tenant, &charge).await;
    let url = text(&asked["card"]["authentication_url"]);
    let page = world.get(&path(&charge)).send().await;
    assert!(page.text().contains(&format!("href=\"{url}\"")), "{}", page.text());
    let issuer = url.strip_prefix(ORIGIN).expect("our host");
    let page = world.get(issuer).send().await;
    assert!(page.text().contains("Você fez esta compra?"), "{}", page.text());
    let answer = async |outcome: &str| {
        let form = world.post(issuer).form(&json!({ "outcome": outcome })).send().await;
        assert_eq!(form.status, 303, "{}", form.text());
        find(&world, &tenant, &charge).await["status"].clone()
    };
    assert_eq!(answer("failed").await, "pending");
    assert_eq!(answer("passed").await, "pending", "a second answer changes nothing");
    pay(&world, &charge, "authentication").await;
    assert_eq!(answer("passed").await, "paid");
    assert_eq!(world.get(issuer).send().await.status, 404);
}

#[tokio::test]
async fn a_wrong_form_is_refused_by_field_and_changes_nothing() {
    let (world, tenant, charge) = opened(json!({ "installments_max": 2 })).await;
    let good = json!({ "card_token": "tok_approved_1" });
    let with = |name: &str, value: Value| {
        let mut fields = good.clone();
        fields[name] = value;
        fields
    };
    for (fields, field, flaw) in [
        (json!({}), "card_token", "required"),
        (with("card_token", json!("x y")), "card_token", "invalid_format"),
        (with("installments", json!(3)), "installments", "out_of_range"),
        (with("installments", json!(0)), "installments", "out_of_range"),
        (with("installments", json!("um")), "installments", "invalid_format"),
        (with("amount_cents", json!(1)), "amount_cents", "unknown_field"),
    ] {
        confirm(&world, &charge, &fields).await.violation(field, flaw);
    }
    let card = format!("{}/card", path(&charge));
    let escaped = b"card_token=%34111111111111111";
    let form = |body: &[u8]| world.post(&card).raw_form(body);
    form(escaped).send().await.problem(400, "card_number_refused");
    world.post(&card).json(&good).send().await.problem(415, "unsupported_media_type");
    for (name, value) in
        [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")]
    {
        let elsewhere = world.post(&card).form(&good).header(name, value);
        elsewhere.send().await.problem(403, "cross_site_request");
    }
    let twice = b"card_token=tok_approved_1&card_token=tok_approved_2";
    form(twice).send().await.violation("card_token", "invalid_format");
    let unknown = world.post("/pay/x/card").form(&good).send().await;
    assert_eq!(unknown.status, 404);
    assert!(unknown.text().contains("Cobrança não encontrada"), "{}", unknown.text());
    assert_eq!(find(&world, &tenant, &charge).await["status"], "pending");
}

#[tokio::test]
async fn a_charge_has_a_token_or_a_page() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let token = world.card_token(key, "approved").await;
    let ask = |body: Value| {
        let ask = world.post("/v1/charges").key(key).idempotency_key("page").json(&body);
        ask.send()
    };
    let card = |fields: Value| json!({ "method": "card", "amount_cents": 1_000, "card": fields });
    for (fields, field) in [
        (json!({ "installments": 2 }), "card.installments"),
        (json!({ "token": token, "installments_max": 2 }), "card.installments_max"),
        (json!({ "installments_max": 3 }), "card.installments_max"),
        (json!({ "installments_max": 0 }), "card.installments_max"),
    ] {
        ask(card(fields)).await.violation(field, "out_of_range");
    }
    let mut expiring = card(json!({ "token": token }));
    expiring["expires_at"] = json!("2026-11-24T00:00:00Z");
    ask(expiring).await.violation("expires_at", "out_of_range");
    ask(card(json!({ "installments_max": 2 }))).await.created();
}

#[tokio::test]
async fn no_payment_by_another_way_pays_a_charge_that_waits_for_a_card() {
    let (world, tenant, charge) = opened(json!({})).await;
    let key = &tenant.program.api_key;
    let txid = text(&charge["id"]).replace("chg_", "");
    let payment = json!({ "amount_cents": 10_000, "txid": txid });
    world.arrive(key, &payment).await.created();
    assert_eq!(find(&world, &tenant, &charge).await["status"], "pending");
    world.pay(key, &text(&charge["id"])).await.problem(409, "charge_state");
    let credits = world.get("/v1/credits").key(key).send().await.ok();
    assert_eq!(credits["data"].as_array().map(Vec::len), Some(1));
}
