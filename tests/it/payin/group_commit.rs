//! Charges of one account that are due together are one transaction, and a charge that cannot be
//! advanced does not hold up the others.

use domain::charge::Charge;
use domain::kernel::{AccountId, ChargeId, Id};
use local::Bundle;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Item, Key, Writes, table};
use tests::{Tenant, World, new_charge};

use crate::storage::concurrent_changes::ConcurrentChange;

/// Charges of one transaction: each is itself, its credit, its fee and its event, and all of them share
/// the books and the opening of the day.
const CHARGES_PER_COMMIT: usize = (100 - 2) / 4;

/// Makes an account with so many charges that were paid, and are due to be credited now.
async fn due(count: usize) -> (World, Tenant, Vec<String>) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    let key = &tenant.program.api_key;
    let mut ids = Vec::new();
    for number in 0..count {
        let mut charge = new_charge();
        // Credited a minute after it is paid.
        charge["amount_cents"] = json!(1_001);
        let ask = world.post("/v1/charges").key(key).json(&charge);
        let charge = ask.idempotency_key(&format!("order-{number}")).send().await.created();
        let id = charge["id"].as_str().expect("an id").to_owned();
        world.pay(key, &id).await.ok();
        ids.push(id);
    }
    world.wait(60);
    (world, tenant, ids)
}

/// Runs the job that advances charges, and returns how many it advanced.
async fn advance(world: &World) -> u64 {
    world.bundle.faults().record();
    let job = Bundle::jobs().find(|job| job.name == "advance_charges").expect("a job");
    (job.run)(world.bundle.worker()).await.expect("it runs").done
}

/// Returns how many rows each transaction had.
fn rows(world: &World) -> Vec<usize> {
    let sent = world.transactions().into_iter();
    let steps = |body: String| {
        let body: Value = serde_json::from_str(&body).expect("JSON");
        body["TransactItems"].as_array().expect("a list").len()
    };
    sent.map(steps).collect()
}

async fn status(world: &World, tenant: &Tenant, id: &str) -> &'static str {
    world.stored_charge(tenant.account_id, id).await.status.as_str()
}

#[tokio::test]
async fn fifty_credits_of_one_account_are_three_transactions() {
    let (world, tenant, ids) = due(50).await;
    assert_eq!(advance(&world).await, 50);
    let rows = rows(&world);
    assert_eq!(rows.len(), 50_usize.div_ceil(CHARGES_PER_COMMIT));
    assert!(rows.iter().all(|rows| *rows <= 100), "{rows:?}");
    // The same entries and events as one by one: paid, credited, fee; created, paid, credited.
    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!(entries.len(), 50 * 3);
    assert_eq!((books.balances.receivable_cents, books.balances.available_cents), (0, 50 * 991));
    for id in &ids {
        assert_eq!(status(&world, &tenant, id).await, "credited");
        assert_eq!(world.events(tenant.account_id, id).await.len(), 3);
    }
    assert_eq!(advance(&world).await, 0);
}

/// The first credits of a day bring its opening, and the transaction has room for that.
#[tokio::test]
async fn a_full_transaction_has_room_for_the_opening_of_a_day() {
    let (world, tenant, _) = due(CHARGES_PER_COMMIT).await;
    world.wait(24 * 60 * 60);
    assert_eq!(advance(&world).await, 24);
    assert_eq!(rows(&world), [98]);
    assert_eq!(world.ledger(tenant.account_id).await.1.len(), 24 * 3);
}

#[tokio::test]
async fn each_account_has_its_own_transaction() {
    let (world, first, _) = due(3).await;
    let second = world.tenant("padaria").await;
    let key = &second.program.api_key;
    let mut charge = new_charge();
    charge["amount_cents"] = json!(1_001);
    let ask = world.post("/v1/charges").key(key).idempotency_key("1").json(&charge);
    let charge = ask.send().await.created();
    world.pay(key, charge["id"].as_str().expect("an id")).await.ok();
    world.wait(60);
    assert_eq!(advance(&world).await, 4);
    assert_eq!(rows(&world).len(), 2);
    for (tenant, count) in [(&first, 3), (&second, 1)] {
        let (books, _) = world.ledger(tenant.account_id).await;
        assert_eq!(books.balances.available_cents, count * 991);
    }
}

/// A charge of which nothing can be read but that it is due.
#[derive(Serialize, Deserialize)]
struct UnreadableCharge {
    account_id: AccountId,
    id: ChargeId,
}

impl Item for UnreadableCharge {
    const KIND: &'static str = "charge";

    fn key(&self) -> Key {
        Key::Charge(self.account_id, self.id)
    }

    fn index(&self) -> Vec<(&'static str, String)> {
        let due_at = format!("{:013}#{}", 0, self.id);
        vec![(table::DUE_KEYS.0, "DUE#00".to_owned()), (table::DUE_KEYS.1, due_at)]
    }
}

/// Asserts that all charges but this one were credited together, and that the log names this one.
async fn assert_left_out(world: &World, tenant: &Tenant, ids: &[String], place: usize) {
    assert_eq!(advance(world).await, 9);
    assert_eq!(rows(world).len(), 1);
    let told = format!("{} not advanced; the next tick tries again", ids[place]);
    assert!(world.logged().iter().any(|line| line["message"] == told));
    for (other, id) in ids.iter().enumerate() {
        if other != place {
            assert_eq!(status(world, tenant, id).await, "credited");
        }
    }
}

#[tokio::test]
async fn a_charge_that_cannot_be_read_holds_up_no_other() {
    let (world, tenant, ids) = due(10).await;
    let id = ChargeId::parse(&ids[4]).expect("an id");
    let row = UnreadableCharge { account_id: tenant.account_id, id };
    let (store, moment) = (&world.bundle.app().store, world.bundle.app().moment());
    store.commit(Writes::default().remove(&row.key()), &moment).await.expect("removed");
    store.commit(Writes::default().create(&row), &moment).await.expect("written");
    assert_left_out(&world, &tenant, &ids, 4).await;
    assert_eq!(world.ledger(tenant.account_id).await.0.balances.available_cents, 9 * 991);
}

#[tokio::test]
async fn a_charge_that_is_refused_holds_up_no_other() {
    let (world, tenant, ids) = due(10).await;
    let mut charge = world.stored_charge(tenant.account_id, &ids[4]).await;
    // More than was ever paid: the books have no room for its credit.
    charge.paid_amount_cents = 1_000_000;
    world.bundle.app().store.replace(&charge).await.expect("written");
    assert_left_out(&world, &tenant, &ids, 4).await;
    assert_eq!(status(&world, &tenant, &ids[4]).await, "paid");
    assert_eq!(world.ledger(tenant.account_id).await.0.balances.available_cents, 9 * 991);
}

/// How many times a group is read: due charges in each of the eight shards, then the rows.
const READS_BEFORE: usize = 8 + 1;

#[tokio::test]
async fn a_charge_that_changes_in_between_is_read_again_with_its_group() {
    let (world, tenant, ids) = due(10).await;
    let charge: Charge = world.stored_charge(tenant.account_id, &ids[4]).await;
    let hook = ConcurrentChange::begin(&world, READS_BEFORE, Writes::default().replace(&charge));
    assert_eq!(advance(&world).await, 10);
    assert!(hook.is_done());
    // The concurrent change, the group that was stale, and the group again.
    assert_eq!(rows(&world).len(), 3);
    assert_eq!(world.ledger(tenant.account_id).await.1.len(), 10 * 3);
}

/// What the table finds wrong with the whole is wrong with one of them: each is tried by itself.
#[tokio::test]
async fn a_group_that_fails_for_one_charge_goes_on_one_by_one() {
    let (world, tenant, ids) = due(10).await;
    world.bundle.faults().next_times(
        "TransactWriteItems",
        &local::Fault::Cancelled(&["ValidationError"]),
        1,
    );
    assert_eq!(advance(&world).await, 10);
    assert_eq!(rows(&world).len(), 1 + 10);
    for id in &ids {
        assert_eq!(status(&world, &tenant, id).await, "credited");
    }
    assert_eq!(world.ledger(tenant.account_id).await.1.len(), 10 * 3);
}

/// What does not answer is not asked ten times more.
#[tokio::test]
async fn a_table_that_refuses_everything_is_left_to_the_next_tick() {
    let (world, _, _) = due(10).await;
    let conflict = local::Fault::Cancelled(&["TransactionConflict"]);
    world.bundle.faults().next_times("TransactWriteItems", &conflict, 100);
    assert_eq!(advance(&world).await, 0);
    assert_eq!(rows(&world).len(), 8, "one group, decided again seven times");
    world.bundle.faults().clear();
    assert_eq!(advance(&world).await, 10);
}
