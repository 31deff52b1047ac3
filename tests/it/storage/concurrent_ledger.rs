//! Fault row 126. The ledger under many writers: two to eight of them charge, pay out, refund, block, take back and
//! collect at the same moment, while requests to the table conflict, fail and lose their answers.
//!
//! The model knows nothing of the ledger. It adds up what the objects say: what payers paid, less the fees,
//! the refunds, the payouts and what the network took back. The books must say the same, whatever the order
//! was. The audit must find nothing, and each crossing of the alert is one event.
//!
//! The writers make the same choices in each run; the order in which they meet differs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::charge::Charge;
use domain::event::EventType;
use domain::ledger::Entry;
use domain::payout::{Payout, PayoutStatus};
use local::Fault;
use serde_json::{Value, json};
use store::{EventFilter, Item, Listing, Page, Span};
use tests::{Tenant, TestResponse, World, insist, new_charge, new_payout, text, together};

const WRITE: &str = "TransactWriteItems";
/// Steps of each writer.
const STEPS: u64 = 10;
/// Charges that are paid before the writers begin.
const CHARGES: usize = 4;
/// The alert of the account.
const LOW_CENTS: u64 = 4_000;

/// Numbers that look random and are the same in each run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

struct Crowd {
    worlds: [Arc<World>; 2],
    tenant: Tenant,
    charges: Vec<String>,
    accepted: AtomicU64,
    refused: AtomicU64,
}

impl Crowd {
    async fn gather() -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let key = &tenant.program.api_key;
        let mut charges = Vec::new();
        for number in 0..CHARGES {
            charges.push(world.paid_charge(key, 3_000 + 500 * number as u64).await);
        }
        let alert = world.request("PUT", "/v1/balance-alert").key(key);
        alert.json(&json!({ "below_cents": LOW_CENTS })).send().await.ok();
        let second = world.second_instance(|_| {});
        let worlds = [Arc::new(world), Arc::new(second)];
        Self { worlds, tenant, charges, accepted: AtomicU64::new(0), refused: AtomicU64::new(0) }
    }

    fn count(&self, response: &TestResponse) {
        let status = response.status;
        assert!(status < 300 || [409, 422].contains(&status), "{status}: {}", response.text());
        let counter = if status < 300 { &self.accepted } else { &self.refused };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    async fn post(&self, world: &World, path: &str, name: &str, body: &Value) -> TestResponse {
        let ask = world.post(path).key(&self.tenant.program.api_key).json(body);
        let response = insist(ask.idempotency_key(name)).await;
        self.count(&response);
        response
    }

    /// Runs a command of the operator; the same input is sent again while the books move.
    async fn operate(&self, world: &World, name: &str, input: &Value) -> Option<Value> {
        for _ in 0..20 {
            match world.bundle.operate(name, input.clone()).await {
                Ok(done) => return Some(done),
                Err(failure) if failure.code() == "unavailable" => {}
                Err(_) => return None,
            }
        }
        None
    }

    async fn write(&self, writer: usize, writers: usize) {
        let world = &self.worlds[writer % 2];
        let mut dice = Dice((writer * 100 + writers) as u64);
        for step in 0..STEPS {
            let name = format!("{writer}-{step}");
            self.disturb(world, &mut dice);
            let charge = &self.charges[dice.roll(CHARGES as u64) as usize];
            let amount_cents = 1 + dice.roll(2_400);
            let take = |outcome: &str| json!({ "outcome": outcome, "amount_cents": amount_cents });
            let take_back = format!("/v1/sandbox/charges/{charge}/return");
            match dice.roll(12) {
                0..3 => self.pay_in(world, &name, amount_cents).await,
                3..5 => {
                    let mut payout = new_payout();
                    payout["amount_cents"] = json!(amount_cents);
                    self.post(world, "/v1/payouts", &name, &payout).await;
                }
                5 => {
                    let path = format!("/v1/charges/{charge}/refunds");
                    let body = json!({ "amount_cents": amount_cents });
                    self.post(world, &path, &name, &body).await;
                }
                6 => drop(self.post(world, &take_back, &name, &take("blocked")).await),
                7..9 => drop(self.post(world, &take_back, &name, &take("returned")).await),
                9 => {
                    let close = json!({ "outcome": "closed" });
                    self.post(world, &take_back, &name, &close).await;
                }
                10 => self.block(world, amount_cents, step).await,
                _ => drop(world.bundle.deliver().await),
            }
        }
    }

    /// Makes the next writes of the table fail, as DynamoDB can.
    fn disturb(&self, world: &World, dice: &mut Dice) {
        let faults = world.bundle.faults();
        match dice.roll(8) {
            0 => faults.next(WRITE, Fault::AfterCommit),
            1 => faults.next(WRITE, Fault::BeforeSend),
            2 => faults.next(WRITE, Fault::Cancelled(&["None", "TransactionConflict"])),
            3 => faults.next(WRITE, Fault::Throttled),
            4 => faults.next(WRITE, Fault::InProgress),
            _ => {}
        }
    }

    async fn pay_in(&self, world: &World, name: &str, amount_cents: u64) {
        let mut charge = new_charge();
        charge["amount_cents"] = json!(1 + amount_cents * 2);
        let opened = self.post(world, "/v1/charges", name, &charge).await;
        let id = text(&opened.created()["id"]);
        let path = format!("/v1/sandbox/charges/{id}/pay");
        self.post(world, &path, &format!("pay-{name}"), &json!({})).await;
    }

    async fn block(&self, world: &World, amount_cents: u64, step: u64) {
        let account_id = self.tenant.account_id;
        let kind = if step.is_multiple_of(2) { "judicial" } else { "chargeback" };
        let block = json!({
            "account_id": account_id, "kind": kind, "amount_cents": amount_cents, "reason": "test",
        });
        let Some(opened) = self.operate(world, "block_balance", &block).await else { return };
        if step.is_multiple_of(3) {
            let block_id = &opened["id"];
            let end = json!({ "account_id": account_id, "block_id": block_id, "reason": "test" });
            self.operate(world, "unblock_balance", &end).await;
        }
    }

    async fn all<T: Item>(&self, listing: &Listing) -> Vec<T> {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let page = Page { limit: 100, after };
            let store = &self.worlds[0].bundle.app().store;
            let (more, next) = store.list::<T>(listing, page).await.expect("a list");
            rows.extend(more);
            after = next;
            if after.is_none() {
                return rows;
            }
        }
    }

    /// Returns what the objects say that the customer has, less what the customer owes; and checks that
    /// nothing more left a charge than came in.
    async fn worth(&self) -> i128 {
        let account_id = self.tenant.account_id;
        let mut worth = 0;
        for charge in self.all::<Charge>(&Listing::Charges(account_id, Span::default())).await {
            let (paid, refunded) = (charge.paid_amount_cents, charge.refunded_amount_cents);
            let returned: u64 = charge.returned.parts.iter().map(|part| part.amount_cents).sum();
            assert_eq!(returned, charge.returned.amount_cents);
            assert!(refunded + returned <= paid, "more left than came in: {charge:?}");
            assert_eq!(charge.refunding_amount_cents, 0);
            worth += i128::from(paid) - i128::from(charge.fees_cents + refunded + returned);
        }
        for payout in self.all::<Payout>(&Listing::Payouts(account_id, Span::default())).await {
            if payout.status == PayoutStatus::Paid {
                worth -= i128::from(payout.amount_cents + payout.fees_cents);
            }
        }
        worth
    }

    /// Returns how often the available balance fell below the alert, movement by movement.
    fn crossings(entries: &[Entry], from: u64) -> usize {
        let ends = entries.windows(2).filter(|pair| pair[0].movement_id != pair[1].movement_id);
        let ends = ends.map(|pair| &pair[0]).chain(entries.last());
        let after = ends.filter(|entry| entry.sequence >= from);
        let lows: Vec<_> = after.map(|entry| entry.available_after_cents < LOW_CENTS).collect();
        lows.windows(2).filter(|pair| !pair[0] && pair[1]).count()
    }
}

async fn check(writers: usize) {
    let crowd = Arc::new(Crowd::gather().await);
    let account_id = crowd.tenant.account_id;
    let begun = crowd.worlds[0].ledger(account_id).await.0.sequence;
    together(writers, |writer| {
        let crowd = Arc::clone(&crowd);
        async move { Box::pin(crowd.write(writer, writers)).await }
    })
    .await;
    for world in &crowd.worlds {
        world.bundle.faults().clear();
    }
    let world = &crowd.worlds[0];
    for _ in 0..8 {
        world.wait_and_deliver(61).await;
    }
    let (books, entries) = world.ledger(account_id).await;
    let balances = books.balances;
    let has = i128::from(balances.available_cents + balances.held_cents + balances.blocked_cents)
        + i128::from(balances.receivable_cents)
        - i128::from(balances.owed_cents);
    assert_eq!(has, crowd.worth().await, "{writers} writers: {balances:?}");
    assert_eq!(balances.held_cents, 0, "every order has ended");
    let filter =
        EventFilter { types: Some([EventType::BalanceLow].into()), ..EventFilter::default() };
    let listing = Listing::Events(account_id, Span::default(), filter);
    let low = crowd.all::<domain::event::Event>(&listing).await.len();
    assert_eq!(low, Crowd::crossings(&entries, begun), "one event for each crossing");
    let differs = |line: &Value| line["message"].to_string().contains("is frozen");
    assert!(!world.logged().iter().any(differs), "the audit found something");
    assert_eq!(books.frozen_at, None);
    let (accepted, refused) =
        (crowd.accepted.load(Ordering::Relaxed), crowd.refused.load(Ordering::Relaxed));
    assert!(accepted > STEPS, "{accepted} accepted, {refused} refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_writers_never_lose_a_cent() {
    check(2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_and_four_writers_never_lose_a_cent() {
    check(3).await;
    check(4).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_and_six_writers_never_lose_a_cent() {
    check(5).await;
    check(6).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seven_and_eight_writers_never_lose_a_cent() {
    check(7).await;
    check(8).await;
}
