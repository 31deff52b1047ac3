//! What can go wrong between a payout and the network. Whatever does: the money is held until the
//! network has spoken, and an order is paid once.

use std::sync::Arc;

use domain::ledger::EntryKind;
use local::Fault;
use queue::Lane;
use serde_json::{Value, json};
use tests::{NetworkBehavior, Tenant, World, insist, killed_after, new_payout, together};

const WRITE: &str = "TransactWriteItems";

async fn funded() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 10_000).await;
    (world, tenant)
}

async fn payout(world: &World, tenant: &Tenant) -> Value {
    world.payout(&tenant.program.api_key, "1", &new_payout()).await.created()
}

async fn found(world: &World, tenant: &Tenant, payout: &Value) -> Value {
    world.find_payout(&tenant.program.api_key, &payout["id"]).await
}

async fn minutes(world: &World, count: usize) {
    for _ in 0..count {
        world.wait_and_tick(61).await;
        world.deliver().await;
    }
}

/// Paid, and once: one order at the network, one entry in the books, nothing held.
async fn paid_once(world: &World, tenant: &Tenant, payout: &Value) {
    let ended = found(world, tenant, payout).await;
    assert_eq!((&ended["status"], &ended["unconfirmed_since"]), (&json!("paid"), &Value::Null));
    assert_eq!(world.network.orders().len(), 1);
    assert_eq!(world.network.orders()[0].order_id, ended["end_to_end_id"]);
    let (books, entries) = world.ledger(tenant.account_id).await;
    let out = entries.iter().filter(|entry| entry.kind == EntryKind::PayoutPaid).count();
    assert_eq!((out, books.balances.held_cents), (1, 0));
}

/// Fault rows 11 and 12. The network pays and its answer is lost, several times over.
#[tokio::test]
async fn an_order_whose_answer_was_lost_stays_held_and_is_asked_about() {
    let (world, tenant) = funded().await;
    world.network.script([NetworkBehavior::ResponseLost; 3]);
    let payout = payout(&world, &tenant).await;
    world.deliver().await;
    let open = found(&world, &tenant, &payout).await;
    assert_eq!(
        (&open["status"], open["unconfirmed_since"].is_null()),
        (&json!("processing"), false)
    );
    assert_eq!(world.ledger(tenant.account_id).await.0.balances.held_cents, 2_550);
    let cancel = format!("/v1/payouts/{}/cancel", payout["id"].as_str().expect("an id"));
    let cancel = world.post(&cancel).key(&tenant.program.api_key).send().await;
    cancel.problem(409, "payout_state");
    minutes(&world, 12).await;
    paid_once(&world, &tenant, &payout).await;
    assert_eq!(
        world.network.payout_submissions(),
        1,
        "whoever might have it is asked and not told again"
    );
}

/// Fault row 11. The order is lost on its way: told again, under the same name.
#[tokio::test]
async fn an_order_that_was_lost_is_told_again_under_the_same_name() {
    let (world, tenant) = funded().await;
    world.network.script([
        NetworkBehavior::OrderLost,
        NetworkBehavior::Responds,
        NetworkBehavior::OrderLost,
    ]);
    let payout = payout(&world, &tenant).await;
    world.deliver().await;
    minutes(&world, 12).await;
    paid_once(&world, &tenant, &payout).await;
}

/// Nothing is given up while it could still be paid; and when it cannot any more, it is.
#[tokio::test]
async fn an_order_the_network_never_took_ends_when_it_would_not_take_it_any_more() {
    let (world, tenant) = funded().await;
    let lost = [NetworkBehavior::OrderLost].into_iter().cycle().take(40);
    world.network.script([NetworkBehavior::OrderLost]);
    world.network.script(lost);
    let payout = payout(&world, &tenant).await;
    world.deliver().await;
    for hour in 1..=12 {
        world.wait_and_tick(3_600).await;
        world.deliver().await;
        let open = found(&world, &tenant, &payout).await;
        assert_eq!(open["status"], "processing", "after {hour} hours");
        assert_eq!(world.ledger(tenant.account_id).await.0.balances.held_cents, 2_550);
    }
    // From here on it answers that it knows nothing of the order.
    let left = 41 - 13;
    for _ in 0..left {
        world.wait_and_tick(3_600).await;
        world.deliver().await;
    }
    world.wait_and_tick(3_600).await;
    world.deliver().await;
    let ended = found(&world, &tenant, &payout).await;
    assert_eq!(ended["status"], "rejected");
    assert_eq!(ended["status_history"][1]["reason"], "not_taken");
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.held_cents), (9_901, 0));
    assert!(world.network.orders().is_empty());
}

/// Fault rows 9 and 10. The function dies after the network was told and before that was written.
#[tokio::test]
async fn a_function_that_dies_after_telling_the_network_pays_once() {
    let (world, tenant) = funded().await;
    world.network.script([NetworkBehavior::Panics]);
    let payout = payout(&world, &tenant).await;
    world.deliver().await;
    assert_eq!(found(&world, &tenant, &payout).await["status"], "processing");
    // The message comes again while the claim is alive: nobody speaks to the network.
    world.wait(1);
    world.deliver().await;
    assert_eq!(world.network.payout_submissions(), 1);
    minutes(&world, 3).await;
    paid_once(&world, &tenant, &payout).await;
    assert_eq!(world.network.payout_submissions(), 1);
}

/// Fault rows 9 and 10, at every await point there is.
#[tokio::test]
async fn wherever_the_function_dies_the_payout_is_paid_once() {
    let mut died = 0;
    for polls in 0.. {
        let (world, tenant) = funded().await;
        let payout = payout(&world, &tenant).await;
        world.bundle.queue_work().await.expect("the stream flows");
        let work = Box::pin(world.bundle.dispatch(Lane::Orders));
        let done = killed_after(polls, work).await.is_some();
        minutes(&world, 5).await;
        paid_once(&world, &tenant, &payout).await;
        if done {
            break;
        }
        died += 1;
    }
    assert!(died >= 4, "{died} await points");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_are_sent_one_goes() {
    let (world, tenant) = funded().await;
    let payout = payout(&world, &tenant).await;
    let second = world.second_sandbox(|_| {});
    for _ in 0..4 {
        // Each tick sends a message of its own.
        world.wait_and_tick(31).await;
    }
    world.bundle.queue_work().await.expect("the stream flows");
    let worlds = [Arc::new(world), Arc::new(second)];
    together(4, |number| {
        let world = Arc::clone(&worlds[number % 2]);
        async move { world.bundle.dispatch(Lane::Orders).await.expect("the queue flows") }
    })
    .await;
    minutes(&worlds[0], 2).await;
    paid_once(&worlds[0], &tenant, &payout).await;
    assert_eq!(worlds[0].network.payout_submissions(), 1);
}

#[tokio::test]
async fn the_clock_alone_is_enough_for_every_payout_to_go() {
    let (world, tenant) = funded().await;
    world.bundle.switch_stream(false);
    let payout = payout(&world, &tenant).await;
    world.deliver().await;
    assert_eq!(world.network.payout_submissions(), 0);
    world.wait_and_tick(29).await;
    world.deliver().await;
    assert_eq!(world.network.payout_submissions(), 0, "left to the stream for half a minute");
    world.wait_and_tick(1).await;
    world.bundle.purge_lanes().await;
    minutes(&world, 1).await;
    paid_once(&world, &tenant, &payout).await;
}

/// A frozen account pays nothing out: what waits goes on waiting, and what was let go is not told.
#[tokio::test]
async fn of_a_frozen_account_nothing_goes() {
    let (world, tenant) = funded().await;
    let mut later = new_payout();
    later["scheduled_for"] = json!("2026-11-23T12:01:00Z");
    let later = world.payout(&tenant.program.api_key, "later", &later).await.created();
    let gone = payout(&world, &tenant).await;
    freeze(&world, &tenant, Some(world.now())).await;
    world.deliver().await;
    minutes(&world, 3).await;
    assert_eq!(world.network.payout_submissions(), 0);
    assert_eq!(found(&world, &tenant, &later).await["status"], "scheduled");
    assert_eq!(found(&world, &tenant, &gone).await["status"], "processing");
    freeze(&world, &tenant, None).await;
    minutes(&world, 8).await;
    for payout in [&later, &gone] {
        assert_eq!(found(&world, &tenant, payout).await["status"], "paid");
    }
    assert_eq!(world.network.orders().len(), 2);
}

async fn freeze(world: &World, tenant: &Tenant, at: Option<jiff::Timestamp>) {
    let store = &world.bundle.app().store;
    let key = store::Key::Books(tenant.account_id);
    let mut books: domain::ledger::Books =
        store.find(&key).await.expect("readable").expect("there");
    books.frozen_at = at;
    store.replace(&books).await.expect("written");
}

/// Those that wait for funds in vain cost a read for each account and no write.
#[tokio::test]
async fn looking_for_funds_in_vain_writes_nothing() {
    let (world, tenant) = funded().await;
    for number in 0..30 {
        let mut waits = new_payout();
        waits["amount_cents"] = json!(50_000_000);
        waits["wait_for_funds"] = json!(true);
        let name = format!("waits-{number}");
        world.payout(&tenant.program.api_key, &name, &waits).await.created();
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

/// Fault row 20. On a balance of 100, of a hundred payouts of 2, with their fee, fifty go.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_never_overdraw() {
    let world = World::new().await;
    let tenant = Arc::new(world.tenant("loja").await);
    world.pay_in(&tenant.program.api_key, 101).await;
    let second = world.second_sandbox(|_| {});
    let worlds = [Arc::new(world), Arc::new(second)];
    let answers = together(100, |number| {
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
        answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((created.len(), refused.len()), (50, 50));
    for answer in refused {
        answer.problem(422, "insufficient_funds");
    }
    let (books, _) = worlds[0].ledger(tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.held_cents), (0, 100));
    worlds[0].deliver().await;
    let (books, _) = worlds[0].ledger(tenant.account_id).await;
    assert_eq!((books.balances.clearing_cents, books.balances.held_cents), (51, 0));
    assert_eq!(worlds[0].network.orders().len(), 50);
}

/// Fault rows 13 and 19. Conflicts and throttling are waited for, within a budget, and end in 503 with
/// nothing written.
#[tokio::test]
async fn conflicts_end_in_503_and_leave_everything_as_it_was() {
    let (world, tenant) = funded().await;
    let before = world.ledger(tenant.account_id).await;
    let conflict = Fault::Cancelled(&["None", "None", "TransactionConflict"]);
    for fault in [conflict, Fault::Throttled] {
        world.bundle.faults().next_times(WRITE, &fault, 100);
        let key = &tenant.program.api_key;
        let answer = world.payout(key, "1", &new_payout()).await;
        answer.problem(503, "unavailable");
        assert_eq!(answer.header("retry-after"), Some("1"));
        world.bundle.faults().clear();
        assert_eq!(world.ledger(tenant.account_id).await, before);
    }
    world.bundle.faults().next_times(WRITE, &Fault::Cancelled(&["None", "TransactionConflict"]), 3);
    payout(&world, &tenant).await;
}

/// What the network said is not lost because the books are busy.
#[tokio::test]
async fn word_of_the_network_is_written_down_over_whatever_happens_on_the_account() {
    let (world, tenant) = funded().await;
    let payout = payout(&world, &tenant).await;
    let stale = Fault::Cancelled(&["None", "ConditionalCheckFailed"]);
    world.bundle.faults().next_times(WRITE, &stale, 5);
    world.deliver().await;
    paid_once(&world, &tenant, &payout).await;
    assert_eq!(world.network.payout_submissions(), 1);
}

/// Fault rows 1, 5 and 16. The same wish many times at once, and with lost answers, is one payout.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_wish_many_times_at_once_is_one_payout() {
    let (world, tenant) = funded().await;
    world.bundle.faults().next(WRITE, Fault::AfterCommit);
    let (world, tenant) = (Arc::new(world), Arc::new(tenant));
    let answers = together(32, |_| {
        let (world, tenant) = (Arc::clone(&world), Arc::clone(&tenant));
        async move {
            loop {
                let answer = world.payout(&tenant.program.api_key, "same", &new_payout()).await;
                if answer.status == 201 {
                    return answer.json()["id"].clone();
                }
                assert!(matches!(answer.status, 409 | 503), "{}", answer.text());
            }
        }
    })
    .await;
    assert!(answers.iter().all(|id| *id == answers[0]));
    world.deliver().await;
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!(books.balances.available_cents, 9_901 - 2_550);
    assert_eq!(world.network.orders().len(), 1);
}
