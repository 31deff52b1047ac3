//! Faults that only refunds have.

use std::sync::Arc;

use domain::charge::{Refund, RefundStatus, RefundUpdate};
use domain::event::EventType;
use domain::kernel::{Failure, Id, RefundId};
use domain::ledger::EntryKind;
use serde_json::{Value, json};
use store::{Key, Writes};
use tests::{NetworkBehavior, World, insist, new_refund, together};

use super::harness::{OrderHarness, TestedOrder};
use crate::storage::concurrent_changes::ConcurrentChange;

const HOUR: i64 = 3_600;

/// A refund that the network could still carry out is not given up.
#[tokio::test]
async fn a_refund_the_network_never_accepted_is_rejected_after_its_window() {
    let orders = OrderHarness::new(TestedOrder::Refund).await;
    orders.world.wait(90 * 24 * HOUR - 1);
    orders.world.network.script([NetworkBehavior::OrderLost; 200]);
    let refund = orders.create().await;
    orders.world.deliver().await;
    for hour in 1..=13 {
        orders.world.wait_and_deliver(if hour == 13 { HOUR - 1 } else { HOUR }).await;
        orders.is_open(&refund).await;
    }
    // The network answers again, and does not know the refund.
    orders.world.network.clear_script();
    orders.world.wait_and_deliver(HOUR).await;
    let ended = orders.find(&refund).await;
    assert_eq!(ended["status"], "rejected");
    assert_eq!(ended["status_history"][1]["reason"], "not_accepted");
    let (books, _) = orders.world.ledger(orders.tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.held_cents), (9_901, 0));
    assert_eq!(orders.orders(), 0);
}

#[tokio::test]
async fn a_frozen_account_accepts_no_refund() {
    let orders = OrderHarness::new(TestedOrder::Refund).await;
    let accepted = orders.create().await;
    orders.freeze(true).await;
    for amount_cents in [1, 10_000 - 400] {
        let body = json!({ "amount_cents": amount_cents });
        let response = orders.world.refund(orders.key(), &orders.charge_id, "2", &body).await;
        response.problem(409, "account_frozen");
    }
    orders.world.deliver().await;
    orders.minutes(3).await;
    assert_eq!(orders.submissions(), 0);
    assert_eq!(orders.find(&accepted).await["status"], "processing");
    orders.freeze(false).await;
    orders.minutes(8).await;
    orders.is_paid_once(&accepted).await;
}

/// The network announces a result of a refund that has ended. No due time is kept for it.
#[tokio::test]
async fn an_announced_result_of_a_refund_that_has_ended_is_not_waited_for() {
    let orders = OrderHarness::new(TestedOrder::Refund).await;
    let (world, account_id) = (&orders.world, orders.tenant.account_id);
    let mut later = new_refund();
    later["amount_cents"] = json!(3_001);
    let created = world.refund(orders.key(), &orders.charge_id, "1", &later).await.created();
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    let id = RefundId::parse(created["id"].as_str().expect("an id")).expect("an id");
    let (store, moment) = (&world.bundle.app().store, world.bundle.app().moment());
    let key = Key::Refund(account_id, id);
    let row = async || store.find::<Refund>(&key).await.expect("readable").expect("there");
    let mut ended = row().await;
    let mut context = store.read_refund_context(&ended).await.expect("readable");
    let rejected = RefundUpdate::Rejected { failure: Failure::of_network("AC06") };
    let effects = ended.apply_update(&rejected, &mut context, &moment).expect("it ends");
    // The change is made after a worker claimed the refund.
    ended.version += 1;
    let writes = Writes::default().change_refund(&ended, &context, &effects);
    let hook = ConcurrentChange::begin(world, 4, writes);
    OrderHarness::work(world).await;
    assert!(hook.is_done());
    let refund = row().await;
    assert_eq!((refund.status, refund.due), (RefundStatus::Rejected, None));
    orders.minutes(3).await;
    let is_stuck = |line: &Value| line["message"].to_string().contains("not advanced");
    assert!(!world.logged().iter().any(is_stuck));
}

/// Fault row 27. Of a charge of 100 cents, a hundred refunds of 3 at once: 33 are accepted,
/// and a cent is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_refunds_at_once_return_no_more_than_was_paid() {
    let world = World::new().await;
    let tenant = Arc::new(world.tenant("loja").await);
    // The balance is enough for all of them, so the limit is the charge.
    world.pay_in(&tenant.program.api_key, 10_000).await;
    let charge = Arc::new(world.paid_charge(&tenant.program.api_key, 100).await);
    let second = world.second_instance(|_| {});
    let worlds = [Arc::new(world), Arc::new(second)];
    let responses = together(100, |number| {
        let world = Arc::clone(&worlds[number % 2]);
        let (tenant, charge) = (Arc::clone(&tenant), Arc::clone(&charge));
        async move {
            let body = json!({ "amount_cents": 3 });
            let ask = world.post(&format!("/v1/charges/{charge}/refunds"));
            let ask = ask.key(&tenant.program.api_key).idempotency_key(&number.to_string());
            insist(ask.json(&body)).await
        }
    })
    .await;
    let (created, refused): (Vec<_>, Vec<_>) =
        responses.iter().partition(|response| response.status == 201);
    assert_eq!((created.len(), refused.len()), (33, 67));
    for response in refused {
        response.problem(422, "refund_exceeds_charge");
    }
    let world = &worlds[0];
    assert_eq!(world.ledger(tenant.account_id).await.0.balances.held_cents, 99);
    world.deliver().await;
    let key = &tenant.program.api_key;
    let after = world.find_charge(key, &charge).await;
    assert_eq!(
        (&after["refunding_amount_cents"], &after["refunded_amount_cents"]),
        (&json!(0), &json!(99))
    );
    let orders = world.network.refunds();
    assert_eq!(orders.iter().map(|order| order.amount_cents).sum::<u64>(), 99);
    let events = world.events(tenant.account_id, &charge).await;
    let refunded = events.iter().filter(|event| event.kind == EventType::ChargeRefunded);
    assert_eq!(refunded.count(), 33);
    let last = world.refund(key, &charge, "the last cent", &json!({})).await.created();
    assert_eq!(last["amount_cents"], 1);
    world.ledger(tenant.account_id).await;
}

/// Fault row 27. Refunds end while others are requested. The amount of each is counted exactly once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_that_end_while_others_begin_stay_within_what_was_paid() {
    let world = World::new().await;
    let tenant = Arc::new(world.tenant("loja").await);
    world.pay_in(&tenant.program.api_key, 100_000).await;
    // One in three is rejected at once, and its amount is free again.
    let charge = Arc::new(world.paid_charge(&tenant.program.api_key, 20_000).await);
    let world = Arc::new(world);
    together(24, |number| {
        let (world, tenant, charge) =
            (Arc::clone(&world), Arc::clone(&tenant), Arc::clone(&charge));
        async move {
            let amount_cents = if number % 3 == 0 { 3_006 } else { 1_500 };
            let ask = world.post(&format!("/v1/charges/{charge}/refunds"));
            let ask = ask.key(&tenant.program.api_key).idempotency_key(&number.to_string());
            insist(ask.json(&json!({ "amount_cents": amount_cents }))).await;
            world.deliver().await;
        }
    })
    .await;
    for _ in 0..3 {
        world.wait_and_deliver(61).await;
    }
    let after = world.find_charge(&tenant.program.api_key, &charge).await;
    let refunded = after["refunded_amount_cents"].as_u64().expect("a number");
    assert_eq!(after["refunding_amount_cents"], 0);
    assert!(refunded <= 20_000 && refunded % 1_500 == 0 && refunded > 0, "{refunded}");
    let (books, entries) = world.ledger(tenant.account_id).await;
    let paid = entries.iter().filter(|entry| entry.kind == EntryKind::RefundPaid);
    assert_eq!(paid.map(|entry| entry.amount_cents).sum::<u64>(), refunded);
    assert_eq!(books.balances.held_cents, 0);
}
