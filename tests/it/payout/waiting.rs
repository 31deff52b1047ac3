//! Payouts that wait for funds: how many there may be, and what they cost while no money comes.

use domain::ledger::Books;
use serde_json::{Value, json};
use store::Key;
use tests::{Tenant, World, new_payout};

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

fn waiting(amount_cents: u64) -> Value {
    let mut payout = new_payout();
    payout["amount_cents"] = json!(amount_cents);
    payout["wait_for_funds"] = json!(true);
    payout
}

async fn status(world: &World, tenant: &Tenant, id: &Value) -> Value {
    world.find_payout(&tenant.program.api_key, id).await["status"].clone()
}

async fn books(world: &World, tenant: &Tenant) -> Books {
    let books = world.bundle.app().store.find(&Key::Books(tenant.account_id)).await;
    books.expect("readable").expect("books")
}

/// Fault row 110.
#[tokio::test]
async fn an_account_has_a_limit_of_waiting_payouts_and_one_that_ends_makes_room() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let crowded = Books { waiting_payouts: 999, ..books(&world, &tenant).await };
    world.bundle.app().store.replace(&crowded).await.expect("written");
    let last = world.payout(key, "last", &waiting(1_000)).await.created();
    assert_eq!(last["status"], "awaiting_funds");
    let refused = world.payout(key, "more", &waiting(1_000)).await;
    let refused = refused.problem(409, "waiting_payout_limit");
    assert!(refused["detail"].as_str().expect("text").contains("1000 payouts"), "{refused}");
    // A line of a batch is refused for the same reason.
    let body = json!({ "payouts": [waiting(1_000)] });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("batch").json(&body);
    let batch = ask.send().await.expect(202);
    world.bundle.tick().await.expect("the schedule runs");
    let path = format!("/v1/payout-batches/{}", batch["id"].as_str().expect("an id"));
    let batch = world.get(&path).key(key).send().await.ok();
    assert_eq!(batch["results"][0]["code"], "waiting_payout_limit");
    let cancel = format!("/v1/payouts/{}/cancel", last["id"].as_str().expect("an id"));
    world.post(&cancel).key(key).json(&json!({})).send().await.ok();
    world.payout(key, "again", &waiting(1_000)).await.created();
    // One that gets its money, and one that ends without, are counted no longer.
    let counted = books(&world, &tenant).await.waiting_payouts;
    world.pay_in(key, 10_000).await;
    world.wait_and_tick(61).await;
    assert_eq!(books(&world, &tenant).await.waiting_payouts, counted - 1);
    world.payout(key, "ends", &waiting(9_000_000)).await.created();
    world.wait_and_tick(7 * 86_400).await;
    assert_eq!(books(&world, &tenant).await.waiting_payouts, counted - 1);
}

/// The rows of payouts that were read, one by one or by their status.
fn reads_of_payouts(world: &World, tenant: &Tenant) -> usize {
    let partition = format!("PAYOUT#{}", tenant.account_id);
    let sent = world.bundle.faults().sent().into_iter();
    sent.filter(|sent| sent.operation != "TransactWriteItems" && sent.body.contains(&partition))
        .count()
}

/// Fault row 110.
#[tokio::test]
async fn waiting_payouts_are_looked_at_when_money_moved_and_not_otherwise() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let first = world.payout(key, "1", &waiting(900_000)).await.created();
    world.wait(1);
    let second = world.payout(key, "2", &waiting(5_000)).await.created();
    world.wait(1);
    let third = world.payout(key, "3", &waiting(4_500)).await.created();
    world.wait_and_tick(61).await;
    for _ in 0..3 {
        world.bundle.faults().record();
        world.wait_and_tick(60).await;
        assert_eq!(reads_of_payouts(&world, &tenant), 0);
    }
    // The money covers the second and no other; a minute later it goes.
    world.pay_in(key, 6_000).await;
    world.wait_and_tick(60).await;
    world.deliver().await;
    assert_eq!(status(&world, &tenant, &first["id"]).await, "awaiting_funds");
    assert_eq!(status(&world, &tenant, &second["id"]).await, "paid");
    assert_eq!(status(&world, &tenant, &third["id"]).await, "awaiting_funds");
    assert_eq!(books(&world, &tenant).await.waiting_payouts, 2);
}

/// Fault row 110.
#[tokio::test]
async fn a_tick_looks_at_so_many_waiting_payouts_and_the_next_one_continues() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let mut lines: Vec<_> = (0..210).map(|_| waiting(900_000)).collect();
    lines.push(waiting(1_000));
    let body = json!({ "payouts": lines });
    let ask = world.post("/v1/payout-batches").key(key).idempotency_key("batch").json(&body);
    let batch = ask.send().await.expect(202);
    // The first tick opens the lines, and the others look at them all.
    for _ in 0..3 {
        world.wait_and_tick(60).await;
    }
    let path = format!("/v1/payout-batches/{}", batch["id"].as_str().expect("an id"));
    let batch = world.get(&path).key(key).send().await.ok();
    let last = &batch["results"][210]["payout_id"];
    assert_eq!(status(&world, &tenant, last).await, "awaiting_funds");
    world.pay_in(key, 10_000).await;
    world.wait_and_tick(60).await;
    assert_eq!(status(&world, &tenant, last).await, "awaiting_funds", "it is behind the first 200");
    world.wait_and_tick(60).await;
    world.deliver().await;
    assert_eq!(status(&world, &tenant, last).await, "paid");
}

/// The metric of the alarm that the network is silent about an order.
#[tokio::test]
async fn the_oldest_order_without_an_answer_is_measured_until_it_has_one() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let measured = || {
        let lines = world.logged();
        let of_job = |line: &&Value| line["job"] == "advance_payouts";
        lines.iter().rev().find(of_job).expect("a line")["oldest_order_seconds"].clone()
    };
    world.network.silence_directory(true);
    let made = world.payout(key, "1", &new_payout()).await.created();
    world.deliver().await;
    world.wait_and_tick(7_200).await;
    assert_eq!(measured(), 7_200);
    world.network.silence_directory(false);
    world.deliver().await;
    assert_eq!(status(&world, &tenant, &made["id"]).await, "paid");
    world.wait_and_tick(60).await;
    assert_eq!(measured(), 0);
}
