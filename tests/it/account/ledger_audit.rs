//! A row that was changed outside of the store freezes the account, and nothing else does.

use std::sync::Arc;

use domain::kernel::{AccountId, ChargeId, CreditId, HoldId, Id, PayoutId};
use domain::ledger::{
    Books, Effects, Entry, EntryKind, EntryPosition, Hold, Posting, TransactionRef,
};
use local::Bundle;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Item, Key, Store, Writes};
use tests::{Tenant, World, insist, together};

use crate::storage::concurrent_changes::{ConcurrentChange, sent};

/// Makes a world with an account and three charges that were paid and credited: nine entries.
async fn busy() -> (World, Tenant) {
    let world = World::new().await;
    let tenant = world.tenant("loja").await;
    for number in 0..3 {
        pay(&world, &tenant, number).await;
    }
    (world, tenant)
}

async fn pay(world: &World, tenant: &Tenant, number: usize) {
    let key = &tenant.program.api_key;
    let charge = world.charge(key, &format!("order-{number}")).await.created();
    world.pay(key, charge["id"].as_str().expect("an id")).await.ok();
}

fn store(world: &World) -> &Store {
    &world.bundle.app().store
}

async fn find<I: Item>(world: &World, key: &Key) -> I {
    store(world).find(key).await.expect("readable").expect("there")
}

async fn books(world: &World, tenant: &Tenant) -> Books {
    find(world, &Key::Books(tenant.account_id)).await
}

async fn write(world: &World, writes: Writes) {
    let moment = world.bundle.app().moment();
    store(world).commit(writes, &moment).await.expect("it is written");
}

/// Returns an entry as it is stored.
async fn entry(world: &World, tenant: &Tenant, sequence: u64) -> Entry {
    let entries = world.entries(tenant.account_id).await;
    let found = entries.into_iter().find(|entry| entry.sequence == sequence);
    found.expect("it is there")
}

/// Puts another row in the place of an entry, which no code of ours would.
async fn change(world: &World, tenant: &Tenant, sequence: u64, how: impl FnOnce(&mut Entry)) {
    let mut entry = entry(world, tenant, sequence).await;
    let key = entry.key();
    how(&mut entry);
    write(world, Writes::default().remove(&key)).await;
    write(world, Writes::default().create(&entry)).await;
}

/// Returns the last line of the audit.
fn measured(world: &World) -> Value {
    let mut lines = world.logged().into_iter().rev();
    lines.find(|line| line["job"] == "audit_ledger").expect("it ran")
}

/// Moves the clock, runs the schedule, and returns how many accounts differ.
async fn tick(world: &World, seconds: i64) -> u64 {
    world.wait_and_tick(seconds).await;
    measured(world)["ledger_differences"].as_u64().expect("a number")
}

/// Runs the audit alone, and returns how many accounts it froze.
async fn audit(world: &World) -> u64 {
    let job = Bundle::jobs().find(|job| job.name == "audit_ledger").expect("a job");
    (job.run)(world.bundle.worker()).await.expect("it runs").done
}

/// Asserts that the account is frozen: the line names it and the first entry that is wrong, money
/// stands still, and the alarm stays on.
async fn assert_frozen(world: &World, tenant: &Tenant, cause: &str) {
    let lines = world.logged();
    let told: Vec<_> = lines.iter().filter(|line| line["level"] == "error").collect();
    assert_eq!(told.len(), 1, "{told:?}");
    let account_id = tenant.account_id;
    assert_eq!(
        told[0]["message"],
        format!("{account_id} is frozen because its books differ; an operator must check it")
    );
    let told = told[0]["cause"].as_str().expect("text");
    assert!(told.ends_with(cause), "{told}");
    let key = &tenant.program.api_key;
    let charge = world.charge(key, "frozen").await.created();
    let refused = world.pay(key, charge["id"].as_str().expect("an id")).await;
    refused.problem(409, "account_frozen");
    assert_eq!(tick(world, 60).await, 1);
    assert_eq!(measured(world)["done"], 0, "it is frozen once");
}

async fn thaw(world: &World, account_id: AccountId) -> Result<Value, String> {
    let order = json!({ "account_id": account_id });
    world.bundle.operate("thaw_account", order).await.map_err(|failure| failure.to_string())
}

#[tokio::test]
async fn books_that_agree_are_left_alone_and_read_once() {
    let (world, tenant) = busy().await;
    assert_eq!(tick(&world, 60).await, 0);
    assert_eq!(measured(&world)["ledger_entries_read"], 9);
    assert_eq!(tick(&world, 60).await, 0);
    assert_eq!(measured(&world)["ledger_entries_read"], 0);
    pay(&world, &tenant, 3).await;
    assert_eq!(tick(&world, 120).await, 0);
    assert_eq!(measured(&world)["ledger_entries_read"], 3);
    // The day after all of them are read again.
    assert_eq!(tick(&world, 24 * 60 * 60).await, 0);
    assert_eq!(measured(&world)["ledger_entries_read"], 12);
    assert_eq!(books(&world, &tenant).await.frozen_at, None);
}

#[tokio::test]
async fn a_changed_amount_freezes_the_account() {
    let (world, tenant) = busy().await;
    change(&world, &tenant, 5, |entry| entry.amount_cents = 999).await;
    assert_eq!(tick(&world, 60).await, 1);
    let cause = "entry 5: the balances in the entry differ from the sum of the entries";
    assert_frozen(&world, &tenant, cause).await;
}

#[tokio::test]
async fn a_change_of_what_was_read_already_is_found_within_a_day() {
    // The fee shows at once in the balance after it; what is receivable is in no entry.
    let running = "entry 6: the balances in the entry differ from the sum of the entries";
    let sum = "entry 9: the sum of the entries up to this one differs from the previous audit";
    for (sequence, amount_cents, cause) in [(6, 11, running), (4, 2_000, sum)] {
        let (world, tenant) = busy().await;
        assert_eq!(tick(&world, 60).await, 0);
        change(&world, &tenant, sequence, |entry| entry.amount_cents = amount_cents).await;
        assert_eq!(tick(&world, 60 * 60).await, 0);
        assert_eq!(tick(&world, 23 * 60 * 60).await, 1);
        assert_frozen(&world, &tenant, cause).await;
    }
}

#[tokio::test]
async fn a_deleted_entry_freezes_the_account() {
    let (world, tenant) = busy().await;
    let gone = entry(&world, &tenant, 7).await.key();
    write(&world, Writes::default().remove(&gone)).await;
    assert_eq!(tick(&world, 60).await, 1);
    assert_frozen(&world, &tenant, "entry 7: there is no entry at this position").await;
}

#[tokio::test]
async fn a_changed_balance_freezes_the_account() {
    let (world, tenant) = busy().await;
    assert_eq!(tick(&world, 60).await, 0);
    let mut books = books(&world, &tenant).await;
    books.balances.available_cents += 1;
    write(&world, Writes::default().replace(&books)).await;
    assert_eq!(tick(&world, 120).await, 1);
    let cause = "entry 9: the balances of the account differ from the sum of its entries";
    assert_frozen(&world, &tenant, cause).await;
}

/// Puts 500 cents aside, as a payout does.
async fn hold(world: &World, tenant: &Tenant) -> Hold {
    let mut books = books(world, tenant).await;
    let (moment, mut effects) = (world.bundle.app().moment(), Effects::default());
    let transaction = TransactionRef::Payout(PayoutId::mint(&moment));
    let id = HoldId::mint(&moment);
    let hold = Hold::place(id, &transaction.into(), 500, None, &mut books, &moment, &mut effects);
    let hold = hold.expect("funds");
    write(world, Writes::default().replace(&books).replace(&hold).record(&effects)).await;
    hold
}

#[tokio::test]
async fn a_hold_that_is_gone_freezes_the_account_once_it_is_no_lag_of_the_index() {
    let (world, tenant) = busy().await;
    let hold = hold(&world, &tenant).await;
    assert_eq!(tick(&world, 60).await, 0);
    write(&world, Writes::default().remove(&hold.key())).await;
    assert_eq!(tick(&world, 120).await, 0, "the index may only lag");
    // A new entry restarts the comparison.
    pay(&world, &tenant, 3).await;
    assert_eq!(tick(&world, 60).await, 0);
    assert_eq!(tick(&world, 60).await, 1);
    let cause = "entry 13: the held balance differs from the sum of the open holds";
    assert_frozen(&world, &tenant, cause).await;
}

#[tokio::test]
async fn a_credit_that_is_gone_freezes_the_account_once_it_is_no_lag_of_the_index() {
    let (world, tenant) = busy().await;
    let credit = world.credit(&tenant.program.api_key, 500).await;
    assert_eq!(tick(&world, 60).await, 0);
    let id = CreditId::parse(credit["id"].as_str().expect("text")).expect("an id");
    write(&world, Writes::default().remove(&Key::Credit(tenant.account_id, id))).await;
    assert_eq!(tick(&world, 120).await, 0, "the index may only lag");
    assert_eq!(tick(&world, 60).await, 1);
    let cause = "entry 10: the unmatched balance differs from the sum of the open credits";
    assert_frozen(&world, &tenant, cause).await;
    let refused = thaw(&world, tenant.account_id).await.expect_err("the credit is still missing");
    assert!(refused.contains("unmatched balance"), "{refused}");
}

/// Fault row 35. Of the last movement the books came back without their entries.
#[tokio::test]
async fn a_restore_that_lost_entries_of_a_transaction_is_reported() {
    let (world, tenant) = busy().await;
    for sequence in 8..=9 {
        let lost = entry(&world, &tenant, sequence).await.key();
        write(&world, Writes::default().remove(&lost)).await;
    }
    assert_eq!(tick(&world, 60).await, 1);
    assert_frozen(&world, &tenant, "entry 8: there is no entry at this position").await;
}

/// Fault row 35. Of the last movement the entries came back without the books.
#[tokio::test]
async fn a_restore_that_lost_the_books_of_a_transaction_is_reported() {
    let (world, tenant) = busy().await;
    let before = books(&world, &tenant).await;
    pay(&world, &tenant, 3).await;
    let restored = Books { version: books(&world, &tenant).await.version, ..before };
    write(&world, Writes::default().replace(&restored)).await;
    assert_eq!(tick(&world, 60).await, 1);
    assert_frozen(
        &world,
        &tenant,
        "entry 10: the balances of the account do not include this entry",
    )
    .await;
}

/// A row of a newer version of the code, as an older one sees it: without what it looks for.
#[derive(Serialize, Deserialize)]
struct UnreadableEntry {
    account_id: AccountId,
    position: EntryPosition,
}

impl Item for UnreadableEntry {
    const KIND: &'static str = "entry";

    fn key(&self) -> Key {
        Key::Entry(self.account_id, self.position)
    }
}

#[tokio::test]
async fn an_entry_that_cannot_be_read_freezes_nothing_and_is_reported() {
    let (world, tenant) = busy().await;
    let position = entry(&world, &tenant, 5).await.position();
    let row = UnreadableEntry { account_id: tenant.account_id, position };
    write(&world, Writes::default().remove(&row.key())).await;
    write(&world, Writes::default().create(&row)).await;
    assert_eq!(tick(&world, 60).await, 0);
    let told = format!("books of {} not audited; the next tick tries again", tenant.account_id);
    assert!(world.logged().iter().any(|line| line["message"] == told));
    pay(&world, &tenant, 3).await;
}

#[tokio::test]
async fn a_frozen_account_thaws_only_when_it_is_repaired() {
    let (world, tenant) = busy().await;
    let account_id = tenant.account_id;
    let refused = thaw(&world, account_id).await;
    assert_eq!(refused, Err("the account is not frozen, so nothing was changed".to_owned()));
    change(&world, &tenant, 2, |entry| entry.amount_cents = 1).await;
    assert_eq!(tick(&world, 60).await, 1);
    let refused = thaw(&world, account_id).await.expect_err("it differs");
    let sentence = "the account stays frozen: entry 2: the balances in the entry differ from the sum of \
                    the entries";
    assert_eq!(refused, sentence);
    assert!(books(&world, &tenant).await.frozen_at.is_some());

    change(&world, &tenant, 2, |entry| entry.amount_cents = 1_000).await;
    let thawed = thaw(&world, account_id).await.expect("it agrees");
    assert_eq!((&thawed["account_id"], &thawed["entries"]), (&json!(account_id), &json!(9)));
    pay(&world, &tenant, 3).await;
    assert_eq!(tick(&world, 60).await, 0);
    assert_eq!(world.ledger(account_id).await.1.len(), 12);
    let other = world.bundle.app().moment();
    let refused = thaw(&world, AccountId::mint(&other)).await;
    assert_eq!(refused, Err("account_id: there is no account with this id".to_owned()));
}

/// Money moves on two instances while two others audit: nothing is taken for a difference.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_busy_account_is_never_frozen_while_it_is_audited() {
    let (world, tenant) = busy().await;
    let world = Arc::new(world);
    let second = Arc::new(world.second_instance(|_| {}));
    let tenant = Arc::new(tenant);
    hold(&world, &tenant).await;
    together(6, |number| {
        let world = Arc::clone(if number % 2 == 0 { &world } else { &second });
        let tenant = Arc::clone(&tenant);
        async move {
            for round in 0..12 {
                if number < 2 {
                    world.wait(60);
                    audit(&world).await;
                    continue;
                }
                let key = &tenant.program.api_key;
                let name = format!("busy-{number}-{round}");
                let charge = world.charge(key, &name).await.created();
                let id = charge["id"].as_str().expect("an id").to_owned();
                let ask = world.post(&format!("/v1/sandbox/charges/{id}/pay"));
                insist(ask.key(key)).await.ok();
            }
        }
    })
    .await;
    for _ in 0..3 {
        assert_eq!(tick(&world, 24 * 60 * 60).await, 0);
    }
    let (books, entries) = world.ledger(tenant.account_id).await;
    assert_eq!((books.frozen_at, entries.len()), (None, 10 + 4 * 12 * 3));
}

/// Fault row 30. A query that meets a transaction half-way sees what a second look does not.
#[tokio::test]
async fn an_entry_that_is_there_at_the_second_look_is_no_difference() {
    let (world, tenant) = busy().await;
    let entry = entry(&world, &tenant, 9).await;
    write(&world, Writes::default().remove(&entry.key())).await;
    let late = Writes::default().create(&entry);
    // Due accounts, their rows, entries, openings; then the books again.
    let hook = ConcurrentChange::begin(&world, 5, late);
    assert_eq!(audit(&world).await, 0);
    assert_eq!(
        sent(&world)[..5],
        ["Query", "BatchGetItem", "Query", "BatchGetItem", "GetItem"],
        "the entry came back between the looks"
    );
    assert!(hook.is_done());
    assert_eq!(books(&world, &tenant).await.frozen_at, None);
}

/// The freeze is written over the version in which the difference was seen: a movement that comes
/// between is kept.
#[tokio::test]
async fn no_movement_is_lost_to_a_freeze() {
    let (world, tenant) = busy().await;
    change(&world, &tenant, 5, |entry| entry.amount_cents = 999).await;
    let mut books_then = books(&world, &tenant).await;
    let (moment, mut effects) = (world.bundle.app().moment(), Effects::default());
    let transaction = TransactionRef::Charge(ChargeId::mint(&moment));
    let paid = Posting::new(EntryKind::ChargePaid, 100);
    books_then.post(&transaction.into(), &[paid], &moment, &mut effects).expect("room");
    let movement = Writes::default().replace(&books_then).record(&effects);
    let hook = ConcurrentChange::begin(&world, 6, movement);
    assert_eq!(audit(&world).await, 1);
    assert_eq!(
        sent(&world)[5..9],
        ["Query", "TransactWriteItems", "PutItem", "GetItem"],
        "the movement came before the freeze, which was refused"
    );
    assert!(hook.is_done());
    let books = books(&world, &tenant).await;
    assert_eq!((books.sequence, books.balances.receivable_cents), (10, 100));
    assert!(books.frozen_at.is_some());
}
