//! Payouts to Pix keys: no order is submitted before the owner of the key is known, and an order that
//! the network has is never rejected because of the directory.

use local::Fault;
use queue::Lane;
use serde_json::{Value, json};
use tests::{NetworkBehavior, Tenant, World, new_payout};

use crate::payout::lookup_reserve::spend_everything;
use crate::payout::pix_keys::asking;

const KEY: &str = "maria@example.com";

/// Makes a world with an account that has money.
async fn funded() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    world.pay_in(&tenant.program.api_key, 100_000).await;
    (world, tenant)
}

/// Returns a payout of 25 reais to this key, without a beneficiary if there is no CPF.
fn to(key: &str, cpf: Option<&str>) -> Value {
    let mut payout = new_payout();
    payout["to"] = json!({ "pix_key": { "type": "email", "key": key } });
    match cpf {
        Some(cpf) => payout["beneficiary"]["document"]["number"] = json!(cpf),
        None => {
            payout.as_object_mut().expect("an object").remove("beneficiary");
        }
    }
    payout
}

async fn send(world: &World, tenant: &Tenant, payout: &Value) -> Value {
    let made = world.payout(&tenant.program.api_key, "payout", payout).await.created();
    world.deliver().await;
    made["id"].clone()
}

/// Returns the status of a payout, and its reason.
async fn state(world: &World, tenant: &Tenant, id: &Value) -> (String, Option<String>) {
    let payout = world.find_payout(&tenant.program.api_key, id).await;
    let last = payout["status_history"].as_array().and_then(|all| all.last()).expect("a state");
    let text = |value: &Value| value.as_str().map(str::to_owned);
    assert_eq!(last["status"], payout["status"]);
    (text(&payout["status"]).expect("a word"), text(&last["reason"]))
}

fn rejected(reason: &str) -> (String, Option<String>) {
    ("rejected".to_owned(), Some(reason.to_owned()))
}

fn is(status: &str) -> (String, Option<String>) {
    (status.to_owned(), None)
}

/// Returns what is held and what is available.
async fn money(world: &World, tenant: &Tenant) -> (u64, u64) {
    let (books, _) = world.ledger(tenant.account_id).await;
    (books.balances.held_cents, books.balances.available_cents)
}

#[tokio::test]
async fn a_payout_to_a_key_without_an_owner_is_rejected_and_its_money_is_free_again() {
    let (world, tenant) = funded().await;
    let before = money(&world, &tenant).await;
    let id = send(&world, &tenant, &to("nobody@sandbox.example", None)).await;
    assert_eq!(state(&world, &tenant, &id).await, rejected("pix_key_not_found"));
    assert_eq!((world.network.payout_submissions(), money(&world, &tenant).await), (0, before));
}

#[tokio::test]
async fn a_payout_to_the_key_of_another_person_is_rejected_and_not_submitted() {
    let (world, tenant) = funded().await;
    let id = send(&world, &tenant, &to(KEY, Some("390.533.447-05"))).await;
    assert_eq!(state(&world, &tenant, &id).await, rejected("beneficiary_mismatch"));
    assert_eq!((world.network.payout_submissions(), money(&world, &tenant).await.0), (0, 0));
}

#[tokio::test]
async fn a_payout_goes_to_the_beneficiary_or_to_the_owner_of_the_key() {
    for cpf in [Some("529.982.247-25"), None] {
        let (world, tenant) = funded().await;
        let id = send(&world, &tenant, &to(KEY, cpf)).await;
        assert_eq!(state(&world, &tenant, &id).await, is("paid"));
        assert_eq!((world.network.payout_submissions(), world.network.looked_up().len()), (1, 1));
    }
}

#[tokio::test]
async fn a_payout_to_a_bank_account_is_looked_up_nowhere() {
    let (world, tenant) = funded().await;
    let mut payout = new_payout();
    payout["to"] = json!({ "bank_account": {
        "bank_code": "260", "branch": "0001", "number": "123456789", "type": "payment",
    } });
    let id = send(&world, &tenant, &payout).await;
    assert_eq!(state(&world, &tenant, &id).await, is("paid"));
    assert!(world.network.looked_up().is_empty());
}

#[tokio::test]
async fn a_key_that_was_validated_a_moment_ago_is_not_asked_for_again() {
    let (world, tenant) = funded().await;
    asking(&world, &tenant, "email", KEY).send().await.ok();
    let id = send(&world, &tenant, &to(KEY, None)).await;
    assert_eq!(state(&world, &tenant, &id).await, is("paid"));
    assert_eq!(world.network.looked_up().len(), 1);
}

#[tokio::test]
async fn a_payout_waits_while_the_budget_is_spent_and_is_paid_once_there_is_some() {
    let (world, tenant) = funded().await;
    spend_everything(&world, &tenant).await;
    let id = send(&world, &tenant, &to(KEY, None)).await;
    for _ in 0..2 {
        assert_eq!(state(&world, &tenant, &id).await, is("processing"));
        assert_eq!(
            (world.network.payout_submissions(), money(&world, &tenant).await.0),
            (0, 2_550)
        );
        // A message too many finds nothing to do.
        world.deliver().await;
    }
    assert!(world.network.looked_up().is_empty());
    world.wait_and_deliver(59).await;
    assert_eq!(world.network.payout_submissions(), 0, "20 tokens come back in a minute");
    world.wait_and_deliver(32).await;
    assert_eq!(state(&world, &tenant, &id).await, is("paid"));
    assert_eq!((world.network.payout_submissions(), money(&world, &tenant).await.0), (1, 0));
    // The network was spoken to once.
    assert_eq!(world.network.orders()[0].attempt, 1);
}

#[tokio::test]
async fn a_payout_waits_a_minute_for_a_directory_that_does_not_answer() {
    let (world, tenant) = funded().await;
    world.network.silence_directory(true);
    let id = send(&world, &tenant, &to(KEY, None)).await;
    assert_eq!(state(&world, &tenant, &id).await, is("processing"));
    assert_eq!((world.network.payout_submissions(), money(&world, &tenant).await.0), (0, 2_550));
    world.network.silence_directory(false);
    world.wait_and_deliver(59).await;
    assert_eq!(world.network.looked_up().len(), 1);
    world.wait_and_deliver(32).await;
    assert_eq!(state(&world, &tenant, &id).await, is("paid"));
    assert_eq!((world.network.payout_submissions(), world.network.looked_up().len()), (1, 2));
}

#[tokio::test]
async fn an_order_that_the_network_has_is_paid_although_the_directory_lost_its_key() {
    let (world, tenant) = funded().await;
    world.network.script([NetworkBehavior::ResponseLost, NetworkBehavior::ResponseLost]);
    let id = send(&world, &tenant, &to(KEY, None)).await;
    world.network.forget(KEY);
    // Asked, and silent; nothing is remembered of the key by then.
    world.wait_and_deliver(301).await;
    assert_eq!(state(&world, &tenant, &id).await, is("processing"));
    assert_eq!(money(&world, &tenant).await.0, 2_550);
    world.wait_and_deliver(301).await;
    assert_eq!(state(&world, &tenant, &id).await, is("paid"));
    assert_eq!((world.network.payout_submissions(), world.network.looked_up().len()), (1, 1));
}

/// An order that was submitted once may still be on its way, although the network does not know it.
/// The money stays held until the network would not accept the order any more.
#[tokio::test]
async fn an_order_whose_key_is_deleted_is_not_submitted_again_and_not_given_up_early() {
    let (world, tenant) = funded().await;
    world.network.script([NetworkBehavior::OrderLost]);
    let id = send(&world, &tenant, &to(KEY, None)).await;
    world.network.forget(KEY);
    for _ in 0..12 {
        world.wait_and_deliver(3_600).await;
        assert_eq!(state(&world, &tenant, &id).await, is("processing"));
        assert_eq!(
            (world.network.payout_submissions(), money(&world, &tenant).await.0),
            (0, 2_550)
        );
    }
    world.wait_and_deliver(3_700).await;
    assert_eq!(state(&world, &tenant, &id).await, rejected("not_accepted"));
    assert_eq!((world.network.payout_submissions(), money(&world, &tenant).await.0), (0, 0));
}

#[tokio::test]
async fn a_submitted_order_is_queried_first_however_long_it_was_deferred() {
    let (world, tenant) = funded().await;
    world.network.script([NetworkBehavior::OrderLost]);
    let id = send(&world, &tenant, &to(KEY, None)).await;
    world.network.silence_directory(true);
    world.wait_and_deliver(301).await;
    assert_eq!(state(&world, &tenant, &id).await, is("processing"));
    // The network got the order after all, and the directory knows the key no more.
    world.network.deliver_lost();
    world.network.silence_directory(false);
    world.network.forget(KEY);
    world.wait_and_deliver(61).await;
    assert_eq!(state(&world, &tenant, &id).await, is("paid"));
    assert_eq!((world.network.payout_submissions(), world.network.looked_up().len()), (1, 2));
}

/// After its lease has expired, a worker that looks the key up is no longer alone. Its decision counts
/// only if no other worker has changed the payout.
#[tokio::test]
async fn a_rejection_that_comes_after_another_worker_submitted_is_not_written() {
    let (world, tenant) = funded().await;
    let id = world.payout(&tenant.program.api_key, "payout", &to(KEY, None)).await.created();
    let id = id["id"].clone();
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    let held = world.network.hold_directory();
    world.network.forget(KEY);
    let slow = world.bundle.dispatch(Lane::Orders);
    let faster = async {
        while world.network.looked_up().is_empty() {
            tokio::task::yield_now().await;
        }
        // The claim is over: the network gets the order, and its answer is lost.
        let path = format!("/v1/sandbox/payouts/{}/outcome", id.as_str().expect("an id"));
        let outcome = json!({ "outcome": "timed_out" });
        let ask = world.post(&path).key(&tenant.program.api_key).json(&outcome);
        ask.send().await.ok();
        held.notify_one();
    };
    let (done, ()) = tokio::join!(slow, faster);
    done.expect("the queue flows");
    assert_eq!(state(&world, &tenant, &id).await, is("processing"));
    assert_eq!(money(&world, &tenant).await.0, 2_550);
    world.wait_and_deliver(60).await;
    assert_eq!(state(&world, &tenant, &id).await, is("paid"));
}

#[tokio::test]
async fn an_accepted_order_returns_two_tokens() {
    let (world, tenant) = funded().await;
    let left =
        async || asking(&world, &tenant, "email", KEY).send().await.ok()["lookups_left"].clone();
    for other in ["a@example.com", "b@example.com", "c@example.com"] {
        asking(&world, &tenant, "email", other).send().await.ok();
    }
    assert_eq!(left().await, 996);
    send(&world, &tenant, &to(KEY, None)).await;
    assert_eq!(left().await, 998);
    // One that the network refuses earns nothing.
    let closed = to("closed@sandbox.example", None);
    world.payout(&tenant.program.api_key, "2", &closed).await.created();
    world.deliver().await;
    assert_eq!(left().await, 997);
}

#[tokio::test]
async fn a_reward_that_cannot_be_written_changes_nothing_for_the_payout() {
    let (world, tenant) = funded().await;
    asking(&world, &tenant, "email", KEY).send().await.ok();
    let made = world.payout(&tenant.program.api_key, "payout", &to(KEY, None)).await.created();
    while world.bundle.relay().await.expect("the stream flows") > 0 {}
    // The outcome is written, and after it nothing.
    let faults = world.bundle.faults();
    faults.next("TransactWriteItems", Fault::Slow(std::time::Duration::ZERO));
    faults.next_times("TransactWriteItems", &Fault::BeforeSend, 30);
    world.bundle.dispatch(Lane::Orders).await.expect("the queue flows");
    assert!(faults.left() < 30, "the reward was tried");
    faults.clear();
    assert_eq!(state(&world, &tenant, &made["id"]).await, is("paid"));
    let logged =
        world.logged().iter().any(|line| line.to_string().contains("no reward for the budget"));
    assert!(logged);
    assert_eq!(asking(&world, &tenant, "email", KEY).send().await.ok()["lookups_left"], 999);
}
