//! Fault rows 124 and 125. Money that the network takes back weeks after the payment (MED): whole, in parts, not at all, and after
//! the balance was spent.

use domain::charge::ReturnUpdate;
use domain::event::EventType;
use domain::ledger::{Balances, EntryKind};
use serde_json::{Value, json};
use tests::{NetworkBehavior, Tenant, World, new_payout};

const DAY: i64 = 86_400;

async fn world() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    (world, tenant)
}

async fn balances(world: &World, tenant: &Tenant) -> Balances {
    world.ledger(tenant.account_id).await.0.balances
}

/// Returns available, blocked and owed cents.
async fn money(world: &World, tenant: &Tenant) -> (u64, u64, u64) {
    let balances = balances(world, tenant).await;
    (balances.available_cents, balances.blocked_cents, balances.owed_cents)
}

async fn days(world: &World, days: i64) {
    world.wait_and_deliver(days * DAY).await;
}

/// Returns the types of the events about balances and returns, oldest first.
async fn events(world: &World, tenant: &Tenant) -> Vec<String> {
    let ask = world.get("/v1/events?limit=100").key(&tenant.program.api_key);
    let events = ask.send().await.ok();
    let kinds = events["data"].as_array().expect("a list").iter().rev();
    let kinds = kinds.map(|event| event["type"].as_str().expect("a word").to_owned());
    kinds.filter(|kind| kind.starts_with("balance.") || kind == "charge.returned").collect()
}

async fn take(world: &World, tenant: &Tenant, charge_id: &str, body: Value) -> Value {
    let ask = world.post(&format!("/v1/sandbox/charges/{charge_id}/return"));
    ask.key(&tenant.program.api_key).json(&body).send().await.ok()
}

/// Reports a fact as the network does, outside of the sandbox.
async fn report(world: &World, tenant: &Tenant, charge_id: &str, update: &ReturnUpdate) {
    world.report_return(tenant.account_id, charge_id, update, 0).await;
}

fn returned(return_id: &str, amount_cents: u64) -> ReturnUpdate {
    let (return_id, reason) = (return_id.to_owned(), "fraud".to_owned());
    ReturnUpdate::Returned { return_id, notice_id: None, amount_cents, reason }
}

/// A refund that the network decides on later.
async fn open_refund(world: &World, tenant: &Tenant, charge_id: &str) -> Value {
    let key = &tenant.program.api_key;
    let refund = json!({ "amount_cents": 3_005 });
    world.refund(key, charge_id, "waits", &refund).await.created()
}

async fn resolve(
    world: &World,
    tenant: &Tenant,
    refund: &Value,
    body: Value,
) -> tests::TestResponse {
    let path = format!("/v1/sandbox/refunds/{}/outcome", refund["id"].as_str().expect("an id"));
    world.post(&path).key(&tenant.program.api_key).json(&body).send().await
}

#[tokio::test]
async fn the_whole_payment_is_blocked_and_taken_and_the_fee_is_owed() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 1_101).await;
    days(&world, 14).await;
    // The fee of 11 cents is not there, and the next money fills it.
    assert_eq!(money(&world, &tenant).await, (0, 1_090, 0));
    let charge = world.find_charge(key, &id).await;
    assert_eq!(
        (&charge["blocked_amount_cents"], &charge["status"]),
        (&json!(1_101), &json!("credited"))
    );
    let blocks = world.get("/v1/balance-blocks?status=open").key(key).send().await.ok();
    let block = &blocks["data"][0];
    assert_eq!(block["kind"], "med");
    assert_eq!((&block["blocked_cents"], &block["missing_cents"]), (&json!(1_090), &json!(11)));
    assert_eq!(block["charge_id"], id);
    days(&world, 7).await;
    assert_eq!(money(&world, &tenant).await, (0, 0, 11));
    let charge = world.find_charge(key, &id).await;
    assert_eq!(charge["returned_amount_cents"], 1_101);
    assert_eq!(
        (&charge["blocked_amount_cents"], &charge["status"]),
        (&json!(0), &json!("credited"))
    );
    assert_eq!(charge["returns"].as_array().expect("a list").len(), 1);
    let refund = json!({ "amount_cents": 1 });
    let refused = world.refund(key, &id, "too late", &refund).await;
    refused.problem(422, "refund_exceeds_charge");
    let expected = ["balance.blocked", "charge.returned", "balance.unblocked"];
    let mut seen = events(&world, &tenant).await;
    seen.sort();
    let mut expected = expected.map(ToOwned::to_owned).to_vec();
    expected.sort();
    assert_eq!(seen, expected);
    // The debt is collected from the next payment, in the same movement.
    world.pay_in(key, 10_000).await;
    assert_eq!(money(&world, &tenant).await, (9_901 - 11, 0, 0));
    let (_, entries) = world.ledger(tenant.account_id).await;
    let [.., fee, collected] = &entries[..] else { panic!("entries") };
    assert_eq!((fee.kind, collected.kind), (EntryKind::ChargeFee, EntryKind::DebtCollected));
    assert_eq!(fee.movement_id, collected.movement_id);
}

/// A payment that names the txid of the charge starts the same scenario, and a repetition of it no second.
#[tokio::test]
async fn a_payment_of_any_bank_starts_the_scenario_of_its_charge_once() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let mut body = tests::new_charge();
    body["amount_cents"] = json!(1_104);
    let ask = world.post("/v1/charges").key(key).idempotency_key("scenario").json(&body);
    let charge = ask.send().await.created();
    let mut payment = json!({ "amount_cents": 1_104, "txid": charge["pix"]["txid"] });
    let arrived = world.arrive(key, &payment).await.created();
    assert_eq!(arrived["charge_id"], charge["id"]);
    payment["end_to_end_id"] = arrived["end_to_end_id"].clone();
    world.arrive(key, &payment).await.created();
    days(&world, 30).await;
    let id = charge["id"].as_str().expect("an id");
    let charge = world.find_charge(key, id).await;
    assert_eq!(charge["returned_amount_cents"], 1_104);
    assert_eq!(charge["returns"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_payment_is_taken_in_three_parts() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let id = world.paid_charge(key, 1_102).await;
    let there = balances(&world, &tenant).await.available_cents;
    days(&world, 14).await;
    assert_eq!(money(&world, &tenant).await, (there - 1_102, 1_102, 0));
    let mut taken = Vec::new();
    for wait in [7, 4, 15] {
        days(&world, wait).await;
        taken.push(world.find_charge(key, &id).await["returned_amount_cents"].clone());
    }
    assert_eq!(taken, [json!(400), json!(800), json!(1_102)]);
    assert_eq!(money(&world, &tenant).await, (there - 1_102, 0, 0));
    let statement = world.get("/v1/statement?from=2026-11-01").key(key).send().await.ok();
    let lines = statement["data"].as_array().expect("a list").iter();
    let lines = lines.filter(|line| line["kind"] == "charge_taken_back");
    let amounts: Vec<_> = lines.map(|line| line["amount_cents"].clone()).collect();
    assert_eq!(amounts.len(), 3, "{statement}");
    assert!(amounts.contains(&json!(-302)), "{statement}");
    let events = world.events(tenant.account_id, &id).await;
    let returned = events.iter().filter(|event| event.kind == EventType::ChargeReturned);
    assert_eq!(returned.count(), 3);
}

#[tokio::test]
async fn a_block_without_a_return_gives_the_money_back_and_allows_the_refund_again() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let id = world.paid_charge(key, 1_103).await;
    let there = balances(&world, &tenant).await.available_cents;
    days(&world, 14).await;
    let refund = json!({ "amount_cents": 1_103 });
    let refused = world.refund(key, &id, "during", &refund).await;
    let problem = refused.problem(409, "charge_disputed");
    let disputes = world.get("/v1/disputes").key(key).send().await.ok();
    let dispute_id = disputes["data"][0]["id"].as_str().expect("an id");
    assert!(problem["detail"].as_str().expect("text").contains(dispute_id), "{problem}");
    days(&world, 10).await;
    assert_eq!(money(&world, &tenant).await, (there, 0, 0));
    world.refund(key, &id, "after", &refund).await.created();
    world.deliver().await;
    assert_eq!(money(&world, &tenant).await, (there - 1_103, 0, 0));
}

#[tokio::test]
async fn a_part_is_taken_and_the_rest_of_the_block_is_available_again() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 1_105).await;
    let there = balances(&world, &tenant).await.available_cents;
    days(&world, 14).await;
    days(&world, 7).await;
    assert_eq!(money(&world, &tenant).await, (0, there - 500, 0));
    days(&world, 1).await;
    assert_eq!(money(&world, &tenant).await, (there - 500, 0, 0));
    let charge = world.find_charge(key, &id).await;
    assert_eq!(charge["returned_amount_cents"], 500);
    let rest = world
        .refund(key, &id, "the rest", &json!({}))
        .await
        .problem(422, "insufficient_funds")
        .clone();
    assert!(rest["detail"].as_str().expect("text").contains("605"), "{rest}");
}

/// The balance is spent before the network takes the money: the account owes it, pays nothing out, and
/// the next money pays the debt first.
#[tokio::test]
async fn a_spent_balance_becomes_a_debt_that_the_next_money_pays() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.paid_charge(key, 1_104).await;
    let mut payout = new_payout();
    payout["amount_cents"] = json!(1_000);
    world.payout(key, "all of it", &payout).await.created();
    world.deliver().await;
    let left = balances(&world, &tenant).await.available_cents;
    assert!(left < 100, "{left}");
    days(&world, 30).await;
    assert_eq!(money(&world, &tenant).await, (0, 0, 1_104 - left));
    let balance = world.get("/v1/balance").key(key).send().await.ok();
    assert_eq!(balance["owed_cents"], 1_104 - left);
    payout["amount_cents"] = json!(1);
    world.payout(key, "more", &payout).await.problem(422, "insufficient_funds");
    world.pay_in(key, 500).await;
    assert_eq!(money(&world, &tenant).await, (0, 0, 1_104 - left - 495));
    world.pay_in(key, 10_000).await;
    assert_eq!(money(&world, &tenant).await, (9_901 - (1_104 - left - 495), 0, 0));
}

/// A payout whose money was held before the debt does not leave while the account owes money.
#[tokio::test]
async fn a_scheduled_payout_does_not_leave_while_the_account_owes() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 5_000).await;
    let mut payout = new_payout();
    payout["amount_cents"] = json!(2_000);
    payout["scheduled_for"] = json!("2026-11-24T12:00:00Z");
    let payout = world.payout(key, "tomorrow", &payout).await.created();
    take(&world, &tenant, &id, json!({ "outcome": "returned" })).await;
    let owed = balances(&world, &tenant).await.owed_cents;
    assert_eq!(owed, 5_000 - (4_950 - 2_050));
    days(&world, 1).await;
    world.wait_and_deliver(61).await;
    let ended = world.find_payout(key, &payout["id"]).await;
    assert_eq!(ended["status"], "rejected", "{ended}");
    let reason = ended["status_history"].as_array().expect("a list").last().expect("one");
    assert_eq!(reason["reason"], "insufficient_funds");
    // The released money paid the debt.
    assert_eq!(money(&world, &tenant).await, (0, 0, owed - 2_050));
    assert_eq!(world.network.orders().len(), 0);
}

/// Refund and return at the same time: what leaves is never more than was paid.
#[tokio::test]
async fn a_refund_in_process_and_a_return_never_take_more_than_was_paid() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 5_000).await;
    let refund = open_refund(&world, &tenant, &id).await;
    world.deliver().await;
    report(&world, &tenant, &id, &returned("D1", 5_000)).await;
    // The refund holds 3,005 cents, and they stay held until the network decides.
    assert_eq!(money(&world, &tenant).await, (0, 0, 5_000 - (4_950 - 3_005)));
    let paid = resolve(&world, &tenant, &refund, json!({ "outcome": "paid" })).await;
    paid.problem(409, "refund_state");
    let body = json!({ "outcome": "rejected", "reason": "already_returned" });
    resolve(&world, &tenant, &refund, body).await.ok();
    assert_eq!(money(&world, &tenant).await, (0, 0, 50));
    let charge = world.find_charge(key, &id).await;
    assert_eq!(
        (&charge["returned_amount_cents"], &charge["refunded_amount_cents"]),
        (&json!(5_000), &json!(0))
    );
    let more = json!({ "outcome": "returned", "amount_cents": 1 });
    let ask = world.post(&format!("/v1/sandbox/charges/{id}/return")).key(key).json(&more);
    ask.send().await.problem(422, "refund_exceeds_charge");
}

/// The network takes the money before a worker submits the refund.
#[tokio::test]
async fn a_refund_of_money_that_was_taken_back_is_not_submitted() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 5_000).await;
    let refund = world.refund(key, &id, "1", &json!({ "amount_cents": 400 })).await.created();
    report(&world, &tenant, &id, &returned("D1", 5_000)).await;
    world.deliver().await;
    let ended = world.find_refund(key, &refund["id"]).await;
    assert_eq!(ended["status"], "rejected");
    assert_eq!(ended["status_history"][1]["reason"], "already_returned");
    assert_eq!(world.network.refunds().len(), 0);
    assert_eq!(money(&world, &tenant).await, (0, 0, 50));
}

/// The network lost the order, and took the money before the worker sends it again.
#[tokio::test]
async fn a_lost_refund_of_money_that_was_taken_back_is_rejected() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 5_000).await;
    let refund = world.refund(key, &id, "1", &json!({ "amount_cents": 400 })).await.created();
    world.network.script([NetworkBehavior::OrderLost]);
    world.deliver().await;
    report(&world, &tenant, &id, &returned("D1", 5_000)).await;
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
    }
    let ended = world.find_refund(key, &refund["id"]).await;
    assert_eq!(ended["status"], "rejected");
    assert_eq!(world.network.refunds().len(), 0);
    assert_eq!(money(&world, &tenant).await, (0, 0, 50));
}

/// A network reports each fact more than once, also late.
#[tokio::test]
async fn a_fact_that_is_reported_again_is_posted_once() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    world.pay_in(key, 10_000).await;
    let id = world.paid_charge(key, 1_000).await;
    let there = balances(&world, &tenant).await.available_cents;
    let demand = ReturnUpdate::Blocked {
        notice_id: "N1".to_owned(),
        amount_cents: Some(900),
        reason: "fraud".to_owned(),
        ends_at: None,
        respond_by: None,
    };
    let closed = ReturnUpdate::Closed { notice_id: "N1".to_owned() };
    for update in [&demand, &demand] {
        report(&world, &tenant, &id, update).await;
    }
    assert_eq!(money(&world, &tenant).await, (there - 900, 900, 0));
    for update in [&returned("D1", 300), &returned("D1", 300), &demand, &returned("D2", 200)] {
        report(&world, &tenant, &id, update).await;
    }
    assert_eq!(money(&world, &tenant).await, (there - 900, 400, 0));
    for update in [&closed, &closed, &returned("D1", 300), &demand] {
        report(&world, &tenant, &id, update).await;
    }
    assert_eq!(money(&world, &tenant).await, (there - 500, 0, 0));
    let charge = world.find_charge(key, &id).await;
    assert_eq!(charge["returned_amount_cents"], 500);
    let returns = charge["returns"].as_array().expect("a list").iter();
    let ids: Vec<_> = returns.map(|part| part["id"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["D1", "D2"]);
    let seen = events(&world, &tenant).await;
    assert_eq!(seen.iter().filter(|kind| *kind == "charge.returned").count(), 2);
    assert_eq!(seen.len(), 4);
}

/// The sandbox does not return money that a refund in process may take.
#[tokio::test]
async fn the_sandbox_takes_no_money_of_a_refund_in_process() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 5_000).await;
    open_refund(&world, &tenant, &id).await;
    let all = json!({ "outcome": "returned", "amount_cents": 5_000 });
    let ask = world.post(&format!("/v1/sandbox/charges/{id}/return")).key(key).json(&all);
    let problem = ask.send().await.problem(422, "refund_exceeds_charge");
    assert!(problem["detail"].as_str().expect("text").contains("1995"), "{problem}");
    let taken = take(&world, &tenant, &id, json!({ "outcome": "returned" })).await;
    assert_eq!(taken["returned_amount_cents"], 1_995);
}

/// Many credits of one tick pay a debt: each is in the books with its part, and no transaction is over the
/// limit of the table.
#[tokio::test]
async fn credits_of_one_tick_pay_the_debt_one_after_another() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let id = world.paid_charge(key, 99_000).await;
    let spent = balances(&world, &tenant).await.available_cents;
    let mut payout = new_payout();
    payout["amount_cents"] = json!(spent - 50);
    world.payout(key, "all", &payout).await.created();
    world.deliver().await;
    take(&world, &tenant, &id, json!({ "outcome": "returned" })).await;
    for number in 0..30 {
        let mut charge = tests::new_charge();
        charge["amount_cents"] = json!(1_001);
        let ask = world.post("/v1/charges").key(key).json(&charge);
        let charge = ask.idempotency_key(&format!("later-{number}")).send().await.created();
        world.pay(key, charge["id"].as_str().expect("an id")).await.ok();
    }
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
    }
    assert_eq!(money(&world, &tenant).await, (0, 0, 99_000 - 30 * 991));
}

#[tokio::test]
async fn only_a_charge_with_money_can_be_taken_back() {
    let (world, tenant) = world().await;
    let key = &tenant.program.api_key;
    let pending = world.charge(key, "pending").await.created();
    let path = |id: &str| format!("/v1/sandbox/charges/{id}/return");
    let ask = world.post(&path(pending["id"].as_str().expect("an id"))).key(key);
    let returned = ask.json(&json!({ "outcome": "returned" })).send().await;
    returned.problem(409, "charge_state");
    let paid = world.paid_charge(key, 5_000).await;
    let closed =
        world.post(&path(&paid)).key(key).json(&json!({ "outcome": "closed" })).send().await;
    closed.problem(409, "charge_state");
    let body = json!({ "outcome": "blocked", "amount_cents": 0 });
    let wrong = world.post(&path(&paid)).key(key).json(&body).send().await;
    let problem = wrong.problem(400, "invalid_request");
    assert_eq!(problem["violations"][0]["field"], "amount_cents");
    let later = world.find_charge(key, &paid).await;
    assert_eq!(later["blocked_amount_cents"], 0);
}

#[tokio::test]
async fn a_charge_has_a_limit_of_returns_and_the_next_one_is_refused() {
    let (world, tenant) = world().await;
    let id = world.paid_charge(&tenant.program.api_key, 5_000).await;
    let one = json!({ "outcome": "returned", "amount_cents": 1 });
    for _ in 0..50 {
        take(&world, &tenant, &id, one.clone()).await;
    }
    let ask = world.post(&format!("/v1/sandbox/charges/{id}/return")).json(&one);
    ask.key(&tenant.program.api_key).send().await.problem(422, "refund_exceeds_charge");
    let charge = world.find_charge(&tenant.program.api_key, &id).await;
    assert_eq!(charge["returned_amount_cents"], 50);
}
