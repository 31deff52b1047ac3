//! Two accounts, one of them busy: the scheduler goes round the accounts, and each has its limits.

use serde_json::{Value, json};
use tests::{Tenant, TestResponse, World, new_payout};

/// A busy account, and another one that comes later.
async fn two_accounts() -> (World, Tenant, Tenant) {
    let world = World::new().await;
    let (busy, other) = (world.tenant("busy").await, world.tenant("other").await);
    (world, busy, other)
}

async fn send(world: &World, tenant: &Tenant, name: &str, lines: usize) -> TestResponse {
    let payouts: Vec<_> = (0..lines).map(|_| new_payout()).collect();
    let ask = world.post("/v1/payout-batches").key(&tenant.program.api_key);
    ask.idempotency_key(name).json(&json!({ "payouts": payouts })).send().await
}

async fn counts(world: &World, tenant: &Tenant, batch: &Value) -> (Value, Value) {
    let path = format!("/v1/payout-batches/{}", batch["id"].as_str().expect("an id"));
    let batch = world.get(&path).key(&tenant.program.api_key).send().await.ok();
    (batch["status"].clone(), batch["refused"].clone())
}

/// How many transactions with rows of the busy account came before the first with rows of the other.
fn before_the_other(world: &World, family: &str, busy: &Tenant, other: &Tenant) -> usize {
    let sent = world.transactions();
    let names = |tenant: &Tenant| format!("{family}#{}", tenant.account_id);
    let first = sent.iter().position(|body| body.contains(&names(other)));
    let first = first.expect("the other account had its turn");
    let all = sent.iter().filter(|body| body.contains(&names(busy))).count();
    let before = sent[..first].iter().filter(|body| body.contains(&names(busy))).count();
    assert!(all > before, "the busy account had more to do: {all}");
    before
}

/// Fault row 110.
#[tokio::test]
async fn batches_of_a_busy_account_do_not_delay_a_batch_of_another() {
    let (world, busy, other) = two_accounts().await;
    let mut batches = Vec::new();
    // Lines that are refused cost no money.
    for number in 0..3 {
        batches.push(send(&world, &busy, &format!("{number}"), 200).await.expect(202));
        world.wait(1);
    }
    let late = send(&world, &other, "late", 1).await.expect(202);
    world.bundle.faults().record();
    world.bundle.tick().await.expect("the schedule runs");
    // A turn is 40 lines, in five rows, and the other account has its turn at the same time.
    assert!(before_the_other(&world, "BATCH", &busy, &other) <= 5);
    assert_eq!(counts(&world, &other, &late).await, (json!("partly_done"), json!(1)));
    // A tick opens 500 lines of an account.
    assert_eq!(counts(&world, &busy, &batches[1]).await, (json!("partly_done"), json!(200)));
    assert_eq!(counts(&world, &busy, &batches[2]).await, (json!("opening"), json!(104)));
    world.bundle.tick().await.expect("the schedule runs");
    assert_eq!(counts(&world, &busy, &batches[2]).await, (json!("partly_done"), json!(200)));
}

/// Fault row 110.
#[tokio::test]
async fn an_account_has_a_limit_of_open_batches_and_a_completed_one_makes_room() {
    let (world, busy, other) = two_accounts().await;
    for number in 0..20 {
        send(&world, &busy, &format!("{number}"), 1).await.expect(202);
    }
    let refused = send(&world, &busy, "more", 1).await.problem(409, "payout_batch_limit");
    assert!(refused["detail"].as_str().expect("text").contains("20 payout batches"), "{refused}");
    // A batch that was sent again is not counted twice, and another account has its own limit.
    assert!(send(&world, &busy, "0", 1).await.is_replay());
    send(&world, &other, "1", 1).await.expect(202);
    world.bundle.tick().await.expect("the schedule runs");
    for number in 20..40 {
        send(&world, &busy, &format!("{number}"), 1).await.expect(202);
    }
    send(&world, &busy, "again", 1).await.problem(409, "payout_batch_limit");
}

/// Fault row 110.
#[tokio::test]
async fn charges_of_a_busy_account_do_not_delay_a_charge_of_another() {
    let (world, busy, other) = two_accounts().await;
    for number in 0..60 {
        world.charge(&busy.program.api_key, &format!("{number}")).await.created();
    }
    world.wait(1);
    world.charge(&other.program.api_key, "late").await.created();
    world.bundle.relay().await.expect("the stream flows");
    world.wait(2 * 86_400);
    world.bundle.faults().record();
    world.bundle.tick().await.expect("the schedule runs");
    assert!(before_the_other(&world, "CHARGE", &busy, &other) <= 1, "one group of 24 charges");
}

/// Fault row 110.
#[tokio::test]
async fn credits_of_a_busy_account_do_not_delay_a_credit_of_another() {
    let (world, mut busy, mut other) = two_accounts().await;
    for tenant in [&mut busy, &mut other] {
        tenant.ana.log_in(&world).await.created();
        let ask = tenant.ana.ask_with_code(&world, "PUT", "/v1/credit-settings");
        ask.json(&json!({ "return_after_days": 1 })).send().await.ok();
        world.wait(31);
    }
    for _ in 0..60 {
        world.credit(&busy.program.api_key, 700).await;
    }
    world.wait(1);
    let late = world.credit(&other.program.api_key, 700).await;
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.wait(86_400);
    world.bundle.faults().record();
    world.bundle.tick().await.expect("the schedule runs");
    assert!(before_the_other(&world, "CREDIT", &busy, &other) <= 1, "one credit each");
    world.deliver().await;
    let late = world.find_credit(&other.program.api_key, &late["id"]).await;
    assert_eq!(late["status"], "returned");
}

/// Fault row 110.
#[tokio::test]
async fn scheduled_payouts_of_a_busy_account_do_not_delay_one_of_another() {
    let (world, busy, other) = two_accounts().await;
    for tenant in [&busy, &other] {
        world.pay_in(&tenant.program.api_key, 100_000).await;
    }
    let mut payout = new_payout();
    payout["amount_cents"] = json!(100);
    payout["scheduled_for"] = json!("2026-11-23T13:00:00Z");
    for number in 0..40 {
        let name = format!("{number}");
        world.payout(&busy.program.api_key, &name, &payout).await.created();
    }
    payout["scheduled_for"] = json!("2026-11-23T13:00:01Z");
    world.payout(&other.program.api_key, "late", &payout).await.created();
    world.wait(3_700);
    world.bundle.faults().record();
    world.bundle.tick().await.expect("the schedule runs");
    assert!(before_the_other(&world, "PAYOUT", &busy, &other) <= 1, "one payout each");
}

/// Fault row 110.
#[tokio::test]
async fn an_account_has_a_limit_of_unfinished_exports_and_its_schedules_wait() {
    let (world, busy, other) = two_accounts().await;
    let schedule = json!({ "frequency": "daily", "at": "06:00", "format": "csv" });
    let ask = world.post("/v1/statement-schedules").key(&busy.program.api_key);
    let schedule = ask.json(&schedule).send().await.created();
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    world.wait(2 * 86_400);
    let body = json!({ "from": "2026-11-23", "until": "2026-11-23", "format": "csv" });
    let export = async |tenant: &Tenant| {
        let ask = world.post("/v1/statement-exports").key(&tenant.program.api_key);
        ask.json(&body).send().await
    };
    for _ in 0..50 {
        export(&busy).await.expect(202);
    }
    let refused = export(&busy).await.problem(409, "statement_export_limit");
    assert!(
        refused["detail"].as_str().expect("text").contains("50 statement exports"),
        "{refused}"
    );
    export(&other).await.expect(202);
    let path = format!("/v1/statement-schedules/{}", schedule["id"].as_str().expect("an id"));
    let next_from = async || {
        let ask = world.get(&path).key(&busy.program.api_key);
        ask.send().await.ok()["next_from"].clone()
    };
    world.bundle.tick().await.expect("the schedule runs");
    assert_eq!(next_from().await, "2026-11-23", "the schedule stays due");
    // Written files make room.
    world.deliver().await;
    world.wait_and_deliver(60).await;
    assert_eq!(next_from().await, "2026-11-25");
    export(&busy).await.expect(202);
}
