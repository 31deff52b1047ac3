//! What can go wrong between a refund and the network. Whatever does: the money is held until the
//! network has spoken, and goes back once.

use std::sync::Arc;

use domain::charge::{Refund, RefundRejection, RefundStatus, RefundUpdate};
use domain::kernel::{Id, RefundId};
use domain::ledger::EntryKind;
use local::Fault;
use queue::Lane;
use serde_json::{Value, json};
use store::{Key, Writes};
use tests::{NetworkBehavior, Tenant, World, insist, killed_after, new_refund, together};

use crate::storage::concurrent_changes::ConcurrentChange;

const WRITE: &str = "TransactWriteItems";
const HOUR: i64 = 3_600;

/// A world with a charge of 100 reais that was paid.
async fn paid() -> (World, Tenant, String) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let charge = world.paid_charge(&tenant.program.api_key, 10_000).await;
    (world, tenant, charge)
}

async fn refund(world: &World, tenant: &Tenant, charge: &str) -> Value {
    world.refund(&tenant.program.api_key, charge, "1", &new_refund()).await.created()
}

async fn found(world: &World, tenant: &Tenant, refund: &Value) -> Value {
    world.find_refund(&tenant.program.api_key, &refund["id"]).await
}

async fn minutes(world: &World, count: usize) {
    for _ in 0..count {
        world.wait_and_deliver(61).await;
    }
}

/// With the payer, and once: one order at the network, one entry in the books, nothing held, and the
/// charge knows it.
async fn given_back_once(world: &World, tenant: &Tenant, refund: &Value) {
    let ended = found(world, tenant, refund).await;
    assert_eq!((&ended["status"], &ended["unconfirmed_since"]), (&json!("paid"), &Value::Null));
    assert_eq!(world.network.refunds().len(), 1);
    let (books, entries) = world.ledger(tenant.account_id).await;
    let out = entries.iter().filter(|entry| entry.kind == EntryKind::RefundPaid).count();
    assert_eq!((out, books.balances.held_cents), (1, 0));
    let charge = ended["charge_id"].as_str().expect("an id");
    let charge = world.find_charge(&tenant.program.api_key, charge).await;
    assert_eq!(
        (&charge["refunding_amount_cents"], &charge["refunded_amount_cents"]),
        (&json!(0), &json!(400))
    );
}

/// Fault rows 11 and 12. The network gives back and its answer is lost, several times over.
#[tokio::test]
async fn a_refund_whose_answer_was_lost_stays_held_and_is_asked_about() {
    let (world, tenant, charge) = paid().await;
    world.network.script([NetworkBehavior::ResponseLost; 3]);
    let refund = refund(&world, &tenant, &charge).await;
    world.deliver().await;
    let open = found(&world, &tenant, &refund).await;
    assert_eq!(
        (&open["status"], open["unconfirmed_since"].is_null()),
        (&json!("processing"), false)
    );
    assert_eq!(world.ledger(tenant.account_id).await.0.balances.held_cents, 400);
    minutes(&world, 12).await;
    given_back_once(&world, &tenant, &refund).await;
    assert_eq!(
        world.network.refund_submissions(),
        1,
        "whoever might have it is asked, not told again"
    );
}

/// Fault row 11. The order is lost on its way: told again, under the same name.
#[tokio::test]
async fn a_refund_that_was_lost_is_told_again_under_the_same_name() {
    let (world, tenant, charge) = paid().await;
    world.network.script([
        NetworkBehavior::OrderLost,
        NetworkBehavior::Responds,
        NetworkBehavior::OrderLost,
    ]);
    let refund = refund(&world, &tenant, &charge).await;
    world.deliver().await;
    minutes(&world, 12).await;
    given_back_once(&world, &tenant, &refund).await;
    // Those that were lost arrive after all, and are recognised.
    world.network.deliver_lost();
    minutes(&world, 2).await;
    given_back_once(&world, &tenant, &refund).await;
}

/// Nothing is given up while it could still go back; and when it cannot any more, it is.
#[tokio::test]
async fn a_refund_the_network_never_took_ends_when_its_window_is_long_closed() {
    let (world, tenant, charge) = paid().await;
    world.wait(90 * 24 * HOUR - 1);
    world.network.script([NetworkBehavior::OrderLost; 200]);
    let refund = refund(&world, &tenant, &charge).await;
    world.deliver().await;
    for hour in 1..=13 {
        world.wait_and_deliver(if hour == 13 { HOUR - 1 } else { HOUR }).await;
        let open = found(&world, &tenant, &refund).await;
        assert_eq!(open["status"], "processing", "after {hour} hours");
        assert_eq!(world.ledger(tenant.account_id).await.0.balances.held_cents, 400);
    }
    // What the script has left would be silence.
    world.network.clear_script();
    world.wait_and_deliver(HOUR).await;
    let ended = found(&world, &tenant, &refund).await;
    assert_eq!(ended["status"], "rejected");
    assert_eq!(ended["status_history"][1]["reason"], "not_taken");
    let (books, _) = world.ledger(tenant.account_id).await;
    assert_eq!((books.balances.available_cents, books.balances.held_cents), (9_901, 0));
    assert!(world.network.refunds().is_empty());
}

/// Fault rows 9 and 10. The function dies after the network was told and before that was written.
#[tokio::test]
async fn a_function_that_dies_after_telling_the_network_gives_back_once() {
    let (world, tenant, charge) = paid().await;
    world.network.script([NetworkBehavior::Panics]);
    let refund = refund(&world, &tenant, &charge).await;
    world.deliver().await;
    assert_eq!(found(&world, &tenant, &refund).await["status"], "processing");
    // The message comes again while the claim is alive: nobody speaks to the network.
    world.wait(1);
    world.deliver().await;
    assert_eq!(world.network.refund_submissions(), 1);
    minutes(&world, 3).await;
    given_back_once(&world, &tenant, &refund).await;
    assert_eq!(world.network.refund_submissions(), 1);
}

/// Fault rows 9 and 10, at every await point there is.
#[tokio::test]
async fn wherever_the_function_dies_the_refund_goes_back_once() {
    let mut died = 0;
    for polls in 0.. {
        let (world, tenant, charge) = paid().await;
        let refund = refund(&world, &tenant, &charge).await;
        world.bundle.queue_work().await.expect("the stream flows");
        let work = Box::pin(world.bundle.dispatch(Lane::Orders));
        let done = killed_after(polls, work).await.is_some();
        minutes(&world, 5).await;
        given_back_once(&world, &tenant, &refund).await;
        assert_eq!(world.network.refund_submissions(), 1, "dead after {polls} polls");
        if done {
            break;
        }
        died += 1;
    }
    assert!(died >= 4, "{died} await points");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_who_are_sent_one_goes() {
    let (world, tenant, charge) = paid().await;
    let refund = refund(&world, &tenant, &charge).await;
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
    given_back_once(&worlds[0], &tenant, &refund).await;
    assert_eq!(worlds[0].network.refund_submissions(), 1);
}

#[tokio::test]
async fn the_clock_alone_is_enough_for_every_refund_to_go() {
    let (world, tenant, charge) = paid().await;
    world.bundle.switch_stream(false);
    let refund = refund(&world, &tenant, &charge).await;
    world.deliver().await;
    assert_eq!(world.network.refund_submissions(), 0);
    world.wait_and_deliver(29).await;
    assert_eq!(world.network.refund_submissions(), 0, "left to the stream for half a minute");
    world.wait_and_tick(1).await;
    world.bundle.purge_lanes().await;
    minutes(&world, 1).await;
    given_back_once(&world, &tenant, &refund).await;
}

/// A frozen account gives nothing back: nothing is promised, and what was is not told.
#[tokio::test]
async fn of_a_frozen_account_nothing_goes_back() {
    let (world, tenant, charge) = paid().await;
    let gone = refund(&world, &tenant, &charge).await;
    freeze(&world, &tenant, Some(world.now())).await;
    let key = &tenant.program.api_key;
    for amount_cents in [1, 10_000 - 400] {
        let wish = json!({ "amount_cents": amount_cents });
        world.refund(key, &charge, "2", &wish).await.problem(409, "account_frozen");
    }
    world.deliver().await;
    minutes(&world, 3).await;
    assert_eq!(world.network.refund_submissions(), 0);
    assert_eq!(found(&world, &tenant, &gone).await["status"], "processing");
    freeze(&world, &tenant, None).await;
    minutes(&world, 8).await;
    given_back_once(&world, &tenant, &gone).await;
}

async fn freeze(world: &World, tenant: &Tenant, at: Option<jiff::Timestamp>) {
    let store = &world.bundle.app().store;
    let key = store::Key::Books(tenant.account_id);
    let mut books: domain::ledger::Books =
        store.find(&key).await.expect("readable").expect("there");
    books.frozen_at = at;
    store.replace(&books).await.expect("written");
}

/// The network announces what is to come of a refund that has ended meanwhile: that waits for nothing.
#[tokio::test]
async fn what_is_announced_of_a_refund_that_has_ended_is_not_waited_for() {
    let (world, tenant, charge) = paid().await;
    let mut later = new_refund();
    later["amount_cents"] = json!(3_001);
    let ask = world.refund(&tenant.program.api_key, &charge, "1", &later).await.created();
    while world.bundle.queue_work().await.expect("the stream flows") > 0 {}
    let id = RefundId::parse(ask["id"].as_str().expect("an id")).expect("an id");
    let (store, moment) = (&world.bundle.app().store, world.bundle.app().moment());
    let key = Key::Refund(tenant.account_id, id);
    let row = async || store.find::<Refund>(&key).await.expect("readable").expect("there");
    let mut ended = row().await;
    let mut context = store.read_refund_context(&ended).await.expect("readable");
    let refused = RefundUpdate::Rejected { reason: RefundRejection::AccountBlocked };
    let effects = ended.receive(&refused, &mut context, &moment).expect("it ends");
    // It comes after the claim.
    ended.version += 1;
    let writes = Writes::default().change_refund(&ended, &context, &effects);
    let hook = ConcurrentChange::begin(&world, 4, writes);
    world.bundle.dispatch(Lane::Orders).await.expect("the network is told");
    assert!(hook.is_done());
    let refund = row().await;
    assert_eq!((refund.status, refund.due), (RefundStatus::Rejected, None));
    minutes(&world, 3).await;
    let stuck = |line: &Value| line["message"].to_string().contains("not advanced");
    assert!(!world.logged().iter().any(stuck));
}

/// Fault row 27. Of a charge of 100 cents, a hundred refunds of 3 at once: 33 go, and a cent is left.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_at_once_never_more_goes_back_than_was_paid() {
    let world = World::new().await;
    let tenant = Arc::new(world.tenant("loja").await);
    // There is money enough for all of them: what keeps them within bounds is the charge.
    world.pay_in(&tenant.program.api_key, 10_000).await;
    let charge = Arc::new(world.paid_charge(&tenant.program.api_key, 100).await);
    let second = world.second_sandbox(|_| {});
    let worlds = [Arc::new(world), Arc::new(second)];
    let answers = together(100, |number| {
        let world = Arc::clone(&worlds[number % 2]);
        let (tenant, charge) = (Arc::clone(&tenant), Arc::clone(&charge));
        async move {
            let wish = json!({ "amount_cents": 3 });
            let ask = world.post(&format!("/v1/charges/{charge}/refunds"));
            let ask = ask.key(&tenant.program.api_key).idempotency_key(&number.to_string());
            insist(ask.json(&wish)).await
        }
    })
    .await;
    let (created, refused): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.status == 201);
    assert_eq!((created.len(), refused.len()), (33, 67));
    for answer in refused {
        answer.problem(422, "refund_exceeds_charge");
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
    let told = events.iter().filter(|event| event.kind == domain::event::EventType::ChargeRefunded);
    assert_eq!(told.count(), 33);
    let last = world.refund(key, &charge, "the last cent", &json!({})).await.created();
    assert_eq!(last["amount_cents"], 1);
    world.ledger(tenant.account_id).await;
}

/// Fault row 27. Refunds end while others are asked for: what is set apart is never counted twice, nor
/// forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_that_end_while_others_begin_stay_within_what_was_paid() {
    let world = World::new().await;
    let tenant = Arc::new(world.tenant("loja").await);
    world.pay_in(&tenant.program.api_key, 100_000).await;
    // Of each three, one fails at once and its amount is free again.
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
    minutes(&world, 3).await;
    let after = world.find_charge(&tenant.program.api_key, &charge).await;
    let refunded = after["refunded_amount_cents"].as_u64().expect("a number");
    assert_eq!(after["refunding_amount_cents"], 0);
    assert!(refunded <= 20_000 && refunded % 1_500 == 0 && refunded > 0, "{refunded}");
    let (books, entries) = world.ledger(tenant.account_id).await;
    let out = entries.iter().filter(|entry| entry.kind == EntryKind::RefundPaid);
    assert_eq!(out.map(|entry| entry.amount_cents).sum::<u64>(), refunded);
    assert_eq!(books.balances.held_cents, 0);
}

/// Fault rows 13 and 19. Conflicts and throttling are waited for, within a budget, and end in 503 with
/// nothing written.
#[tokio::test]
async fn conflicts_end_in_503_and_leave_everything_as_it_was() {
    let (world, tenant, charge) = paid().await;
    let before = world.ledger(tenant.account_id).await;
    let conflict = Fault::Cancelled(&["None", "None", "TransactionConflict"]);
    let key = &tenant.program.api_key;
    for fault in [conflict, Fault::Throttled] {
        world.bundle.faults().next_times(WRITE, &fault, 100);
        let answer = world.refund(key, &charge, "1", &new_refund()).await;
        answer.problem(503, "unavailable");
        world.bundle.faults().clear();
        assert_eq!(world.ledger(tenant.account_id).await, before);
        assert_eq!(world.find_charge(key, &charge).await["refunding_amount_cents"], 0);
    }
    world.bundle.faults().next_times(WRITE, &Fault::Cancelled(&["None", "TransactionConflict"]), 3);
    refund(&world, &tenant, &charge).await;
}

/// What the network said is not lost because charge or books are busy.
#[tokio::test]
async fn word_of_the_network_is_written_down_over_whatever_happens_on_the_account() {
    let (world, tenant, charge) = paid().await;
    let refund = refund(&world, &tenant, &charge).await;
    let stale = Fault::Cancelled(&["None", "ConditionalCheckFailed"]);
    world.bundle.faults().next_times(WRITE, &stale, 5);
    world.deliver().await;
    given_back_once(&world, &tenant, &refund).await;
    assert_eq!(world.network.refund_submissions(), 1);
}

/// Fault rows 1, 5 and 16. The same wish many times at once, and with lost answers, is one refund.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_wish_many_times_at_once_is_one_refund() {
    let (world, tenant, charge) = paid().await;
    world.bundle.faults().next(WRITE, Fault::AfterCommit);
    let (world, tenant, charge) = (Arc::new(world), Arc::new(tenant), Arc::new(charge));
    let answers = together(32, |_| {
        let (world, tenant, charge) =
            (Arc::clone(&world), Arc::clone(&tenant), Arc::clone(&charge));
        async move {
            loop {
                let key = &tenant.program.api_key;
                let answer = world.refund(key, &charge, "same", &new_refund()).await;
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
    given_back_once(&world, &tenant, &json!({ "id": answers[0] })).await;
}
