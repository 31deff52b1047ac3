//! Faults between an order and the network, for every kind of order. After each fault the money is
//! held until the network has answered, and the order is paid once.

use std::sync::Arc;

use local::Fault;
use queue::Lane;
use serde_json::json;
use tests::{NetworkBehavior, killed_after, together};

use super::harness::{OrderHarness, TestedOrder};

const WRITE: &str = "TransactWriteItems";

/// Makes a test of each claim for each kind of order.
macro_rules! every_order_survives {
    ($($kind:ident: $variant:ident,)*) => {
        $(mod $kind {
            use super::TestedOrder::$variant;

            every_order_survives! { @claims $variant
                an_order_whose_response_was_lost_stays_held_and_is_queried
                a_lost_order_is_submitted_again_under_the_same_id
                a_worker_that_dies_after_the_submission_pays_once
                an_order_is_paid_once_wherever_its_worker_dies
                the_scheduler_alone_submits_every_order
                an_order_of_a_frozen_account_is_not_submitted
                conflicts_end_in_503_and_leave_everything_as_it_was
                an_update_is_stored_although_the_books_are_busy
            }

            every_order_survives! { @parallel $variant
                of_many_workers_with_a_message_one_submits
                the_same_request_many_times_at_once_is_one_order
            }
        })*
    };
    (@claims $variant:ident $($claim:ident)*) => {
        $(
            #[tokio::test]
            async fn $claim() {
                super::$claim($variant).await;
            }
        )*
    };
    (@parallel $variant:ident $($claim:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $claim() {
                super::$claim($variant).await;
            }
        )*
    };
}

every_order_survives! {
    payout: Payout,
    refund: Refund,
    credit: Credit,
}

/// Fault rows 11 and 12. The network pays and its response is lost, several times in a row.
async fn an_order_whose_response_was_lost_stays_held_and_is_queried(kind: TestedOrder) {
    let orders = OrderHarness::new(kind).await;
    orders.world.network.script([NetworkBehavior::ResponseLost; 3]);
    let order = orders.create().await;
    orders.world.deliver().await;
    orders.is_open(&order).await;
    assert!(!orders.find(&order).await["unconfirmed_since"].is_null());
    orders.cannot_be_cancelled(&order).await;
    orders.minutes(12).await;
    orders.is_paid_once(&order).await;
    assert_eq!(orders.submissions(), 1, "an order that may be there is queried, not submitted");
}

/// Fault row 11. The order is lost on its way to the network. Copies that arrive late are recognised.
async fn a_lost_order_is_submitted_again_under_the_same_id(kind: TestedOrder) {
    let orders = OrderHarness::new(kind).await;
    orders.world.network.script([
        NetworkBehavior::OrderLost,
        NetworkBehavior::Responds,
        NetworkBehavior::OrderLost,
    ]);
    let order = orders.create().await;
    orders.world.deliver().await;
    orders.minutes(12).await;
    orders.is_paid_once(&order).await;
    orders.world.network.deliver_lost();
    orders.minutes(2).await;
    orders.is_paid_once(&order).await;
}

/// Fault rows 9 and 10. The worker dies after the submission and before it stores the result.
async fn a_worker_that_dies_after_the_submission_pays_once(kind: TestedOrder) {
    let orders = OrderHarness::new(kind).await;
    orders.world.network.script([NetworkBehavior::Panics]);
    let order = orders.create().await;
    orders.world.deliver().await;
    assert_eq!(orders.find(&order).await["status"], orders.processing());
    // The message comes again while the lease holds, and no worker calls the network.
    orders.world.wait(1);
    orders.world.deliver().await;
    assert_eq!(orders.submissions(), 1);
    orders.minutes(3).await;
    orders.is_paid_once(&order).await;
    assert_eq!(orders.submissions(), 1);
}

/// Fault rows 9 and 10, at every await point there is.
async fn an_order_is_paid_once_wherever_its_worker_dies(kind: TestedOrder) {
    let mut died = 0;
    for polls in 0.. {
        let orders = OrderHarness::new(kind).await;
        let order = orders.create().await;
        orders.world.bundle.relay().await.expect("the stream flows");
        let work = Box::pin(orders.world.bundle.dispatch(Lane::Orders));
        let is_done = killed_after(polls, work).await.is_some();
        orders.minutes(5).await;
        orders.is_paid_once(&order).await;
        assert_eq!(orders.submissions(), 1, "dead after {polls} polls");
        if is_done {
            break;
        }
        died += 1;
    }
    assert!(died >= 4, "{died} await points");
}

async fn of_many_workers_with_a_message_one_submits(kind: TestedOrder) {
    let orders = Arc::new(OrderHarness::new(kind).await);
    let order = orders.create().await;
    let second = Arc::new(orders.world.second_instance(|_| {}));
    for _ in 0..4 {
        // Each tick sends a message.
        orders.world.wait_and_tick(31).await;
    }
    orders.world.bundle.relay().await.expect("the stream flows");
    together(4, |number| {
        let (orders, second) = (Arc::clone(&orders), Arc::clone(&second));
        async move {
            OrderHarness::work(if number % 2 == 0 { &orders.world } else { &second }).await;
        }
    })
    .await;
    orders.minutes(2).await;
    orders.is_paid_once(&order).await;
    assert_eq!(orders.submissions(), 1);
}

async fn the_scheduler_alone_submits_every_order(kind: TestedOrder) {
    let orders = OrderHarness::new(kind).await;
    orders.world.bundle.switch_stream(false);
    let order = orders.create().await;
    orders.world.deliver().await;
    assert_eq!(orders.submissions(), 0);
    orders.world.wait_and_deliver(29).await;
    assert_eq!(orders.submissions(), 0, "for half a minute the scheduler waits for the stream");
    orders.world.wait_and_tick(1).await;
    orders.world.bundle.purge_lanes().await;
    orders.minutes(1).await;
    orders.is_paid_once(&order).await;
}

/// A frozen account sends no money, also for an order that was accepted before.
async fn an_order_of_a_frozen_account_is_not_submitted(kind: TestedOrder) {
    let orders = OrderHarness::new(kind).await;
    let order = orders.create().await;
    orders.freeze(true).await;
    orders.world.deliver().await;
    orders.minutes(3).await;
    assert_eq!(orders.submissions(), 0);
    assert_eq!(orders.find(&order).await["status"], orders.processing());
    orders.freeze(false).await;
    orders.minutes(8).await;
    orders.is_paid_once(&order).await;
}

/// Fault rows 13 and 19. The store retries conflicts and throttling within a budget. Then the answer
/// is 503 and nothing is written.
async fn conflicts_end_in_503_and_leave_everything_as_it_was(kind: TestedOrder) {
    let orders = OrderHarness::new(kind).await;
    let (world, account_id) = (&orders.world, orders.tenant.account_id);
    let before = world.ledger(account_id).await;
    let conflict = Fault::Cancelled(&["None", "TransactionConflict"]);
    for fault in [conflict, Fault::Throttled] {
        world.bundle.faults().next_times(WRITE, &fault, 5_000);
        let response = orders.request(world, "1").await;
        response.problem(503, "unavailable");
        assert_eq!(response.header("retry-after"), Some("1"));
        world.bundle.faults().clear();
        assert_eq!(world.ledger(account_id).await, before);
        orders.is_untouched().await;
    }
    world.bundle.faults().next_times(WRITE, &Fault::Cancelled(&["None", "TransactionConflict"]), 3);
    orders.create().await;
}

/// The result of the network is not lost because other changes of the account come first.
async fn an_update_is_stored_although_the_books_are_busy(kind: TestedOrder) {
    let orders = OrderHarness::new(kind).await;
    let order = orders.create().await;
    let stale = Fault::Cancelled(&["None", "ConditionalCheckFailed"]);
    orders.world.bundle.faults().next_times(WRITE, &stale, 5);
    orders.world.deliver().await;
    orders.is_paid_once(&order).await;
    assert_eq!(orders.submissions(), 1);
}

/// Fault rows 1, 5 and 16. The same request many times at once, and with a lost answer, is one order.
async fn the_same_request_many_times_at_once_is_one_order(kind: TestedOrder) {
    let orders = Arc::new(OrderHarness::new(kind).await);
    orders.world.bundle.faults().next(WRITE, Fault::AfterCommit);
    let ids = together(32, |_| {
        let orders = Arc::clone(&orders);
        async move {
            loop {
                let response = orders.request(&orders.world, "same").await;
                if response.status == orders.accepted() {
                    return response.json()["id"].clone();
                }
                assert!(matches!(response.status, 409 | 503), "{}", response.text());
            }
        }
    })
    .await;
    assert!(ids.iter().all(|id| *id == ids[0]));
    orders.world.deliver().await;
    orders.is_paid_once(&json!({ "id": ids[0] })).await;
    let (books, _) = orders.world.ledger(orders.tenant.account_id).await;
    let available = OrderHarness::AVAILABLE - orders.held_cents();
    assert_eq!(books.balances.available_cents, available);
}
