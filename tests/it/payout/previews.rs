//! Previews of payouts and batches: what would happen, and nothing does.

use domain::access::Permission;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_payout, text};

use crate::payout::pix_keys::asking;

const PAYOUT: &str = "/v1/payouts/preview";
const BATCH: &str = "/v1/payout-batches/preview";

async fn funded(amount_cents: u64) -> (World, Tenant) {
    let world = World::new().await;
    let mut tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, amount_cents).await;
    tenant.ana.log_in(&world).await.created();
    tenant.bruno.log_in(&world).await.created();
    (world, tenant)
}

async fn preview(world: &World, tenant: &Tenant, payout: &Value) -> TestResponse {
    world.post(PAYOUT).key(&tenant.program.api_key).json(payout).send().await
}

fn of(amount_cents: u64) -> Value {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    payout
}

#[tokio::test]
async fn a_preview_sends_and_stores_nothing_and_says_so() {
    let (world, tenant) = funded(100_000).await;
    let before = world.ledger(tenant.account_id).await;
    world.bundle.faults().record();
    let shown = preview(&world, &tenant, &of(2_500)).await.ok();
    let batch = json!({ "payouts": [of(100), of(200)] });
    let batch = world.post(BATCH).key(&tenant.program.api_key).json(&batch).send().await.ok();
    for answer in [&shown, &batch] {
        assert_eq!((&answer["sent"], &answer["stored"]), (&json!(false), &json!(false)));
    }
    assert!(world.transactions().is_empty());
    world.deliver().await;
    assert_eq!(world.ledger(tenant.account_id).await, before);
    assert!(world.network.looked_up().is_empty() && world.network.orders().is_empty());
    let list = world.get("/v1/payouts").key(&tenant.program.api_key).send().await.ok();
    assert_eq!(list["data"], json!([]));
    assert_eq!((&shown["fees_cents"], &shown["total_cents"]), (&json!(50), &json!(2_550)));
    assert_eq!((&shown["status"], &shown["refusal"]), (&json!("processing"), &Value::Null));
    assert_eq!(shown["lookup"], json!({ "if_found": 1, "if_not_found": 20, "left": 1_000 }));
    assert_eq!((&batch["amount_cents"], &batch["fees_cents"]), (&json!(300), &json!(100)));
}

#[tokio::test]
async fn a_preview_shows_a_remembered_owner_to_callers_who_may_look_keys_up() {
    let (world, tenant) = funded(100_000).await;
    let unknown = preview(&world, &tenant, &of(1)).await.ok();
    assert_eq!((&unknown["owner"], &unknown["bank"]), (&Value::Null, &Value::Null));
    asking(&world, &tenant, "email", "maria@example.com").send().await.ok();
    let known = preview(&world, &tenant, &of(1)).await.ok();
    assert_eq!(
        (&known["owner"]["name"], &known["bank"]["ispb"]),
        (&json!("Maria Silva"), &json!("60701190"))
    );
    assert_eq!(known["lookup"], Value::Null);
    // A preview confirms no document: the answer is the same for the owner and for another person.
    let mut other = of(1);
    other["beneficiary"]["document"]["number"] = json!("390.533.447-05");
    assert_eq!(preview(&world, &tenant, &other).await.ok(), known);
    let writer = world.program(tenant.account_id, &[Permission::PayoutsWrite], &["203.0.113.7"]);
    let writer = writer.await.api_key;
    let masked = world.post(PAYOUT).key(&writer).json(&of(1)).send().await.ok();
    assert_eq!((&masked["owner"], &masked["lookup"]), (&Value::Null, &Value::Null));
    world.wait(300);
    let forgotten = preview(&world, &tenant, &of(1)).await.ok();
    assert_eq!((&forgotten["owner"], forgotten["lookup"].is_null()), (&Value::Null, false));
}

#[tokio::test]
async fn a_preview_names_approvals_review_limits_and_the_hour_of_a_ted() {
    let (world, tenant) = funded(100_000).await;
    let settings = json!({
        "approval_rules": [{ "from_cents": 1_000, "approvals": 2 }],
        "review_from_cents": 2_000,
        "limits": { "per_payout_cents": 50_000, "per_day_cents": 9_000, "per_night_cents": 500 },
    });
    world.protect(&tenant, &settings).await;
    let left = json!({
        "per_payout_cents": 50_000, "day_left_cents": 9_000, "night_left_cents": 500,
    });
    let small = preview(&world, &tenant, &of(999)).await.ok();
    assert_eq!((&small["approvals_needed"], &small["limits"]), (&json!(0), &left));
    world.payout(&tenant.program.api_key, "small", &of(999)).await.created();
    let large = preview(&world, &tenant, &of(2_000)).await.ok();
    assert_eq!((&large["approvals_needed"], &large["needs_review"]), (&json!(2), &json!(true)));
    assert_eq!(
        (&large["status"], &large["limits"]["day_left_cents"]),
        (&json!("awaiting_approval"), &json!(8_001))
    );
    let over = preview(&world, &tenant, &of(50_001)).await.ok();
    assert_eq!((&over["status"], &over["refusal"]["code"]), (&Value::Null, &json!("payout_limit")));
    // Monday at 22:00 in São Paulo.
    world.wait(13 * 3_600);
    let mut ted = of(10);
    ted["to"] = json!({ "bank_account": {
        "bank_code": "007", "branch": "1", "number": "12345-6", "type": "checking",
    } });
    let ted = preview(&world, &tenant, &ted).await.ok();
    assert_eq!(
        (&ted["method"], &ted["sends_at"]),
        (&json!("ted"), &json!("2026-11-24T09:30:00.000Z"))
    );
    assert_eq!((&ted["lookup"], ted["bank"]["name"].is_string()), (&Value::Null, true));
}

#[tokio::test]
async fn a_preview_is_refused_for_what_the_payout_would_be() {
    let (world, tenant) = funded(10_000).await;
    let funds = preview(&world, &tenant, &of(1_000_000)).await.ok();
    assert_eq!(funds["refusal"]["code"], "insufficient_funds");
    let mut waits = of(1_000_000);
    waits["wait_for_funds"] = json!(true);
    assert_eq!(preview(&world, &tenant, &waits).await.ok()["status"], "awaiting_funds");
    let mut taken = of(10);
    taken["reference"] = json!("order-1");
    world.payout(&tenant.program.api_key, "1", &taken).await.created();
    let again = preview(&world, &tenant, &taken).await.ok();
    assert_eq!(
        (&again["refusal"]["code"], &again["status"]),
        (&json!("reference_taken"), &Value::Null)
    );
    let mut wrong = of(0);
    wrong["to"]["pix_key"]["key"] = json!("no-key");
    preview(&world, &tenant, &wrong).await.violation("to.pix_key.key", "invalid_format");
    let mut unowned = of(10);
    unowned["to"]["pix_key"]["key"] = json!("nobody@sandbox.example");
    asking(&world, &tenant, "email", "nobody@sandbox.example").send().await.ok();
    let unowned = preview(&world, &tenant, &unowned).await.ok();
    assert_eq!(unowned["refusal"]["code"], "pix_key_not_found");
}

#[tokio::test]
async fn a_preview_names_payouts_of_the_last_thirty_days_to_the_same_recipient_of_the_same_amount()
{
    const DAY: i64 = 86_400;
    let (world, tenant) = funded(100_000).await;
    let key = &tenant.program.api_key;
    let first = world.payout(key, "1", &of(700)).await.created();
    world.payout(key, "2", &of(701)).await.created();
    let mut other = of(700);
    other["to"]["pix_key"]["key"] = json!("ana@example.com");
    world.payout(key, "3", &other).await.created();
    world.wait(DAY);
    let line = json!({ "payouts": [of(700)] });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("batch").json(&line);
    ask.send().await.expect(202);
    world.bundle.tick().await.expect("the schedule runs");
    let duplicates = async || {
        let shown = preview(&world, &tenant, &of(700)).await.ok();
        let all = shown["duplicates"].as_array().expect("a list").clone();
        all.iter().map(|it| text(&it["payout_id"])).collect::<Vec<_>>()
    };
    let named = duplicates().await;
    assert_eq!((named.len(), &named[1]), (2, &text(&first["id"])));
    world.wait(29 * DAY + 1);
    assert_eq!(duplicates().await, named[..1]);
    world.wait(DAY);
    assert!(duplicates().await.is_empty());
}

#[tokio::test]
async fn the_key_of_no_row_of_the_search_index_shows_the_recipient() {
    let (world, tenant) = funded(100_000).await;
    world.bundle.faults().record();
    world.payout(&tenant.program.api_key, "1", &of(700)).await.created();
    let sent = world.transactions().concat();
    let rows: Vec<_> = sent.match_indices("SEARCH#").map(|(at, _)| &sent[at..]).collect();
    assert!(rows.len() >= 4, "amount, destination, document, end-to-end id: {}", rows.len());
    for row in rows {
        let key = row.split('"').next().unwrap_or_default();
        assert!(!key.contains("maria") && !key.contains("52998224725"), "{key}");
    }
}

#[tokio::test]
async fn the_lines_of_a_batch_are_previewed_one_after_the_other() {
    let (world, tenant) = funded(10_000).await;
    let key = &tenant.program.api_key;
    world
        .protect(&tenant, &json!({ "approval_rules": [], "limits": { "per_day_cents": 1_000 } }))
        .await;
    let mut lines = vec![of(600), of(600), of(200), of(200)];
    lines[3]["reference"] = json!("twice");
    lines[2]["reference"] = json!("twice");
    let shown = world.post(BATCH).key(key).json(&json!({ "payouts": lines })).send().await.ok();
    let results = shown["results"].as_array().expect("a list");
    let codes: Vec<_> = results.iter().map(|line| line["refusal"]["code"].as_str()).collect();
    assert_eq!(codes, [None, Some("payout_limit"), None, Some("reference_taken")]);
    let of_line: Vec<_> = results.iter().map(|line| line["duplicate_of"].as_u64()).collect();
    assert_eq!(of_line, [None, Some(0), None, Some(2)]);
    assert_eq!((&shown["lines"], &shown["refused"]), (&json!(4), &json!(2)));
    assert_eq!(
        (&shown["lookups_needed"], &shown["limits"]["day_left_cents"]),
        (&json!(4), &json!(1_000))
    );
    let wrong = world.post(BATCH).key(key).json(&json!({ "payouts": [of(0)] })).send().await;
    wrong.violation("payouts[0].amount_cents", "out_of_range");
    let many: Vec<_> = (1..=500).map(of).collect();
    let many = world.post(BATCH).key(key).json(&json!({ "payouts": many })).send().await.ok();
    assert_eq!(many["results"].as_array().map(Vec::len), Some(500));
}
