//! Faults that only payouts have.

use std::sync::Arc;

use serde_json::json;
use tests::{NetworkBehavior, World, insist, new_payout, together};

use super::harness::{OrderHarness, TestedOrder};

/// A payout that the network could still pay is not given up.
#[tokio::test]
async fn a_payout_the_network_never_accepted_is_rejected_after_its_window() {
    let orders = OrderHarness::new(TestedOrder::Payout).await;
    orders.world.network.script([NetworkBehavior::OrderLost; 41]);
    let payout = orders.create().await;
    orders.world.deliver().await;
    for _ in 1..=12 {
        orders.world.wait_and_deliver(3_600).await;
        orders.is_open(&payout).await;
    }
    // The script ends. From then on the network answers that it does not know the order.
    for _ in 0..41 - 13 + 1 {
        orders.world.wait_and_deliver(3_600).await;
    }
    let ended = orders.find(&payout).await;
    assert_eq!(ended["status"], "rejected");
    assert_eq!(ended["status_history"][1]["reason"], "not_accepted");
    let (books, _) = orders.world.ledger(orders.tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.held_cents), (9_901, 0));
    assert_eq!(orders.orders(), 0);
}

#[tokio::test]
async fn a_scheduled_payout_of_a_frozen_account_waits() {
    let orders = OrderHarness::new(TestedOrder::Payout).await;
    let mut later = new_payout();
    later["scheduled_for"] = json!("2026-11-23T12:01:00Z");
    let later = orders.world.payout(orders.key(), "later", &later).await.created();
    let accepted = orders.create().await;
    orders.freeze(true).await;
    orders.world.deliver().await;
    orders.minutes(3).await;
    assert_eq!(orders.submissions(), 0);
    assert_eq!(orders.find(&later).await["status"], "scheduled");
    assert_eq!(orders.find(&accepted).await["status"], "processing");
    orders.freeze(false).await;
    orders.minutes(8).await;
    for payout in [&later, &accepted] {
        assert_eq!(orders.find(payout).await["status"], "paid");
    }
    assert_eq!(orders.orders(), 2);
}

/// Payouts whose funds do not come cost one read for each account, and no write.
#[tokio::test]
async fn a_payout_whose_funds_do_not_come_writes_nothing() {
    let orders = OrderHarness::new(TestedOrder::Payout).await;
    let world = &orders.world;
    for number in 0..30 {
        let mut waits = new_payout();
        waits["amount_cents"] = json!(50_000_000);
        waits["wait_for_funds"] = json!(true);
        let name = format!("waits-{number}");
        world.payout(orders.key(), &name, &waits).await.created();
    }
    world.deliver().await;
    world.wait(120);
    world.bundle.faults().record();
    world.bundle.tick().await.expect("the schedule runs");
    assert!(world.transactions().is_empty());
    let sent = world.bundle.faults().sent();
    let books =
        sent.iter().filter(|sent| sent.operation == "GetItem" && sent.body.contains("BOOKS"));
    assert!(books.count() <= 2, "one for the payouts, and one for the audit");
}

/// Fault row 20. On a balance of 100 cents, a hundred payouts cost 2 cents each with their fee. Fifty are
/// accepted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_payouts_at_once_never_overdraw() {
    let world = World::new().await;
    let tenant = Arc::new(world.tenant("loja").await);
    world.pay_in(&tenant.program.api_key, 101).await;
    let second = world.second_instance(|_| {});
    let worlds = [Arc::new(world), Arc::new(second)];
    let responses = together(100, |number| {
        let (world, tenant) = (Arc::clone(&worlds[number % 2]), Arc::clone(&tenant));
        async move {
            let mut payout = new_payout();
            payout["amount_cents"] = json!(1);
            let ask = world.post("/v1/payouts").key(&tenant.program.api_key);
            insist(ask.idempotency_key(&format!("{number}")).json(&payout)).await
        }
    })
    .await;
    let (created, refused): (Vec<_>, Vec<_>) =
        responses.iter().partition(|response| response.status == 201);
    assert_eq!((created.len(), refused.len()), (50, 50));
    for response in refused {
        response.problem(422, "insufficient_funds");
    }
    let (books, _) = worlds[0].ledger(tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.held_cents), (0, 100));
    worlds[0].deliver().await;
    let (books, _) = worlds[0].ledger(tenant.account_id).await;
    assert_eq!((books.balances.clearing_cents, books.balances.held_cents), (51, 0));
    assert_eq!(worlds[0].network.orders().len(), 50);
}
