//! Charges with a due date: what the payer owes on each day, and what pays the charge.

use brazil::BrCode;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_charge, text};

const DAY: i64 = 24 * 3_600;

/// Returns a charge of 100 reais, due on Friday 2026-11-27, with every term. The clock of the tests begins
/// on Monday 2026-11-23.
fn due_charge() -> Value {
    let mut body = new_charge();
    let terms = json!({
        "amount_cents": 10_000,
        "due_date": "2026-11-27",
        "payable_days_after_due": 10,
        "fine": { "basis_points": 200 },
        "interest": { "basis_points_per_month": 300 },
        "discounts": [{ "until": "2026-11-24", "reduction": { "amount_cents": 500 } }],
        "rebate": { "amount_cents": 1_000 },
    });
    body.as_object_mut().expect("an object").extend(terms.as_object().expect("one").clone());
    body
}

async fn send(world: &World, tenant: &Tenant, body: &Value) -> TestResponse {
    let name = format!("order-{}", world.logged().len());
    let ask = world.post("/v1/charges").key(&tenant.program.api_key);
    ask.idempotency_key(&name).json(body).send().await
}

async fn opened() -> (World, Tenant, Value) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = send(&world, &tenant, &due_charge()).await.created();
    (world, tenant, charge)
}

/// Returns a charge with one term changed, or without it.
fn with(name: &str, value: Option<Value>) -> Value {
    let mut body = due_charge();
    let fields = body.as_object_mut().expect("an object");
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
    body
}

#[tokio::test]
async fn a_charge_shows_its_terms_and_what_the_payer_owes_today() {
    let (world, tenant, charge) = opened().await;
    let key = &tenant.program.api_key;
    for (name, sent) in due_charge().as_object().expect("an object") {
        if !["method", "payer"].contains(&name.as_str()) {
            assert_eq!(charge[name], *sent, "{name}");
        }
    }
    // The last day is Monday 2026-12-07, which ends at 03:00 UTC.
    assert_eq!(charge["expires_at"], "2026-12-08T03:00:00.000Z");
    let id = text(&charge["id"]);
    let owed = |date: &str, discount: u64, fine: u64, interest: u64| {
        json!({
            "date": date, "original_cents": 10_000, "rebate_cents": 1_000,
            "discount_cents": discount, "fine_cents": fine, "interest_cents": interest,
            "total_cents": 9_000 - discount + fine + interest,
        })
    };
    let days = [
        (0, owed("2026-11-23", 500, 0, 0)),
        (1, owed("2026-11-24", 500, 0, 0)),
        (1, owed("2026-11-25", 0, 0, 0)),
        (2, owed("2026-11-27", 0, 0, 0)),
        (1, owed("2026-11-28", 0, 180, 9)),
        (9, owed("2026-12-07", 0, 180, 90)),
    ];
    for (days, owed) in days {
        world.wait(days * DAY);
        let shown = world.find_charge(key, &id).await;
        assert_eq!(shown["amount_due"], owed);
        assert_eq!(shown["overdue"], json!(owed["fine_cents"] != 0), "{owed}");
        assert_eq!((&shown["amount_cents"], &shown["status"]), (&json!(10_000), &json!("pending")));
    }
    let listed = &world.charges(key).await[0];
    assert_eq!(listed["amount_due"]["total_cents"], 9_270);
}

/// The day begins and ends in São Paulo, three hours after UTC.
#[tokio::test]
async fn a_charge_expires_when_its_last_day_ends_in_sao_paulo() {
    let (world, tenant, charge) = opened().await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    world.wait(14 * DAY + 15 * 3_600 - 1);
    let shown = world.find_charge(key, &id).await;
    assert_eq!(
        (&shown["status"], &shown["amount_due"]["date"]),
        (&json!("pending"), &json!("2026-12-07"))
    );
    world.wait(1);
    assert_eq!(world.find_charge(key, &id).await["status"], "expired");
    world.wait_and_tick(0).await;
    let stored = world.stored_charge(tenant.account_id, &id).await;
    assert_eq!(stored.status.as_str(), "expired");
}

#[tokio::test]
async fn the_amount_of_the_day_pays_the_charge_and_stays_with_it() {
    for (days, paid_cents) in [(0, 8_500), (3, 9_000), (5, 9_189), (10, 9_234)] {
        let (world, tenant, charge) = opened().await;
        let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
        world.wait(days * DAY);
        let paid = world.pay(key, &id).await.ok();
        assert_eq!(paid["status"], "credited", "{days}");
        assert_eq!(paid["paid_amount_cents"], paid_cents);
        assert_eq!(paid["amount_due"]["total_cents"], paid_cents);
        let (books, _) = world.ledger(tenant.account_id).await;
        let credited_cents = books.balances.available_cents + books.balances.fees_cents;
        assert_eq!(credited_cents, paid_cents);
        // Later days do not change what was owed when the payer paid.
        world.wait(3 * DAY);
        assert_eq!(world.find_charge(key, &id).await["amount_due"], paid["amount_due"]);
    }
}

/// A bank that rounds interest by another rule differs by a cent; everything else is another amount.
#[tokio::test]
async fn a_payment_pays_the_charge_if_it_differs_by_at_most_a_cent() {
    for (paid_cents, pays) in [
        (9_188, true),
        (9_189, true),
        (9_190, true),
        (9_187, false),
        (9_191, false),
        (9_000, false),
        (10_000, false),
    ] {
        let (world, tenant, charge) = opened().await;
        let key = &tenant.program.api_key;
        world.wait(5 * DAY);
        let payment = json!({ "amount_cents": paid_cents, "txid": charge["pix"]["txid"] });
        world.arrive(key, &payment).await;
        let shown = world.find_charge(key, &text(&charge["id"])).await;
        let status = if pays { "credited" } else { "pending" };
        assert_eq!(shown["status"], status, "{paid_cents}");
        let credits = world.credits(key).await;
        let reasons: Vec<_> = credits.iter().map(|credit| &credit["reason"]).collect();
        assert_eq!(reasons, if pays { vec![] } else { vec!["amount_mismatch"] }, "{paid_cents}");
    }
    // A charge without a due date is paid by its amount alone.
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = send(&world, &tenant, &new_charge()).await.created();
    let payment = json!({ "amount_cents": 1_001, "txid": charge["pix"]["txid"] });
    world.arrive(&tenant.program.api_key, &payment).await;
    assert_eq!(world.credits(&tenant.program.api_key).await[0]["reason"], "amount_mismatch");
}

/// The manual of the Central Bank: the payer's bank asks for the amount of the day on which the payer wants
/// to pay (`DPP`), with the code of the payer's city.
#[tokio::test]
async fn the_location_serves_the_parts_of_the_amount_of_a_day() {
    let (world, tenant, charge) = opened().await;
    let code = BrCode::parse(&text(&charge["pix"]["br_code"])).expect("a BR Code");
    assert_eq!(code.amount_cents(), None, "the amount depends on the day");
    let path = format!("/pix/{}", text(&charge["pix"]["txid"]));
    let served = world.get(&path).send().await.ok();
    assert_eq!(served["calendario"]["dataDeVencimento"], "2026-11-27");
    assert_eq!(served["calendario"]["validadeAposVencimento"], 10);
    assert_eq!(served["calendario"].get("expiracao"), None);
    let values = |discount: &str, fine: &str, interest: &str, total: &str| {
        json!({
            "original": "100.00", "abatimento": "10.00", "desconto": discount, "multa": fine,
            "juros": interest, "final": total,
        })
    };
    let today = values("5.00", "0.00", "0.00", "85.00");
    assert_eq!(served["valor"], today);
    for (query, expected) in [
        ("?DPP=2026-11-23", today.clone()),
        ("?DPP=2026-11-01", today),
        ("?DPP=2026-11-25&codMun=3550308", values("0.00", "0.00", "0.00", "90.00")),
        ("?codMun=3550308&DPP=2026-12-07", values("0.00", "1.80", "0.90", "92.70")),
    ] {
        let served = world.get(&format!("{path}{query}")).send().await.ok();
        assert_eq!(served["valor"], expected, "{query}");
    }
    let wrong = world.get(&format!("{path}?DPP=27/11/2026")).send().await;
    wrong.violation("DPP", "invalid_format");
    // The payload of a charge without a due date has none of these fields.
    let charge = send(&world, &tenant, &new_charge()).await.created();
    let path = format!("/pix/{}", text(&charge["pix"]["txid"]));
    let served = world.get(&path).send().await.ok();
    assert_eq!(served["valor"], json!({ "original": "10.00" }));
    assert_eq!(served["calendario"]["expiracao"], 86_400);
}

#[tokio::test]
async fn every_wrong_term_is_named_in_the_words_of_the_request() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let discount = |until: &str, cents: u64| json!([{ "until": until, "reduction": { "amount_cents": cents } }]);
    let cases = [
        ("due_date", json!("2026-11-22"), "due_date", "out_of_range"),
        ("due_date", json!("2031-11-24"), "due_date", "out_of_range"),
        ("due_date", json!("27/11/2026"), "due_date", "invalid_format"),
        ("due_date", json!("2026-02-30"), "due_date", "invalid_format"),
        ("due_date", json!(20_261_127), "due_date", "wrong_type"),
        ("payable_days_after_due", json!(367), "payable_days_after_due", "out_of_range"),
        ("payable_days_after_due", json!(-1), "payable_days_after_due", "out_of_range"),
        ("payable_days_after_due", json!("10"), "payable_days_after_due", "wrong_type"),
        ("fine", json!({}), "fine", "invalid_format"),
        ("fine", json!({ "amount_cents": 1, "basis_points": 1 }), "fine", "invalid_format"),
        ("fine", json!({ "percent": 2 }), "fine.percent", "unknown_field"),
        ("fine", json!({ "basis_points": 10_001 }), "fine.basis_points", "out_of_range"),
        ("fine", json!({ "amount_cents": 10_001 }), "fine.amount_cents", "out_of_range"),
        ("fine", json!(2), "fine", "wrong_type"),
        ("interest", json!({}), "interest", "invalid_format"),
        (
            "interest",
            json!({ "basis_points_per_day": 0 }),
            "interest.basis_points_per_day",
            "out_of_range",
        ),
        ("discounts", discount("2026-11-28", 1), "discounts[0].until", "out_of_range"),
        ("discounts", discount("2026-11-22", 1), "discounts[0].until", "out_of_range"),
        ("discounts", discount("2026-11-24", 9_000), "discounts[0].reduction", "out_of_range"),
        ("discounts", json!([{}]), "discounts[0].until", "required"),
        ("discounts", json!({}), "discounts", "wrong_type"),
        ("rebate", json!({ "amount_cents": 10_000 }), "rebate", "out_of_range"),
        ("expires_at", json!("2026-11-24T12:00:00Z"), "expires_at", "out_of_range"),
    ];
    world.bundle.faults().record();
    for (name, value, field, flaw) in cases {
        let response = send(&world, &tenant, &with(name, Some(value))).await;
        response.violation(field, flaw);
    }
    let without = send(&world, &tenant, &with("due_date", None)).await;
    without.violation("due_date", "required");
    let four = json!(vec![discount("2026-11-24", 1)[0].clone(); 4]);
    let response = send(&world, &tenant, &with("discounts", Some(four))).await;
    response.violation("discounts", "wrong_length");
    assert_eq!(world.transactions(), Vec::<String>::new());
}

/// A refund returns what the payer paid, not what the charge asked at first.
#[tokio::test]
async fn a_late_payment_can_be_refunded_in_full() {
    let (world, tenant, charge) = opened().await;
    let (key, id) = (&tenant.program.api_key, text(&charge["id"]));
    world.pay_in(key, 50_000).await;
    world.wait(10 * DAY);
    world.pay(key, &id).await.ok();
    let path = format!("/v1/charges/{id}/refunds");
    let refund = |name: &str, cents: u64| {
        let ask = world.post(&path).key(key).idempotency_key(name);
        ask.json(&json!({ "amount_cents": cents })).send()
    };
    refund("too-much", 9_235).await.problem(422, "refund_exceeds_charge");
    assert_eq!(refund("whole", 9_234).await.created()["amount_cents"], 9_234);
}
