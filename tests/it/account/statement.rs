//! Balance, statement and transactions as a caller sees them.

use domain::kernel::{ChargeId, Id};
use domain::ledger::{Effects, EntryKind, LedgerAccount, Posting, TransactionRef};
use serde_json::{Value, json};
use store::Writes;
use tests::{Tenant, TestResponse, World, new_charge, new_payout};

use crate::access::people::{at_work, new_key, new_program};
use crate::storage::concurrent_changes::ConcurrentChange;

const FEE: i64 = 50;

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

async fn get(world: &World, tenant: &Tenant, target: &str) -> TestResponse {
    world.get(target).key(&tenant.program.api_key).send().await
}

/// Makes a payout that goes at once, with a reference.
async fn pay_out(world: &World, tenant: &Tenant, amount_cents: u64) -> Value {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    payout["reference"] = json!(format!("out-{amount_cents}"));
    let name = amount_cents.to_string();
    let payout = world.payout(&tenant.program.api_key, &name, &payout).await.created();
    world.deliver().await;
    payout
}

/// Reads every page of a statement as one: opening, amounts with the balance after each, closing.
/// Asserts that they lead from the one to the other.
async fn statement(world: &World, tenant: &Tenant, query: &str) -> (i64, Vec<(i64, i64)>, i64) {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(world, tenant, &format!("/v1/statement?{query}{cursor}")).await.ok();
        let cents = |of: &Value, name: &str| of[name].as_i64().expect("cents");
        let opening = cents(&page, "opening_balance_cents");
        let closing = cents(&page, "closing_balance_cents");
        for row in page["data"].as_array().expect("a list") {
            rows.push((cents(row, "amount_cents"), cents(row, "balance_after_cents")));
        }
        let Some(next) = page["next_cursor"].as_str() else {
            let end = rows.iter().fold(opening, |balance, (amount, after)| {
                assert_eq!(balance + amount, *after, "{rows:?}");
                *after
            });
            assert_eq!(end, closing, "{rows:?}");
            return (opening, rows, closing);
        };
        cursor = format!("&cursor={next}");
    }
}

#[tokio::test]
async fn the_balance_is_shown_now_and_at_the_end_of_any_day() {
    let (world, tenant) = world().await;
    let balance = async |date: &str| {
        let shown = get(&world, &tenant, &format!("/v1/balance{date}")).await.ok();
        ["available", "held", "balance", "receivable"]
            .map(|name| shown[format!("{name}_cents")].as_u64().expect("cents"))
    };
    assert_eq!(balance("").await, [0, 0, 0, 0]);
    world.pay_in(&tenant.program.api_key, 10_000).await;
    assert_eq!(balance("").await, [9_901, 0, 9_901, 0]);
    // It is 23 November; the next one is two days later.
    world.wait(2 * 86_400);
    let mut later = new_payout();
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    world.payout(&tenant.program.api_key, "held", &later).await.created();
    let held = later["amount_cents"].as_u64().expect("cents") + 50;
    let now = [9_901 - held, held, 9_901, 0];
    assert_eq!(balance("").await, now);
    assert_eq!(balance("?date=2026-11-22").await, [0, 0, 0, 0]);
    assert_eq!(balance("?date=1999-12-31").await, [0, 0, 0, 0]);
    assert_eq!(balance("?date=2026-11-23").await, [9_901, 0, 9_901, 0]);
    assert_eq!(balance("?date=2026-11-24").await, [9_901, 0, 9_901, 0]);
    assert_eq!(balance("?date=2026-11-25").await, now);
    let future = get(&world, &tenant, "/v1/balance?date=2026-11-26").await;
    assert_eq!(future.problem(400, "invalid_request")["violations"][0]["field"], "date");
    for wrong in ["2026-13-01", "yesterday", "2026-11-25T00:00:00Z", ""] {
        let response = get(&world, &tenant, &format!("/v1/balance?date={wrong}")).await;
        assert_eq!(response.problem(400, "invalid_request")["violations"][0]["field"], "date");
    }
}

/// A second before midnight in São Paulo is the day, a second after it the next one.
#[tokio::test]
async fn days_are_those_of_sao_paulo_unless_other_ones_are_asked_for() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    // 23:59:59 there, and still 22:59:59 in Manaus.
    world.wait(15 * 3_600 - 1);
    world.pay_in(key, 1_000).await;
    world.wait(1);
    world.pay_in(key, 2_000).await;
    let of = async |query: &str| statement(&world, &tenant, query).await;
    let first = [(1_000, 1_000), (-10, 990)];
    let second = [(2_000, 2_990), (-20, 2_970)];
    assert_eq!(of("from=2026-11-23&until=2026-11-23").await, (0, first.to_vec(), 990));
    assert_eq!(of("from=2026-11-24").await, (990, second.to_vec(), 2_970));
    let both = [first, second].concat();
    assert_eq!(of("from=2026-11-23").await, (0, both.clone(), 2_970));
    let manaus = "from=2026-11-23&time_zone=America/Manaus";
    assert_eq!(of(manaus).await, (0, both, 2_970));
}

#[tokio::test]
async fn a_statement_shows_what_moved_the_balance_and_pages_come_to_the_same() {
    let (world, tenant) = world().await;
    for amount in [20_000, 30_000, 40_000] {
        world.pay_in(&tenant.program.api_key, amount).await;
    }
    for amount in [1_000, 1_100, 1_200] {
        pay_out(&world, &tenant, amount).await;
    }
    let whole = statement(&world, &tenant, "from=2026-11-01&limit=100").await;
    assert_eq!(whole.1.len(), 12);
    assert_eq!(whole.1[6..8], [(-1_000, 88_109), (-FEE, 88_059)]);
    for limit in 1..=13 {
        let query = format!("from=2026-11-01&limit={limit}");
        assert_eq!(statement(&world, &tenant, &query).await, whole, "{limit}");
    }
    // A scheduled payout and a pending charge do not change the statement.
    let mut later = new_payout();
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    for name in 0..30 {
        world.payout(&tenant.program.api_key, &format!("later-{name}"), &later).await.created();
    }
    pay_out(&world, &tenant, 1_300).await;
    let more = statement(&world, &tenant, "from=2026-11-01&limit=2").await;
    assert_eq!(more.1.len(), 14);
    assert_eq!(more.2, whole.2 - 1_300 - FEE);
}

#[tokio::test]
async fn an_entry_says_what_it_belongs_to() {
    let (world, tenant) = world().await;
    world.pay_in(&tenant.program.api_key, 20_000).await;
    let payout = pay_out(&world, &tenant, 1_000).await;
    let page = get(&world, &tenant, "/v1/statement?from=2026-11-23").await.ok();
    let row = &page["data"][2];
    assert_eq!((&row["kind"], &row["amount_cents"]), (&json!("payout_paid"), &json!(-1_000)));
    assert_eq!(row["transaction_id"], payout["id"]);
    assert_eq!(row["reference"], "out-1000");
    assert_eq!(row["end_to_end_id"], payout["end_to_end_id"]);
    assert_eq!(row["description"], payout["description"]);
    let (_, entries) = world.ledger(tenant.account_id).await;
    assert_eq!(row["sequence"], entries[4].sequence);
    assert_eq!(row["id"], entries[4].id.to_string());
}

#[tokio::test]
async fn what_is_wrong_with_a_period_is_named() {
    let (world, tenant) = world().await;
    for (query, field) in [
        ("", "from"),
        ("?from=2026-11-24", "from"),
        ("?from=2026-11-01&until=2026-11-24", "until"),
        ("?from=2026-11-02&until=2026-11-01", "until"),
        ("?from=2026-02-30", "from"),
        ("?from=2026-11-01&time_zone=BRT", "time_zone"),
        ("?from=2026-11-01&limit=0", "limit"),
        ("?from=2026-11-01&limit=101", "limit"),
        ("?from=2026-11-01&page=2", "page"),
    ] {
        let response = get(&world, &tenant, &format!("/v1/statement{query}")).await;
        let problem = response.problem(400, "invalid_request");
        assert_eq!(problem["violations"][0]["field"], field, "{query}: {problem}");
    }
    let stolen = get(&world, &tenant, "/v1/statement?from=2026-11-01&cursor=abc").await;
    stolen.problem(400, "invalid_cursor");
    // The ends of the calendar are days like any other.
    statement(&world, &tenant, "from=-009999-01-02").await;
    statement(&world, &tenant, "from=0001-01-01&until=1969-12-31").await;
}

#[tokio::test]
async fn a_cursor_is_of_its_account_and_its_period() {
    let (world, tenant) = world().await;
    for _ in 0..3 {
        world.pay_in(&tenant.program.api_key, 1_000).await;
    }
    let page = get(&world, &tenant, "/v1/statement?from=2026-11-23&limit=1").await.ok();
    let cursor = page["next_cursor"].as_str().expect("there is more");
    let other = world.tenant("other").await;
    let same = format!("/v1/statement?from=2026-11-23&limit=1&cursor={cursor}");
    get(&world, &other, &same).await.problem(400, "invalid_cursor");
    let another = format!("/v1/statement?from=2026-11-22&cursor={cursor}");
    get(&world, &tenant, &another).await.problem(400, "invalid_cursor");
}

/// Returns the ids of every page.
async fn all_transactions(world: &World, tenant: &Tenant, limit: usize) -> Vec<Value> {
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = format!("/v1/transactions?limit={limit}{cursor}");
        let page = get(world, tenant, &page).await.ok();
        let rows = page["data"].as_array().expect("a list");
        assert!(rows.len() <= limit && rows.iter().all(|row| row["entries"].is_null()));
        seen.extend(rows.iter().map(|row| row["id"].clone()));
        let Some(next) = page["next_cursor"].as_str() else { return seen };
        cursor = format!("&cursor={next}");
    }
}

/// A query of the table ends at a megabyte, wherever its page would.
#[tokio::test]
async fn of_rows_that_are_large_none_is_left_out() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    pay_out(&world, &tenant, 100).await;
    let note = "\u{1f600}".repeat(500);
    let notes: serde_json::Map<_, _> =
        (0..20).map(|number| (format!("note-{number}"), json!(note))).collect();
    let mut large = new_charge();
    large["metadata"] = json!(notes);
    let mut ids = Vec::new();
    for number in 0..30 {
        world.wait(1);
        let name = format!("large-{number}");
        let ask = world.post("/v1/charges").key(key).idempotency_key(&name).json(&large);
        ids.push(ask.send().await.created()["id"].clone());
    }
    ids.reverse();
    let seen = all_transactions(&world, &tenant, 100).await;
    assert_eq!((&seen[..30], seen.len()), (&ids[..], 32));
}

/// Fault row 30. Just after midnight, what was still to be entered for the day before comes in while
/// the statement of the new day is read.
#[tokio::test]
async fn the_opening_is_of_the_instant_of_the_closing() {
    let (world, tenant) = world().await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    let before_midnight = 15 * 3_600 - 1;
    world.wait(before_midnight);
    let (mut books, _) = world.ledger(tenant.account_id).await;
    let (late, mut effects) = (world.bundle.app().moment(), Effects::default());
    let postings = [
        Posting::new(EntryKind::ChargePaid, 100),
        Posting::from_account(EntryKind::ChargeCredited, LedgerAccount::Receivable, 100),
    ];
    let transaction = TransactionRef::Charge(ChargeId::mint(&late));
    books.post(&transaction.into(), &postings, &late, &mut effects).expect("room");
    world.wait(2);
    // The secrets are read.
    get(&world, &tenant, "/v1/balance").await.ok();
    let hook =
        ConcurrentChange::begin(&world, 1, Writes::default().replace(&books).record(&effects));
    let (opening, rows, closing) = statement(&world, &tenant, "from=2026-11-24").await;
    assert!(hook.is_done());
    assert_eq!((opening, rows, closing), (9_901, vec![], 9_901));
}

#[tokio::test]
async fn transactions_of_every_type_are_one_list() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let mut ids = Vec::new();
    for round in 0..6 {
        world.wait(1);
        let charge = world.charge(key, &format!("c{round}")).await.created();
        world.pay(key, charge["id"].as_str().expect("an id")).await.ok();
        ids.push(charge["id"].clone());
        if round % 2 == 1 {
            world.wait(1);
            ids.push(pay_out(&world, &tenant, 100 + round).await["id"].clone());
        }
    }
    ids.reverse();
    for limit in [1, 2, 3, 4, 9, 100] {
        assert_eq!(all_transactions(&world, &tenant, limit).await, ids, "{limit}");
    }
    let count = async |query: &str| {
        let page = get(&world, &tenant, &format!("/v1/transactions?{query}")).await.ok();
        page["data"].as_array().expect("a list").len()
    };
    assert_eq!(count("type=payout").await, 3);
    assert_eq!(count("type=charge&status=credited").await, 6);
    assert_eq!(count("status=paid").await, 3);
    assert_eq!(count("type=charge&status=processing").await, 0);
    assert_eq!(count("reference=out-101").await, 1);
    assert_eq!(count("reference=out-101&type=charge").await, 0);
    assert_eq!(count("reference=unused").await, 0);
    assert_eq!(count("created_until=2026-11-23T12:00:02Z").await, 1);
    assert_eq!(count("created_from=2026-11-23T12:00:02Z").await, 8);
    for (query, field) in
        [("status=lost", "status"), ("type=card", "type"), ("reference=", "reference")]
    {
        let response = get(&world, &tenant, &format!("/v1/transactions?{query}")).await;
        assert_eq!(response.problem(400, "invalid_request")["violations"][0]["field"], field);
    }
}

/// A caller with `statement:read` and without `charges:read` cannot find a charge by its id.
#[tokio::test]
async fn a_caller_finds_only_transactions_that_its_permissions_cover() {
    let world = World::new().await;
    let tenant = at_work(&world, "loja").await;
    let charge = world.charge(&tenant.program.api_key, "1").await.created();
    let path = format!("/v1/transactions/{}", charge["id"].as_str().expect("an id"));
    for (permission, number) in
        [("charges:read", "52998224725"), ("pix_keys:read", "***.982.247-**")]
    {
        let permissions = ["statement:read", permission];
        let user_id = new_program(&world, &tenant.ana, &permissions).await;
        let key = new_key(&world, &tenant.ana, &user_id, &["203.0.113.7"]).await;
        let key = key["api_key"].as_str().expect("a key");
        let shown = world.get(&path).key(key).send().await.ok();
        assert_eq!(shown["counterparty"]["document"]["number"], number, "{shown}");
    }
}

#[tokio::test]
async fn a_transaction_is_shown_with_its_history_and_its_entries() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let mut charge = new_charge();
    charge["reference"] = json!("order-7");
    let ask = world.post("/v1/charges").key(key).idempotency_key("1").json(&charge);
    let charge = ask.send().await.created();
    let id = charge["id"].as_str().expect("an id");
    let shown = get(&world, &tenant, &format!("/v1/transactions/{id}")).await.ok();
    assert_eq!((&shown["status"], &shown["entries"]), (&json!("pending"), &json!([])));
    world.pay(key, id).await.ok();
    world.pay_in(key, 5_000).await;
    let shown = get(&world, &tenant, &format!("/v1/transactions/{id}")).await.ok();
    assert_eq!((&shown["type"], &shown["direction"]), (&json!("charge"), &json!("in")));
    let words = |of: &str, name: &str| -> Vec<String> {
        let rows = shown[of].as_array().expect("a list").iter();
        rows.map(|row| row[name].as_str().expect("a word").to_owned()).collect()
    };
    assert_eq!(words("status_history", "status"), ["pending", "paid", "credited"]);
    assert_eq!(words("entries", "kind"), ["charge_paid", "charge_credited", "charge_fee"]);
    assert_eq!(words("entries", "credit"), ["receivable", "available", "fees"]);
    assert_eq!(shown["reference"], "order-7");

    let payout = pay_out(&world, &tenant, 1_000).await;
    let id = payout["id"].as_str().expect("an id");
    let shown = get(&world, &tenant, &format!("/v1/transactions/{id}")).await.ok();
    let kinds: Vec<_> =
        shown["entries"].as_array().expect("a list").iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, ["held", "payout_paid", "payout_fee"]);
    assert_eq!((&shown["direction"], &shown["fees_cents"]), (&json!("out"), &json!(FEE)));

    let other = world.tenant("other").await;
    for path in [format!("/v1/transactions/{id}"), "/v1/transactions/acc_1".to_owned()] {
        get(&world, &other, &path).await.problem(404, "not_found");
    }
}

/// Who paid, who was paid, and the charge of a refund, in every place that shows money.
#[tokio::test]
async fn every_movement_names_its_counterparty_and_a_refund_its_charge() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let charge_id = world.paid_charge(key, 10_000).await;
    let charge = world.find_charge(key, &charge_id).await;
    let refund = world.refund(key, &charge_id, "refund-1", &tests::new_refund()).await.created();
    let payout = world.payout(key, "1", &new_payout()).await.created();
    world.deliver().await;
    let statement = world.get("/v1/statement?from=2026-11-23").key(key).send().await.ok();
    let entries = statement["data"].as_array().expect("a list");
    let of = |kind: &str| {
        let found = entries.iter().find(|entry| entry["kind"] == kind);
        found.unwrap_or_else(|| panic!("no {kind} in {statement}"))
    };
    let payer = json!({
        "name": charge["payer"]["name"],
        "document": { "type": "cpf", "number": "***.982.247-**" },
        "ispb": "99999999",
        "bank_name": "Sandbox",
    });
    for kind in ["charge_credited", "refund_paid"] {
        assert_eq!(of(kind)["counterparty"], payer, "{kind}");
    }
    assert_eq!(of("charge_fee")["counterparty"], Value::Null);
    assert_eq!(of("payout_paid")["counterparty"]["name"], payout["beneficiary"]["name"]);
    assert_eq!(of("refund_paid")["charge_id"], charge["id"]);
    assert_eq!(of("charge_credited")["charge_id"], Value::Null);

    let list = world.get("/v1/transactions?type=refund").key(key).send().await.ok();
    let path = format!("/v1/transactions/{}", refund["id"].as_str().expect("an id"));
    let one = world.get(&path).key(key).send().await.ok();
    for shown in [&list["data"][0], &one] {
        assert_eq!((&shown["charge_id"], &shown["counterparty"]), (&charge["id"], &payer));
    }
}

/// Holds and their releases alone make no page.
#[tokio::test]
async fn a_page_of_a_statement_is_not_empty_while_there_are_more_movements() {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let mut later = new_payout();
    later["amount_cents"] = json!(100);
    later["scheduled_for"] = json!("2026-12-24T12:00:00Z");
    for number in 0..5 {
        let payout = world.payout(key, &number.to_string(), &later).await.created();
        let path = format!("/v1/payouts/{}/cancel", payout["id"].as_str().expect("an id"));
        world.post(&path).key(key).send().await.ok();
    }
    world.pay_in(key, 20_000).await;
    let (mut amounts, mut query) = (Vec::new(), "from=2026-11-23&limit=1".to_owned());
    loop {
        let page = world.get(&format!("/v1/statement?{query}")).key(key).send().await.ok();
        let rows = page["data"].as_array().expect("a list");
        assert_eq!(rows.len(), 1, "{page}");
        amounts.push(rows[0]["amount_cents"].as_i64().expect("cents"));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        query = format!("from=2026-11-23&limit=1&cursor={cursor}");
    }
    assert_eq!(amounts, [10_000, -99, 20_000, -198]);
}
