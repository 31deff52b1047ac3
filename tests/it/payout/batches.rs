//! Batches of payouts: taken whole, opened line by line, once.

use std::sync::Arc;

use local::Fault;
use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, killed_after, new_payout, together};

async fn funded(amount_cents: u64) -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, amount_cents).await;
    (world, tenant)
}

fn lines(count: usize, amount_cents: u64) -> Vec<Value> {
    let line = |number: usize| {
        let mut line = new_payout();
        line["amount_cents"] = json!(amount_cents);
        line["reference"] = json!(format!("line-{number}"));
        line
    };
    (0..count).map(line).collect()
}

async fn send(world: &World, tenant: &Tenant, name: &str, payouts: &[Value]) -> TestResponse {
    let body = json!({ "payouts": payouts, "description": "Suppliers" });
    let ask = world.post("/v1/payout-batches").key(&tenant.program.api_key);
    ask.idempotency_key(name).json(&body).send().await
}

async fn find(world: &World, tenant: &Tenant, batch: &Value) -> Value {
    let path = format!("/v1/payout-batches/{}", batch["id"].as_str().expect("an id"));
    world.get(&path).key(&tenant.program.api_key).send().await.ok()
}

fn counts(batch: &Value) -> (u64, u64) {
    (batch["created"].as_u64().expect("a count"), batch["refused"].as_u64().expect("a count"))
}

#[tokio::test]
async fn five_hundred_lines_are_taken_in_one_request_and_one_transaction() {
    let (world, tenant) = funded(10_000).await;
    world.bundle.faults().record();
    let batch = send(&world, &tenant, "1", &lines(500, 100)).await.expect(202);
    assert_eq!(world.transactions().len(), 1);
    assert_eq!((&batch["status"], &batch["lines"]), (&json!("opening"), &json!(500)));
    assert_eq!(batch["amount_cents"], 50_000);
    let waiting = find(&world, &tenant, &batch).await;
    assert_eq!(waiting["results"].as_array().map(Vec::len), Some(500));
    assert_eq!(waiting["results"][499]["status"], "waiting");
    assert_eq!(waiting["results"][499]["reference"], "line-499");
}

#[tokio::test]
async fn the_clock_opens_the_lines_of_a_row_together_and_the_network_pays_them() {
    let (world, tenant) = funded(100_000).await;
    let batch = send(&world, &tenant, "1", &lines(45, 100)).await.expect(202);
    world.bundle.faults().record();
    world.bundle.tick().await.expect("the schedule runs");
    let opened = world.transactions();
    let opened = opened.iter().filter(|sent| sent.contains("BATCH#") || sent.contains("PAYOUT#"));
    assert_eq!(opened.count(), 6 + 6 + 1, "the lines of a row, each row, and the first count");
    let done = find(&world, &tenant, &batch).await;
    assert_eq!((&done["status"], counts(&done)), (&json!("running"), (45, 0)));
    world.deliver().await;
    let last = &done["results"][44];
    assert_eq!(last["reference"], "line-44");
    let payout = world.find_payout(&tenant.program.api_key, &last["payout_id"]).await;
    assert_eq!((&payout["status"], &payout["batch_id"]), (&json!("paid"), &batch["id"]));
    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!(books.balances.available_cents, 99_010 - 45 * 150);
    assert_eq!(entries.len(), 3 + 45 * 3);
    assert_eq!(world.network.orders().len(), 45);
    let page = world.get("/v1/payout-batches").key(&tenant.program.api_key).send().await.ok();
    assert_eq!((&page["data"][0]["id"], &page["data"][0]["results"]), (&batch["id"], &Value::Null));
}

#[tokio::test]
async fn each_line_says_what_became_of_it() {
    let (world, tenant) = funded(10_000).await;
    let mut sent = lines(4, 3_000);
    sent[1]["reference"] = json!("line-0");
    sent[3]["amount_cents"] = json!(9_000);
    let mut waits = sent[3].clone();
    waits["reference"] = json!("waits");
    waits["wait_for_funds"] = json!(true);
    sent.push(waits);
    let batch = send(&world, &tenant, "1", &sent).await.expect(202);
    world.bundle.tick().await.expect("the schedule runs");
    let done = find(&world, &tenant, &batch).await;
    assert_eq!(counts(&done), (3, 2));
    let results: Vec<_> = done["results"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|line| (line["status"].as_str().expect("a word"), line["code"].as_str()))
        .collect();
    assert_eq!(
        results,
        [
            ("created", None),
            ("refused", Some("reference_taken")),
            ("created", None),
            ("refused", Some("insufficient_funds")),
            ("created", None),
        ]
    );
    let id = &done["results"][4]["payout_id"];
    let waits = world.find_payout(&tenant.program.api_key, id).await;
    assert_eq!(waits["status"], "awaiting_funds");
}

#[tokio::test]
async fn an_opened_batch_is_announced_by_an_event() {
    let (world, tenant) = funded(10_000).await;
    let key = &tenant.program.api_key;
    let hook = "https://hooks.example.com/";
    world.endpoint(key, hook, &["payout_batch.opened"]).await;
    let batch = send(&world, &tenant, "1", &lines(2, 10)).await.expect(202);
    world.bundle.tick().await.expect("the schedule runs");
    world.deliver().await;
    let told: Vec<_> = world.receivers.at(hook).iter().map(|arrived| arrived.json()).collect();
    assert_eq!(told.len(), 1);
    let object = &told[0]["data"]["object"];
    assert_eq!((&object["id"], counts(object)), (&batch["id"], (2, 0)));
}

#[tokio::test]
async fn a_wrong_line_refuses_the_whole_and_is_named() {
    let (world, tenant) = funded(10_000).await;
    world.bundle.faults().record();
    let mut sent = lines(3, 100);
    sent[1]["amount_cents"] = json!(0);
    sent[2]["to"]["pix_key"]["key"] = json!("no-key");
    let response = send(&world, &tenant, "1", &sent).await;
    response.violation("payouts[1].amount_cents", "out_of_range");
    response.violation("payouts[2].to.pix_key.key", "invalid_format");
    sent[2]["extra"] = json!(1);
    send(&world, &tenant, "2", &sent).await.violation("payouts[2].extra", "unknown_field");
    send(&world, &tenant, "3", &[]).await.violation("payouts", "wrong_length");
    send(&world, &tenant, "4", &lines(501, 1)).await.violation("payouts", "wrong_length");
    let wrong: Vec<_> = lines(200, 0);
    let many = send(&world, &tenant, "5", &wrong).await.problem(400, "invalid_request");
    assert_eq!(many["violations"].as_array().expect("a list").len(), 100);
    let ask = world.post("/v1/payout-batches").key(&tenant.program.api_key);
    let ask = ask.json(&json!({ "payouts": lines(1, 1) }));
    ask.send().await.problem(400, "idempotency_key_missing");
    assert!(world.transactions().is_empty());
}

#[tokio::test]
async fn a_batch_sent_twice_is_one_batch() {
    let (world, tenant) = funded(10_000).await;
    let first = send(&world, &tenant, "same", &lines(30, 10)).await;
    let again = send(&world, &tenant, "same", &lines(30, 10)).await;
    assert!(again.is_replay() && again.body == first.body);
    send(&world, &tenant, "same", &lines(30, 11)).await.problem(422, "idempotency_key_reused");
    world.bundle.tick().await.expect("the schedule runs");
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!(books.balances.held_cents, 30 * 20);
}

/// Fault rows 9 and 36. Wherever the scheduler dies, and however many of them run.
#[tokio::test]
async fn each_line_is_one_payout_wherever_the_scheduler_dies() {
    for polls in [3, 8, 13, 21, 34, 55] {
        let (world, tenant) = funded(10_000).await;
        let batch = send(&world, &tenant, "1", &lines(21, 10)).await.expect(202);
        let _dead = killed_after(polls, Box::pin(world.bundle.tick())).await;
        world.wait_and_tick(61).await;
        complete(&world, &tenant, &batch, 21, 10).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_schedulers_at_once_open_each_line_once() {
    let (world, tenant) = funded(10_000).await;
    let batch = send(&world, &tenant, "1", &lines(45, 10)).await.expect(202);
    let worlds = [Arc::new(world.second_instance(|_| {})), Arc::new(world)];
    together(2, |number| {
        let world = Arc::clone(&worlds[number]);
        async move { world.bundle.tick().await.expect("the schedule runs") }
    })
    .await;
    worlds[1].bundle.tick().await.expect("the schedule runs");
    complete(&worlds[1], &tenant, &batch, 45, 10).await;
}

#[tokio::test]
async fn a_line_that_meets_others_on_the_account_is_opened_all_the_same() {
    let (world, tenant) = funded(10_000).await;
    let batch = send(&world, &tenant, "1", &lines(5, 10)).await.expect(202);
    let stale = Fault::Cancelled(&["None", "None", "ConditionalCheckFailed"]);
    world.bundle.faults().next_times("TransactWriteItems", &stale, 3);
    world.bundle.tick().await.expect("the schedule runs");
    complete(&world, &tenant, &batch, 5, 10).await;
}

/// The largest line there can be, in every row: 20 notes of 540 characters of four bytes.
#[tokio::test]
async fn the_largest_lines_there_can_be_fit_their_rows() {
    let (world, tenant) = funded(10_000).await;
    let mut sent = lines(11, 10);
    for line in &mut sent {
        let note = |number: usize| {
            (format!("{}{number:02}", "\u{10000}".repeat(38)), "\u{10000}".repeat(500))
        };
        let notes = (0..20).map(note).map(|(name, value)| (name, json!(value)));
        line["metadata"] = Value::Object(notes.collect());
    }
    let batch = send(&world, &tenant, "1", &sent).await.expect(202);
    world.bundle.tick().await.expect("the schedule runs");
    complete(&world, &tenant, &batch, 11, 10).await;
}

/// Asserts that every line is one payout, and that their money is held once.
async fn complete(world: &World, tenant: &Tenant, batch: &Value, lines: u64, amount_cents: u64) {
    let done = find(world, tenant, batch).await;
    assert_eq!((&done["status"], counts(&done)), (&json!("running"), (lines, 0)));
    let page = world.get("/v1/payouts?limit=100").key(&tenant.program.api_key).send().await.ok();
    assert_eq!(page["data"].as_array().map(Vec::len), usize::try_from(lines).ok());
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!(books.balances.held_cents, lines * 2 * amount_cents);
}
