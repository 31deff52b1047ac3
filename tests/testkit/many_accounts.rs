//! Many accounts with due work in virtual time, for tests and `make bench`. The runtime must have a paused
//! clock.
//!
//! Each request to the table takes five milliseconds, as inside a region, and a transaction twenty. Nothing
//! else takes time.

use std::sync::Arc;
use std::time::Duration;

use dispatch::TokioTimer;
use domain::access::Permission;
use domain::kernel::{AccountId, ChargeId, Id};
use local::Bundle;
use local::seed::{self, Program};
use serde_json::json;
use store::Writes;
use tokio::time::Instant;

use crate::busy_account::REQUEST;
use crate::{World, new_payout};

/// Time of a transaction before its answer, which takes the time of a request.
const TRANSACTION: Duration = Duration::from_millis(15);
/// Charges that are written in one transaction.
const CHARGES_PER_WRITE: usize = 50;

/// A deployment with many accounts.
pub struct ManyAccounts {
    /// The deployment.
    pub world: World,
    /// The accounts, each with a program.
    pub accounts: Vec<(AccountId, Program)>,
}

/// What a job did in one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobFigures {
    /// Objects that it handled.
    pub done: u64,
    /// Virtual time that it took.
    pub elapsed: Duration,
}

impl JobFigures {
    /// Returns how many of `count` objects it handled in this time, if time went on.
    pub fn rate(&self, count: u64, time: Duration) -> u128 {
        u128::from(count) * time.as_micros() / self.elapsed.as_micros().max(1)
    }
}

impl ManyAccounts {
    /// Opens so many accounts. Requests take no time yet.
    pub async fn new(count: usize) -> Self {
        let world = World::new().await;
        let permissions = [Permission::ChargesWrite, Permission::PayoutsWrite];
        let mut accounts = Vec::new();
        for number in 0..count {
            let app = world.bundle.app();
            let account = seed::account(app, &format!("shop-{number}")).await.expect("an account");
            let program = world.program(account.id, &permissions, &["203.0.113.7"]).await;
            accounts.push((account.id, program));
        }
        Self { world, accounts }
    }

    /// Gives each account so many charges that have expired.
    pub async fn expire_charges(&self, each: usize) {
        let (first_account, program) = &self.accounts[0];
        let template = self.world.charge(&program.api_key, "template").await.created();
        let id = template["id"].as_str().expect("an id");
        let template = self.world.stored_charge(*first_account, id).await;
        let app = self.world.bundle.app();
        let mut charges = Vec::new();
        for (account_id, _) in &self.accounts {
            for _ in 0..each {
                let mut charge = template.clone();
                (charge.account_id, charge.id) = (*account_id, ChargeId::mint(&app.moment()));
                charge.version = 0;
                charges.push(charge);
            }
        }
        for charges in charges.chunks(CHARGES_PER_WRITE) {
            let writes = charges.iter().fold(Writes::default(), |writes, one| writes.create(one));
            app.store.commit(writes, &app.moment()).await.expect("written");
        }
        // The template expires too.
        self.world.wait(2 * 24 * 60 * 60);
    }

    /// Gives each account money and a batch with so many lines. The money is not credited to the books of the
    /// others.
    pub async fn send_batches(&self, lines: usize) {
        let mut payout = new_payout();
        payout["amount_cents"] = json!(100);
        let body = json!({ "payouts": vec![payout; lines] });
        for (_, program) in &self.accounts {
            self.world.pay_in(&program.api_key, 1_000_000).await;
            let ask = self.world.post("/v1/payout-batches").key(&program.api_key);
            ask.idempotency_key("batch").json(&body).send().await.expect(202);
        }
    }

    /// Makes each request take time from now on: that of a region, or this much.
    pub fn pace(&self, request: Option<Duration>) {
        let faults = self.world.bundle.faults();
        faults.pace(Arc::new(TokioTimer), request.unwrap_or(REQUEST));
        let transaction = if request.is_some() { Duration::ZERO } else { TRANSACTION };
        faults.meet_within(Arc::new(TokioTimer), transaction);
    }

    /// Runs a job once.
    pub async fn run(&self, name: &str) -> JobFigures {
        let job = Bundle::jobs().find(|job| job.name == name).expect("a job");
        let began = Instant::now();
        let done = worker::run_job(self.world.bundle.worker(), job).await.expect("it runs");
        JobFigures { done, elapsed: began.elapsed() }
    }

    /// Returns the metric `oldest_due_seconds` of the last run of a job.
    pub fn oldest_due_seconds(&self, job: &str) -> u64 {
        let lines = self.world.logged();
        let line = lines.iter().rev().find(|line| line["job"] == job).expect("a line");
        line["oldest_due_seconds"].as_u64().expect("a number")
    }
}
