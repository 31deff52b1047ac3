//! Charges by boleto: registration, notice and settlement, changes, cancellation, and the Pix beside it.

use std::collections::BTreeSet;
use std::sync::Arc;

use brazil::BoletoCode;
use domain::ledger::Balances;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, insist, new_boleto, text, together};

const DAY: i64 = 24 * 3_600;

pub(super) async fn create(world: &World, key: &str, body: &Value) -> TestResponse {
    let name = format!("boleto-{}", world.logged().len());
    world.post("/v1/charges").key(key).idempotency_key(&name).json(body).send().await
}

/// Returns a world with a boleto of this amount that its bank has registered.
pub(super) async fn registered(amount_cents: u64) -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = new_boleto();
    body["amount_cents"] = json!(amount_cents);
    let charge = create(&world, &tenant.program.api_key, &body).await.created();
    assert_eq!((&charge["status"], &charge["method"]), (&json!("registering"), &json!("boleto")));
    world.deliver().await;
    let charge = world.find_charge(&tenant.program.api_key, &text(&charge["id"])).await;
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

/// Returns the types of the charge's events, oldest first.
async fn event_types(world: &World, tenant: &Tenant, charge: &Value) -> Vec<&'static str> {
    let events = world.events(tenant.account_id, &text(&charge["id"])).await;
    events.iter().map(|event| event.kind.as_str()).collect()
}

#[tokio::test]
async fn a_boleto_has_codes_that_say_its_amount_and_its_due_date() {
    let (_, _, charge) = registered(123_456).await;
    assert_eq!(charge["status"], "pending");
    let boleto = &charge["boleto"];
    assert_eq!((&boleto["our_number"], &boleto["registration"]), (&json!(1), &json!("registered")));
    let read = |field: &str| match BoletoCode::parse(&text(&boleto[field])) {
        Ok(BoletoCode::Bank(barcode)) => barcode,
        other => panic!("{field}: {other:?}"),
    };
    let barcode = read("barcode");
    assert_eq!(barcode.amount_cents(), Some(123_456));
    let today = "2026-11-23".parse().expect("a date");
    assert_eq!(barcode.factor().date_on(today), Some("2026-12-11".parse().expect("a date")));
    assert_eq!(barcode.bank_code(), text(&boleto["bank_code"]));
    for line in ["digitable_line", "printed_line"] {
        assert_eq!(read(line), barcode, "{line}");
    }
    assert_eq!(text(&boleto["digitable_line"]).len(), 47);
    assert!(text(&charge["pix"]["br_code"]).starts_with("000201"));
}

#[tokio::test]
async fn a_notice_is_not_money_until_the_settlement() {
    let (world, tenant, charge) = registered(10_000).await;
    // Monday 12:00 UTC is 09:00 in São Paulo, so the money comes at 14:00 of the same day.
    let paid = world.pay(&tenant.program.api_key, &text(&charge["id"])).await.ok();
    assert_eq!(paid["status"], "paid");
    assert_eq!(paid["available_at"], "2026-11-23T17:00:00.000Z");
    assert_eq!(paid["payment"]["method"], "boleto");
    let after = balances(&world, &tenant).await;
    assert_eq!((after.available_cents, after.receivable_cents), (0, 10_000));
    world.wait_and_tick(5 * 3_600 - 1).await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "paid");
    world.wait_and_tick(1).await;
    let credited = find(&world, &tenant, &charge).await;
    assert_eq!((&credited["status"], &credited["fees_cents"]), (&json!("credited"), &json!(99)));
    let after = balances(&world, &tenant).await;
    assert_eq!((after.available_cents, after.receivable_cents), (9_901, 0));
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types, ["charge.created", "charge.registered", "charge.paid", "charge.credited"]);
}

#[tokio::test]
async fn a_payment_on_saturday_settles_on_monday() {
    let (world, tenant, charge) = registered(10_000).await;
    world.wait(5 * DAY);
    let paid = world.pay(&tenant.program.api_key, &text(&charge["id"])).await.ok();
    assert_eq!(paid["available_at"], "2026-11-30T17:00:00.000Z");
}

#[tokio::test]
async fn a_notice_that_the_bank_withdraws_leaves_the_charge_to_be_paid_again() {
    let (world, tenant, charge) = registered(5_008).await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    world.pay(key, &id).await.ok();
    assert_eq!(balances(&world, &tenant).await.receivable_cents, 5_008);
    world.wait_and_tick(60).await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!((&shown["status"], &shown["paid_amount_cents"]), (&json!("pending"), &json!(0)));
    assert_eq!((&shown["payment"], &shown["paid_at"]), (&Value::Null, &Value::Null));
    let after = balances(&world, &tenant).await;
    assert_eq!((after.available_cents, after.receivable_cents), (0, 0));
    let payments = world.get("/v1/payments").key(key).send().await.ok();
    assert_eq!(payments["data"], json!([]), "no money came");
    world.pay(key, &id).await.ok();
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types[2..], ["charge.paid", "charge.payment_withdrawn", "charge.paid"]);
}

#[tokio::test]
async fn a_bank_that_refuses_the_boleto_ends_the_charge_with_a_reason() {
    let (world, tenant, charge) = registered(5_002).await;
    assert_eq!(charge["status"], "refused");
    assert_eq!(charge["boleto"]["registration"], "refused");
    assert_eq!(charge["failure"]["code"], "boleto_refused");
    act(&world, &tenant, &charge, "cancel", &json!({})).await.problem(409, "charge_state");
}

#[tokio::test]
async fn a_charge_is_registering_until_the_bank_confirms() {
    let (world, tenant, charge) = registered(5_001).await;
    assert_eq!(charge["status"], "registering");
    act(&world, &tenant, &charge, "cancel", &json!({})).await.problem(409, "charge_state");
    world.wait_and_tick(60).await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "pending");
}

#[tokio::test]
async fn a_cancellation_is_a_request_that_a_payment_beats() {
    let (world, tenant, charge) = registered(5_006).await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    let asked = act(&world, &tenant, &charge, "cancel", &json!({})).await.ok();
    assert_eq!(asked["status"], "cancelling");
    world.deliver().await;
    act(&world, &tenant, &charge, "cancel", &json!({})).await.problem(409, "charge_state");
    world.wait(DAY - 1);
    assert_eq!(world.pay(key, &id).await.ok()["status"], "paid");
    world.wait_and_tick(1).await;
    world.wait_and_tick(DAY).await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!(shown["status"], "credited");
    assert_eq!(shown["boleto"]["registration"], "written_off");
}

#[tokio::test]
async fn a_charge_is_cancelled_once_the_bank_has_written_the_boleto_off() {
    let (world, tenant, charge) = registered(10_000).await;
    act(&world, &tenant, &charge, "cancel", &json!({})).await.ok();
    world.deliver().await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!(shown["status"], "cancelled");
    assert_eq!(shown["boleto"]["registration"], "written_off");
    let (world, tenant, charge) = registered(5_005).await;
    act(&world, &tenant, &charge, "cancel", &json!({})).await.ok();
    world.deliver().await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "pending", "the bank refused");
    let types = event_types(&world, &tenant, &charge).await;
    assert_eq!(types.last(), Some(&"charge.cancellation_refused"));
    // The charge expires as if nothing had been asked.
    world.wait_and_tick(60 * DAY).await;
    assert_eq!(find(&world, &tenant, &charge).await["status"], "expired");
}

#[tokio::test]
async fn a_change_holds_once_the_bank_confirms_it() {
    let (world, tenant, charge) = registered(10_000).await;
    let change = json!({ "due_date": "2026-12-18", "rebate": { "amount_cents": 500 } });
    let asked = act(&world, &tenant, &charge, "change", &change).await.ok();
    assert_eq!(asked["due_date"], "2026-12-11");
    assert_eq!(asked["boleto"]["requested_terms"]["due_date"], "2026-12-18");
    act(&world, &tenant, &charge, "change", &change).await.problem(409, "charge_state");
    world.deliver().await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!(
        (&shown["due_date"], &shown["boleto"]["requested_terms"]),
        (&json!("2026-12-18"), &Value::Null)
    );
    assert_eq!(shown["amount_due"]["total_cents"], 9_500);
    assert_eq!(shown["boleto"]["our_number"], charge["boleto"]["our_number"]);
    assert_ne!(shown["boleto"]["barcode"], charge["boleto"]["barcode"], "it has another due date");
    assert_eq!(event_types(&world, &tenant, &charge).await.last(), Some(&"charge.changed"));
    // The charge expires 30 days after the new due date, in São Paulo.
    assert_eq!(shown["expires_at"], "2027-01-18T03:00:00.000Z");

    let (world, tenant, charge) = registered(5_007).await;
    act(&world, &tenant, &charge, "change", &change).await.ok();
    world.deliver().await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!(
        (&shown["due_date"], &shown["boleto"]["requested_terms"]),
        (&json!("2026-12-11"), &Value::Null)
    );
    assert_eq!(event_types(&world, &tenant, &charge).await.last(), Some(&"charge.change_refused"));
}

#[tokio::test]
async fn a_change_names_what_is_wrong() {
    let (world, tenant, charge) = registered(10_000).await;
    for (field, change) in [
        ("due_date", json!({ "due_date": "2026-11-22" })),
        (
            "payable_days_after_due",
            json!({ "due_date": "2026-12-18", "payable_days_after_due": 60 }),
        ),
        ("fine", json!({ "due_date": "2026-12-18", "fine": { "basis_points": 201 } })),
        (
            "interest",
            json!({ "due_date": "2026-12-18", "interest": { "basis_points_per_month": 101 } }),
        ),
        (
            "interest",
            json!({ "due_date": "2026-12-18", "interest": { "basis_points_per_day": 1 } }),
        ),
    ] {
        let refused = act(&world, &tenant, &charge, "change", &change).await;
        assert_eq!(refused.problem(400, "invalid_request")["violations"][0]["field"], field);
    }
    // An immediate Pix has no terms that could change.
    let pix = world.charge(&tenant.program.api_key, "pix").await.created();
    let refused = act(&world, &tenant, &pix, "change", &json!({ "due_date": "2026-12-18" })).await;
    assert_eq!(refused.problem(400, "invalid_request")["violations"][0]["field"], "due_date");
}

/// Two ways of payment are one debt: the Pix writes the boleto off, and a second payment goes back.
#[tokio::test]
async fn a_pix_pays_the_boleto_and_the_bank_writes_it_off() {
    let (world, tenant, charge) = registered(10_000).await;
    let key = &tenant.program.api_key;
    let payment = json!({ "amount_cents": 10_000, "txid": charge["pix"]["txid"] });
    world.arrive(key, &payment).await.created();
    world.deliver().await;
    let shown = find(&world, &tenant, &charge).await;
    assert_eq!(
        (&shown["status"], &shown["payment"]["method"]),
        (&json!("credited"), &json!("pix"))
    );
    assert_eq!(shown["boleto"]["registration"], "written_off");
    let kinds: Vec<_> = world
        .network
        .boleto_orders()
        .iter()
        .map(|order| order.instruction.kind().as_str())
        .collect();
    assert_eq!(kinds, ["register", "write_off"]);
    let refund = world
        .refund(key, &text(&charge["id"]), "refund", &json!({ "amount_cents": 400 }))
        .await
        .created();
    assert_eq!((&refund["method"], &refund["amount_cents"]), (&json!("pix"), &json!(400)));
}

#[tokio::test]
async fn a_pix_after_the_boleto_was_paid_is_returned_by_itself() {
    let (world, tenant, charge) = registered(10_000).await;
    let key = &tenant.program.api_key;
    let id = text(&charge["id"]);
    world.pay(key, &id).await.ok();
    let payment = json!({ "amount_cents": 10_000, "txid": charge["pix"]["txid"] });
    // The notice of the boleto is no payment yet, so the only money that came does not go back.
    world.arrive(key, &payment).await.created();
    world.wait_and_deliver(60).await;
    assert_eq!(world.credits(key).await[0]["status"], "unmatched");
    world.post(&format!("/v1/sandbox/charges/{id}/settle")).key(key).send().await.ok();
    world.arrive(key, &payment).await.created();
    assert_eq!(world.credits(key).await[0]["reason"], "duplicate");
    world.wait_and_deliver(60).await;
    world.wait_and_deliver(60).await;
    assert_eq!(world.credits(key).await[0]["status"], "returned");
    assert_eq!(world.network.refunds().len(), 1);
    let after = balances(&world, &tenant).await;
    assert_eq!((after.available_cents, after.unmatched_cents), (9_901, 10_000));
}

#[tokio::test]
async fn a_boleto_that_is_paid_after_the_pix_becomes_a_credit() {
    let (world, tenant, charge) = registered(10_000).await;
    let key = &tenant.program.api_key;
    let payment = json!({ "amount_cents": 10_000, "txid": charge["pix"]["txid"] });
    world.arrive(key, &payment).await.created();
    world.pay(key, &text(&charge["id"])).await.ok();
    let credit = &world.credits(key).await[0];
    assert_eq!((&credit["reason"], &credit["method"]), (&json!("duplicate"), &json!("boleto")));
    world.wait_and_deliver(DAY).await;
    assert_eq!(world.credits(key).await[0]["status"], "unmatched", "a boleto cannot be returned");
    let path = format!("/v1/credits/{}/return", text(&credit["id"]));
    let refused =
        world.post(&path).key(key).idempotency_key("return").json(&json!({})).send().await;
    refused.problem(422, "refund_window_closed");
}

/// Fault row 163. Each boleto takes a number in the transaction of its charge.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn boletos_at_once_have_numbers_without_gaps_or_repeats() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = tenant.program.api_key.clone();
    let second = world.second_instance(|_| {});
    let worlds = [Arc::new(world), Arc::new(second)];
    let made = together(40, |number| {
        let (world, key) = (Arc::clone(&worlds[number % 2]), key.clone());
        async move {
            let mut body = new_boleto();
            // Every fourth one is refused, and takes no number.
            if number % 4 == 0 {
                body["due_date"] = json!("2026-11-01");
            }
            let name = number.to_string();
            let ask = world.post("/v1/charges").key(&key).idempotency_key(&name);
            insist(ask.json(&body)).await
        }
    })
    .await;
    let made: Vec<_> = made.iter().filter(|response| response.status == 201).collect();
    let numbers: BTreeSet<_> = made
        .iter()
        .map(|response| response.json()["boleto"]["our_number"].as_u64().expect("a number"))
        .collect();
    assert_eq!(numbers, (1..=30).collect(), "30 boletos have the numbers 1 to 30");
    assert_eq!(made.len(), 30);
}

#[tokio::test]
async fn a_boleto_needs_what_its_bank_asks_for() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let without = |path: &[&str]| {
        let mut body = new_boleto();
        let (last, parents) = path.split_last().expect("a path");
        let parent = parents.iter().fold(&mut body, |body, name| &mut body[*name]);
        parent.as_object_mut().expect("an object").remove(*last);
        body
    };
    let with = |name: &str, value: Value| {
        let mut body = new_boleto();
        body[name] = value;
        body
    };
    let address = |name: &str, value: &str| {
        let mut body = new_boleto();
        body["payer"]["address"][name] = json!(value);
        body
    };
    for (field, body) in [
        ("due_date", without(&["due_date"])),
        ("payer", without(&["payer"])),
        ("payer.address", without(&["payer", "address"])),
        ("payer.address.state", address("state", "sp")),
        ("payer.address.postal_code", address("postal_code", "0130-4000")),
        ("payer.address.street", address("street", "Rua\u{202e}x")),
        ("amount_cents", with("amount_cents", json!(499))),
        ("amount_cents", with("amount_cents", json!(10_000_000_000_u64))),
        ("payable_days_after_due", with("payable_days_after_due", json!(60))),
        (
            "boleto.document_number",
            with("boleto", json!({ "document_number": "1234567890123456" })),
        ),
        (
            "boleto.instructions",
            with("boleto", json!({ "instructions": ["a", "b", "c", "d", "e"] })),
        ),
        ("boleto.instructions[0]", with("boleto", json!({ "instructions": [""] }))),
        (
            "boleto.final_beneficiary.document.number",
            with(
                "boleto",
                json!({ "final_beneficiary": {
                "name": "Loja", "document": { "type": "cnpj", "number": "11222333000180" } } }),
            ),
        ),
    ] {
        let refused = create(&world, &tenant.program.api_key, &body).await;
        let problem = refused.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{problem}");
    }
    let mut pix = tests::new_charge();
    pix["boleto"] = json!({});
    let refused = create(&world, &tenant.program.api_key, &pix).await;
    assert_eq!(refused.problem(400, "invalid_request")["violations"][0]["field"], "boleto");
}

#[tokio::test]
async fn a_boleto_without_pix_has_no_qr_code() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let mut body = new_boleto();
    body["boleto"] = json!({ "pix": false });
    let charge = create(&world, &tenant.program.api_key, &body).await.created();
    assert_eq!(charge["pix"], Value::Null);
    let path = format!("/v1/charges/{}/qr-code", text(&charge["id"]));
    world.get(&path).key(&tenant.program.api_key).send().await.problem(404, "not_found");
}

#[tokio::test]
async fn the_slip_shows_the_codes_of_the_charge_while_banks_take_it() {
    let (world, tenant, charge) = registered(10_000).await;
    let key = &tenant.program.api_key;
    let path = format!("/v1/charges/{}/slip", text(&charge["id"]));
    let page = world.get(&format!("{path}?format=html")).key(key).send().await;
    assert_eq!(page.status, 200);
    for shown in
        [&charge["boleto"]["printed_line"], &json!("Maria Silva"), &json!("11.222.333/0001-81")]
    {
        assert!(page.text().contains(&text(shown)), "{shown}");
    }
    let pdf = world.get(&path).key(key).send().await;
    assert!(pdf.body.starts_with(b"%PDF"));
    // After the due date it is a second copy with the amount of the day.
    world.wait(25 * DAY);
    let page = world.get(&format!("{path}?format=html")).key(key).send().await;
    assert!(page.text().contains("18/12/2026"), "the day of the copy");
    act(&world, &tenant, &charge, "cancel", &json!({})).await.ok();
    world.deliver().await;
    world.get(&path).key(key).send().await.problem(409, "charge_state");
    let pix = world.charge(key, "pix").await.created();
    let path = format!("/v1/charges/{}/slip", text(&pix["id"]));
    world.get(&path).key(key).send().await.problem(409, "charge_state");
}

#[tokio::test]
async fn the_sandbox_settles_a_boleto_on_request() {
    let (world, tenant, charge) = registered(10_000).await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    let path = format!("/v1/sandbox/charges/{id}/settle");
    world.post(&path).key(key).send().await.problem(409, "charge_state");
    world.pay(key, &id).await.ok();
    assert_eq!(world.post(&path).key(key).send().await.ok()["status"], "credited");
    assert_eq!(balances(&world, &tenant).await.available_cents, 9_901);
    world.post(&path).key(key).send().await.problem(409, "charge_state");
}
