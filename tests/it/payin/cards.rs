//! Charges by card: authorisation, capture, void, review, authentication, and the instalments.

use domain::ledger::Balances;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, insist, text, together};

const DAY: i64 = 24 * 3_600;

/// Creates a charge by card with these fields of `card`.
pub(super) async fn create(
    world: &World,
    tenant: &Tenant,
    card: &str,
    amount_cents: u64,
    fields: &Value,
) -> TestResponse {
    let key = &tenant.program.api_key;
    let mut new_card = fields.clone();
    new_card["token"] = json!(world.card_token(key, card).await);
    let body = json!({ "method": "card", "amount_cents": amount_cents, "card": new_card });
    let name = format!("card-{}", world.logged().len());
    world.post("/v1/charges").key(key).idempotency_key(&name).json(&body).send().await
}

/// Returns a world with a charge by card that the acquirer has answered.
pub(super) async fn sold(card: &str, amount_cents: u64, fields: Value) -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = create(&world, &tenant, card, amount_cents, &fields).await.created();
    assert_eq!((&charge["status"], &charge["method"]), (&json!("authorizing"), &json!("card")));
    world.deliver().await;
    let charge = find(&world, &tenant, &charge).await;
    (world, tenant, charge)
}

pub(super) async fn act(
    world: &World,
    tenant: &Tenant,
    charge: &Value,
    action: &str,
    body: &Value,
) -> TestResponse {
    let path = format!("/v1/charges/{}/{action}", text(&charge["id"]));
    world.post(&path).key(&tenant.program.api_key).json(body).send().await
}

pub(super) async fn find(world: &World, tenant: &Tenant, charge: &Value) -> Value {
    world.find_charge(&tenant.program.api_key, &text(&charge["id"])).await
}

pub(super) async fn balances(world: &World, tenant: &Tenant) -> Balances {
    world.ledger(tenant.account_id).await.0.balances
}

async fn event_types(world: &World, tenant: &Tenant, charge: &Value) -> Vec<&'static str> {
    let events = world.events(tenant.account_id, &text(&charge["id"])).await;
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[tokio::test]
async fn the_instalments_of_a_sale_are_credited_one_by_one() {
    // Case 36: the sum is the amount, and the odd cents are in the first instalment.
    let (world, tenant, charge) = sold("approved", 55_930, json!({ "installments": 3 })).await;
    assert_eq!((&charge["status"], &charge["paid_amount_cents"]), (&json!("paid"), &json!(55_930)));
    let card = &charge["card"];
    assert_eq!((&card["brand"], &card["last4"]), (&json!("visa"), &json!("1001")));
    let of = |field: &str| -> Vec<Value> {
        let all = card["receivables"].as_array().expect("a list");
        all.iter().map(|one| one[field].clone()).collect()
    };
    assert_eq!(of("amount_cents"), [18_644, 18_643, 18_643]);
    // 3.99 % of 55930 is 2232 cents.
    assert_eq!(of("fees_cents"), [744, 744, 744]);
    // The 90th day is a Sunday.
    let days = ["2026-12-23T17:00:00.000Z", "2027-01-22T17:00:00.000Z", "2027-02-22T17:00:00.000Z"];
    assert_eq!(of("settles_at"), days);
    assert_eq!(charge["available_at"], days[0]);
    world.wait_and_tick(30 * DAY + 5 * 3_600 - 1).await;
    assert_eq!(balances(&world, &tenant).await.available_cents, 0);
    world.wait_and_tick(1).await;
    let first = find(&world, &tenant, &charge).await;
    assert_eq!((&first["status"], &first["fees_cents"]), (&json!("paid"), &json!(744)));
    let after = balances(&world, &tenant).await;
    assert_eq!((after.available_cents, after.receivable_cents), (17_900, 37_286));
    world.wait_and_tick(30 * DAY).await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "paid");
    world.wait_and_tick(31 * DAY).await;
    let last = find(&world, &tenant, &charge).await;
    assert_eq!((&last["status"], &last["fees_cents"]), (&json!("credited"), &json!(2_232)));
    assert_eq!(last["net_amount_cents"], 53_698);
    let after = balances(&world, &tenant).await;
    assert_eq!((after.available_cents, after.receivable_cents), (53_698, 0));
    let types = event_types(&world, &tenant, &charge).await;
    let installment = "charge.installment_credited";
    let expected = ["charge.created", "charge.paid", installment, installment, "charge.credited"];
    assert_eq!(types, expected);
}

#[tokio::test]
async fn the_forecast_and_the_explanation_know_every_instalment() {
    let (world, tenant, _) = sold("approved", 30_000, json!({ "installments": 3 })).await;
    let key = &tenant.program.api_key;
    let explain = async |at: &str| {
        let path = format!("/v1/balance/explain?at={at}");
        world.get(&path).key(key).send().await.ok()
    };
    let shown = explain("2027-01-31").await;
    let amounts = |shown: &Value| -> Vec<Value> {
        let lines = shown["receivable"]["lines"].as_array().expect("a list");
        lines.iter().map(|line| line["amount_cents"].clone()).collect()
    };
    assert_eq!(amounts(&shown), [10_000, 10_000, 10_000]);
    assert_eq!(shown["forecast"]["balance"]["available_cents"], 19_202);
    world.wait_and_tick(31 * DAY).await;
    let shown = explain("2027-12-01").await;
    assert_eq!(amounts(&shown), [10_000, 10_000]);
    assert_eq!(shown["receivable"]["unlisted_cents"], 0);
    assert_eq!(shown["forecast"]["balance"]["available_cents"], 28_803);
}

#[tokio::test]
async fn an_authorised_amount_is_captured_once_and_in_part() {
    let fields = json!({ "installments": 2, "capture": false });
    let (world, tenant, charge) = sold("approved_elo", 10_000, fields).await;
    assert_eq!(charge["status"], "authorized");
    assert_eq!(charge["card"]["authorized_until"], "2026-11-30T12:00:00.000Z");
    assert_eq!(balances(&world, &tenant).await, Balances::default());
    let much = act(&world, &tenant, &charge, "capture", &json!({ "amount_cents": 10_001 })).await;
    much.problem(422, "capture_exceeds_authorization");
    // Two instalments of 450 cents.
    let little = act(&world, &tenant, &charge, "capture", &json!({ "amount_cents": 900 })).await;
    little.problem(400, "invalid_request");
    let part = json!({ "amount_cents": 6_001 });
    let ordered = act(&world, &tenant, &charge, "capture", &part).await.ok();
    assert_eq!(ordered["status"], "authorized");
    for (action, body) in [("capture", json!({})), ("cancel", json!({}))] {
        let again = act(&world, &tenant, &charge, action, &body).await;
        again.problem(409, "charge_state");
    }
    world.deliver().await;
    let paid = find(&world, &tenant, &charge).await;
    assert_eq!((&paid["status"], &paid["paid_amount_cents"]), (&json!("paid"), &json!(6_001)));
    let first = &paid["card"]["receivables"][0];
    assert_eq!(first["amount_cents"], 3_001);
    assert_eq!(balances(&world, &tenant).await.receivable_cents, 6_001);
    act(&world, &tenant, &charge, "capture", &json!({})).await.problem(409, "charge_state");
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types, ["charge.created", "charge.authorized", "charge.paid"]);
}

#[tokio::test]
async fn a_declined_card_has_the_code_of_abecs_and_says_if_another_attempt_can_succeed() {
    for (card, code, retriable) in [("insufficient_funds", "51", true), ("stolen", "43", false)] {
        let (world, tenant, charge) = sold(card, 10_000, json!({})).await;
        assert_eq!(charge["status"], "declined", "{card}");
        let failure = &charge["failure"];
        assert_eq!(
            (&failure["code"], &failure["network_code"]),
            (&json!("card_declined"), &json!(code))
        );
        assert_eq!(
            (&failure["retriable"], &failure["caused_by"]),
            (&json!(retriable), &json!("payer_bank"))
        );
        assert_eq!(balances(&world, &tenant).await, Balances::default());
        for action in ["capture", "cancel"] {
            act(&world, &tenant, &charge, action, &json!({})).await.problem(409, "charge_state");
        }
        let types = event_types(&world, &tenant, &charge).await;
        assert_eq!(types, ["charge.created", "charge.declined"]);
    }
}

#[tokio::test]
async fn a_token_that_is_unknown_or_old_is_declined() {
    let (world, tenant, _) = sold("approved", 10_000, json!({})).await;
    let key = &tenant.program.api_key;
    let old = world.card_token(key, "approved").await;
    world.wait(16 * 60);
    for token in [old, "tok_nothing_of_the_sandbox".to_owned()] {
        let body = json!({ "method": "card", "amount_cents": 5_000, "card": { "token": token } });
        let name = format!("card-{}", world.logged().len());
        let ask = world.post("/v1/charges").key(key).idempotency_key(&name).json(&body);
        let charge = ask.send().await.created();
        world.deliver().await;
        let charge = find(&world, &tenant, &charge).await;
        assert_eq!(charge["failure"]["network_code"], "14");
    }
}

#[tokio::test]
async fn a_review_ends_in_a_sale_or_a_refusal() {
    let captured_after = &["charge.authorized", "charge.paid"][..];
    for (card, end, events) in [
        ("review_approved", "paid", &["charge.paid"][..]),
        ("review_authorized", "paid", captured_after),
        ("review_declined", "declined", &["charge.declined"]),
    ] {
        let (world, tenant, charge) = sold(card, 10_000, json!({})).await;
        assert_eq!(charge["status"], "in_review", "{card}");
        assert_eq!(balances(&world, &tenant).await, Balances::default());
        act(&world, &tenant, &charge, "cancel", &json!({})).await.problem(409, "charge_state");
        world.wait_and_tick(59).await;
        assert_eq!(find(&world, &tenant, &charge).await["status"], "in_review");
        world.wait_and_tick(1).await;
        world.deliver().await;
        assert_eq!(find(&world, &tenant, &charge).await["status"], end, "{card}");
        let expected = [&["charge.created", "charge.in_review"], events].concat();
        assert_eq!(event_types(&world, &tenant, &charge).await, expected);
    }
}

#[tokio::test]
async fn a_payer_proves_to_the_issuer_who_they_are_or_the_card_is_declined() {
    for (outcome, end) in [("passed", "paid"), ("failed", "declined"), ("late", "declined")] {
        let (world, tenant, charge) = sold("authentication", 10_000, json!({})).await;
        assert_eq!(charge["status"], "authorizing");
        let url = text(&charge["card"]["authentication_url"]);
        assert_eq!(url, format!("{}/sandbox-issuer", text(&charge["payment_url"])));
        let path = format!("/v1/sandbox/charges/{}/authenticate", text(&charge["id"]));
        let act = || {
            let ask = world.post(&path).key(&tenant.program.api_key);
            ask.json(&json!({ "outcome": outcome })).send()
        };
        if outcome == "late" {
            world.wait_and_tick(600).await;
        } else {
            assert_eq!(act().await.ok()["status"], end);
            act().await.problem(409, "charge_state");
        }
        let charge = find(&world, &tenant, &charge).await;
        assert_eq!(
            (&charge["status"], &charge["card"]["authentication_url"]),
            (&json!(end), &Value::Null)
        );
        if end == "declined" {
            assert_eq!(charge["failure"]["code"], "authentication_failed");
        }
        let types = event_types(&world, &tenant, &charge).await;
        let asked = "charge.authentication_required";
        assert_eq!(types, ["charge.created", asked, &format!("charge.{end}")]);
    }
}

#[tokio::test]
async fn an_authorisation_is_voided_and_the_charge_cancelled() {
    let fields = json!({ "capture": false });
    let (world, tenant, charge) = sold("approved", 10_000, fields.clone()).await;
    let asked = act(&world, &tenant, &charge, "cancel", &json!({})).await.ok();
    assert_eq!(asked["status"], "cancelling");
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "cancelled");
    act(&world, &tenant, &charge, "capture", &json!({})).await.problem(409, "charge_state");
    let (world, tenant, charge) = sold("void_refused", 10_000, fields).await;
    act(&world, &tenant, &charge, "cancel", &json!({})).await.ok();
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "authorized");
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types.last(), Some(&"charge.cancellation_refused"));
    act(&world, &tenant, &charge, "capture", &json!({})).await.ok();
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "paid");
}

#[tokio::test]
async fn a_refused_capture_leaves_the_charge_authorised_until_it_expires() {
    let (world, tenant, charge) =
        sold("capture_refused", 10_000, json!({ "capture": false })).await;
    act(&world, &tenant, &charge, "capture", &json!({})).await.ok();
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "authorized");
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types.last(), Some(&"charge.capture_refused"));
    world.wait(7 * DAY);
    assert_eq!(find(&world, &tenant, &charge).await["status"], "expired", "before the scheduler");
    act(&world, &tenant, &charge, "capture", &json!({})).await.problem(409, "charge_state");
    world.wait_and_tick(0).await;
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types.last(), Some(&"charge.expired"));
    assert_eq!(balances(&world, &tenant).await, Balances::default());
}

/// Of captures and voids at once, one goes to the acquirer.
#[tokio::test]
async fn a_charge_is_captured_or_voided_and_never_both() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({ "capture": false })).await;
    let world = std::sync::Arc::new(world);
    let (key, id) = (tenant.program.api_key.clone(), text(&charge["id"]));
    let statuses = together(8, |number| {
        let (world, key, id) = (world.clone(), key.clone(), id.clone());
        async move {
            let action = if number % 2 == 0 { "capture" } else { "cancel" };
            let path = format!("/v1/charges/{id}/{action}");
            insist(world.post(&path).key(&key).json(&json!({}))).await.status
        }
    });
    let won = statuses.await.into_iter().filter(|status| *status == 200).count();
    assert_eq!(won, 1, "one order");
    world.deliver().await;
    let orders = world.network.card_orders();
    assert_eq!(orders.len(), 2, "the authorisation and one more");
    let status = find(&world, &tenant, &charge).await["status"].clone();
    assert!(status == "paid" || status == "cancelled", "{status}");
    let expected = if status == "paid" { 10_000 } else { 0 };
    assert_eq!(balances(&world, &tenant).await.receivable_cents, expected);
}
