//! Lists and files of instalments, and their early payment.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, insist, text, together};

use super::cards::{act, balances, create, find, sold};

const DAY: i64 = 24 * 3_600;

async fn list(world: &World, tenant: &Tenant, query: &str) -> Value {
    let path = format!("/v1/receivables?{query}");
    world.get(&path).key(&tenant.program.api_key).send().await.ok()
}

/// Returns number, time and net amount of each row.
fn rows(page: &Value) -> Vec<(u64, String, u64)> {
    let number = |value: &Value| value.as_u64().expect("a number");
    let row = |row: &Value| {
        (number(&row["number"]), text(&row["settles_at"]), number(&row["net_amount_cents"]))
    };
    page["data"].as_array().expect("a list").iter().map(row).collect()
}

async fn offer(world: &World, tenant: &Tenant, charge: &Value) -> TestResponse {
    let path = format!("/v1/charges/{}/anticipation", text(&charge["id"]));
    world.get(&path).key(&tenant.program.api_key).send().await
}

async fn anticipate(world: &World, tenant: &Tenant, charge: &Value, body: Value) -> TestResponse {
    act(world, tenant, charge, "anticipation", &body).await
}

#[tokio::test]
async fn the_list_has_the_instalments_of_all_sales_in_the_order_of_their_payment() {
    let (world, tenant, first) = sold("approved", 55_930, json!({ "installments": 3 })).await;
    world.wait_and_tick(DAY).await;
    let second = create(&world, &tenant, "approved", 10_000, &json!({})).await.created();
    world.deliver().await;
    let all = list(&world, &tenant, "").await;
    let expected = [
        (1, "2026-12-23T17:00:00.000Z", 17_900),
        (1, "2026-12-24T17:00:00.000Z", 9_601),
        (2, "2027-01-22T17:00:00.000Z", 17_899),
        (3, "2027-02-22T17:00:00.000Z", 17_899),
    ];
    let expected: Vec<_> = expected.map(|(n, at, net)| (n, at.to_owned(), net)).into();
    assert_eq!(rows(&all), expected);
    let head = &all["data"][0];
    assert_eq!((&head["charge_id"], &head["status"]), (&first["id"], &json!("open")));
    assert_eq!((&head["installments"], &head["fees_cents"]), (&json!(3), &json!(744)));
    // A date alone is a whole day in São Paulo.
    let day = list(&world, &tenant, "settles_from=2026-12-24&settles_until=2026-12-24").await;
    assert_eq!(rows(&day), expected[1..2]);
    let of_one = list(&world, &tenant, &format!("charge_id={}", text(&second["id"]))).await;
    assert_eq!(rows(&of_one), expected[1..2]);
    let page = list(&world, &tenant, "limit=3").await;
    let next =
        list(&world, &tenant, &format!("limit=3&cursor={}", text(&page["next_cursor"]))).await;
    assert_eq!((rows(&page).len(), rows(&next)), (3, expected[3..].to_vec()));
    // The next instalment is credited, and its row says so.
    world.wait_and_tick(29 * DAY + 5 * 3_600).await;
    let credited = list(&world, &tenant, "status=credited").await;
    assert_eq!(rows(&credited), expected[..1]);
    assert_eq!(credited["data"][0]["credited_at"], "2026-12-23T17:00:00.000Z");
    assert_eq!(rows(&list(&world, &tenant, "status=open").await), expected[1..]);
    let other = world.tenant("outra").await;
    assert_eq!(rows(&list(&world, &other, "").await), []);
}

#[tokio::test]
async fn a_refund_changes_the_rows_and_its_rejection_changes_them_back() {
    let (world, tenant, charge) = sold("approved", 30_000, json!({ "installments": 3 })).await;
    let path = format!("/v1/charges/{}/refunds", text(&charge["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key).idempotency_key("one");
    let refund = ask.json(&json!({ "amount_cents": 3_000 })).send().await.created();
    let refunded = async || {
        let page = list(&world, &tenant, "").await;
        let rows = page["data"].as_array().expect("a list").clone();
        rows.iter().map(|row| row["refunded_amount_cents"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(refunded().await, [1_000, 1_000, 1_000]);
    let path = format!("/v1/sandbox/refunds/{}/outcome", text(&refund["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key);
    ask.json(&json!({ "outcome": "rejected" })).send().await.ok();
    assert_eq!(refunded().await, [0, 0, 0]);
}

#[tokio::test]
async fn the_file_has_a_row_for_each_instalment() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({ "installments": 2 })).await;
    let file = async |query: &str| {
        let path = format!("/v1/receivables/file?{query}");
        world.get(&path).key(&tenant.program.api_key).send().await
    };
    let brazilian = file("").await;
    assert_eq!(brazilian.status, 200);
    assert_eq!(brazilian.header("content-type"), Some("text/csv; charset=utf-8"));
    let name = brazilian.header("content-disposition").expect("a name");
    assert_eq!(
        name,
        format!("attachment; filename=\"receivables_{}_2026-11-23.csv\"", tenant.account_id)
    );
    let content = brazilian.text();
    let lines: Vec<_> = content.lines().collect();
    assert_eq!(lines.len(), 3);
    let first = format!("\"23/12/2026\";\"A receber\";\"{}\";", text(&charge["id"]));
    assert!(lines[1].starts_with(&first), "{}", lines[1]);
    assert!(
        lines[1].ends_with("\"50,00\";\"0,00\";\"2,00\";\"0,00\";\"48,00\";\"\""),
        "{}",
        lines[1]
    );
    let international = file("dialect=intl&settles_until=2026-12-31").await;
    let international = international.text();
    assert_eq!(international.lines().count(), 2);
    assert!(international.starts_with("settles_on,status,charge_id,"));
    file("dialect=excel").await.violation("dialect", "unknown_value");
    file("settles_from=ontem").await.violation("settles_from", "invalid_format");
}

#[tokio::test]
async fn an_early_payment_moves_the_instalments_and_takes_its_fee() {
    let (world, tenant, charge) = sold("approved", 30_000, json!({ "installments": 3 })).await;
    let shown = offer(&world, &tenant, &charge).await.ok();
    // The acquirer pays on Tuesday, 24 November; R$ 100.00 at 1.5 % for 29, 59 and 90 days.
    assert_eq!(shown["settles_at"], "2026-11-24T17:00:00.000Z");
    let fees: Vec<_> = shown["installments"].as_array().expect("a list").iter().collect();
    assert_eq!(
        fees.iter().map(|one| one["fee_cents"].clone()).collect::<Vec<_>>(),
        [145, 295, 450]
    );
    assert_eq!((&shown["amount_cents"], &shown["fee_cents"]), (&json!(30_000), &json!(890)));
    let asked = anticipate(&world, &tenant, &charge, json!({ "max_fee_cents": 890 })).await;
    assert_eq!(asked.expect(202)["card"]["open_order"], "anticipate");
    offer(&world, &tenant, &charge).await.problem(409, "charge_state");
    world.deliver().await;
    let agreed = find(&world, &tenant, &charge).await;
    assert_eq!(agreed["card"]["open_order"], Value::Null);
    let page = list(&world, &tenant, "").await;
    let early = "2026-11-24T17:00:00.000Z".to_owned();
    let expected = vec![(1, early.clone(), 9_456), (2, early.clone(), 9_306), (3, early, 9_151)];
    assert_eq!(rows(&page), expected, "no row stays at its later day");
    assert_eq!(page["data"][2]["agreed_settles_at"], "2027-02-22T17:00:00.000Z");
    assert_eq!(
        balances(&world, &tenant).await.available_cents,
        0,
        "no money before the acquirer pays"
    );
    // It pays 29 hours after the sale, and each run of the schedule credits one instalment.
    for _ in 0..4 {
        world.wait_and_tick(DAY).await;
    }
    let end = find(&world, &tenant, &charge).await;
    // 3.99 % of 30000 is 1197 cents, and 890 for the early payment.
    assert_eq!((&end["status"], &end["fees_cents"]), (&json!("credited"), &json!(2_087)));
    let books = balances(&world, &tenant).await;
    assert_eq!((books.available_cents, books.receivable_cents), (27_913, 0));
    let events = world.events(tenant.account_id, &text(&charge["id"])).await;
    let types: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    let credited = "charge.installment_credited";
    let expected = [
        "charge.created",
        "charge.paid",
        "charge.anticipated",
        credited,
        credited,
        "charge.credited",
    ];
    assert_eq!(types, expected);
    offer(&world, &tenant, &charge).await.problem(409, "charge_state");
}

#[tokio::test]
async fn an_acquirer_answers_later_or_refuses() {
    for (card, waits, event) in [
        ("anticipation_later", true, "charge.anticipated"),
        ("anticipation_refused", false, "charge.anticipation_refused"),
    ] {
        let (world, tenant, charge) = sold(card, 10_000, json!({ "installments": 2 })).await;
        let before = rows(&list(&world, &tenant, "").await);
        let body = json!({ "numbers": [2], "max_fee_cents": 1_000 });
        anticipate(&world, &tenant, &charge, body).await.expect(202);
        world.deliver().await;
        if waits {
            assert_eq!(rows(&list(&world, &tenant, "").await), before, "nothing is agreed");
            world.wait_and_tick(60).await;
        }
        let events = world.events(tenant.account_id, &text(&charge["id"])).await;
        assert_eq!(events.last().map(|event| event.kind.as_str()), Some(event));
        let after = rows(&list(&world, &tenant, "").await);
        match waits {
            true => assert_eq!(after[0].0, 2, "the second instalment comes first"),
            false => assert_eq!(after, before),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_paid_early_is_refused_by_field() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({ "installments": 2 })).await;
    let ask = async |body: Value| anticipate(&world, &tenant, &charge, body).await;
    ask(json!({ "max_fee_cents": 1 })).await.violation("max_fee_cents", "out_of_range");
    ask(json!({})).await.violation("max_fee_cents", "required");
    for numbers in [json!([3]), json!([1, 0])] {
        let body = json!({ "numbers": numbers, "max_fee_cents": 1_000 });
        ask(body).await.violation("numbers", "unknown_value");
    }
    let many = vec![1; 13];
    ask(json!({ "numbers": many, "max_fee_cents": 1_000 }))
        .await
        .violation("numbers", "wrong_length");
    ask(json!({ "numbers": [], "max_fee_cents": 1_000 }))
        .await
        .violation("numbers", "wrong_length");
    ask(json!({ "max_fee_cents": 1_000, "fee": 1 })).await.violation("fee", "unknown_field");
    let pix = world.charge(&tenant.program.api_key, "pix").await.created();
    offer(&world, &tenant, &pix).await.problem(409, "charge_state");
    let other = world.tenant("outra").await;
    offer(&world, &other, &charge).await.problem(404, "not_found");
    assert!(world.network.card_orders().len() == 1, "no order but the sale");
}

/// Of orders at once, one goes to the acquirer, and each instalment is credited once.
#[tokio::test]
async fn instalments_are_paid_early_once() {
    let (world, tenant, charge) = sold("approved", 30_000, json!({ "installments": 3 })).await;
    let world = std::sync::Arc::new(world);
    let (key, id) = (tenant.program.api_key.clone(), text(&charge["id"]));
    let statuses = together(8, |number| {
        let (world, key, id) = (world.clone(), key.clone(), id.clone());
        async move {
            let path = format!("/v1/charges/{id}/anticipation");
            let numbers = if number % 2 == 0 { json!([1, 3]) } else { json!([2, 3]) };
            let body = json!({ "numbers": numbers, "max_fee_cents": 1_000 });
            insist(world.post(&path).key(&key).json(&body)).await.status
        }
    });
    let won = statuses.await.into_iter().filter(|status| *status == 202).count();
    assert_eq!(won, 1, "one order");
    world.deliver().await;
    assert_eq!(world.network.card_orders().len(), 2, "the sale and one early payment");
    for _ in 0..3 {
        world.wait_and_tick(DAY).await;
    }
    assert_eq!(balances(&world, &tenant).await.receivable_cents, 10_000);
}

/// A rejection would make the instalment larger than what was agreed, so it is offered after the refund.
#[tokio::test]
async fn an_instalment_with_a_refund_in_process_is_not_paid_early() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({})).await;
    let path = format!("/v1/charges/{}/refunds", text(&charge["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key).idempotency_key("half");
    let refund = ask.json(&json!({ "amount_cents": 5_000 })).send().await.created();
    offer(&world, &tenant, &charge).await.problem(409, "charge_state");
    let path = format!("/v1/sandbox/refunds/{}/outcome", text(&refund["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key);
    ask.json(&json!({ "outcome": "rejected" })).send().await.ok();
    assert_eq!(offer(&world, &tenant, &charge).await.ok()["fee_cents"], 145);
}

/// The acquirer keeps its fee, so a refund that is rejected after the credit leaves it to the account.
#[tokio::test]
async fn a_refund_that_is_rejected_after_the_early_credit_takes_the_missing_fee() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({})).await;
    anticipate(&world, &tenant, &charge, json!({ "max_fee_cents": 145 })).await.expect(202);
    world.deliver().await;
    let path = format!("/v1/charges/{}/refunds", text(&charge["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key).idempotency_key("all");
    let refund = ask.json(&json!({ "amount_cents": 10_000 })).send().await.created();
    world.wait_and_tick(2 * DAY).await;
    assert_eq!(balances(&world, &tenant).await.available_cents, 0);
    let path = format!("/v1/sandbox/refunds/{}/outcome", text(&refund["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key);
    ask.json(&json!({ "outcome": "rejected" })).send().await.ok();
    // 10000 - 399 for the sale - 145 for the early payment.
    assert_eq!(balances(&world, &tenant).await.available_cents, 9_456);
}

/// A refund after the agreement lowers the fee in proportion.
#[tokio::test]
async fn a_refund_before_the_early_payment_lowers_its_fee() {
    let (world, tenant, charge) = sold("approved", 10_000, json!({})).await;
    anticipate(&world, &tenant, &charge, json!({ "max_fee_cents": 145 })).await.expect(202);
    world.deliver().await;
    let path = format!("/v1/charges/{}/refunds", text(&charge["id"]));
    let ask = world.post(&path).key(&tenant.program.api_key).idempotency_key("half");
    ask.json(&json!({ "amount_cents": 5_000 })).send().await.created();
    assert_eq!(list(&world, &tenant, "").await["data"][0]["anticipation_fee_cents"], 73);
    world.wait_and_tick(2 * DAY).await;
    // 5000 - 399 for the sale - 73 for the early payment.
    assert_eq!(balances(&world, &tenant).await.available_cents, 4_528);
}
