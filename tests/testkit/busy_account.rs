//! Many writers of one account in virtual time, for tests and `make bench`. The runtime must have a paused
//! clock.
//!
//! Each request to the table takes five milliseconds, as inside a region, and a transaction occupies its rows
//! for ten, the least that it takes on AWS. Nothing else takes time.

use std::sync::Arc;
use std::time::Duration;

use dispatch::TokioTimer;
use tokio::time::Instant;

use crate::{Tenant, World, new_payout, together};

/// Time of a request to the table.
pub const REQUEST: Duration = Duration::from_millis(5);
/// Time for which a transaction occupies its rows.
const TRANSACTION: Duration = Duration::from_millis(10);

/// An account with money, each request to the table of which takes time.
pub struct BusyAccount {
    /// The deployment.
    pub world: Arc<World>,
    /// The account.
    pub tenant: Arc<Tenant>,
    /// A paid charge.
    pub charge_id: String,
}

/// What writers saw.
#[derive(Debug)]
pub struct WritersRun {
    /// Number of writers.
    pub writers: usize,
    /// Payouts that were created.
    pub created: usize,
    /// Payouts that were refused with 503.
    pub refused: usize,
    /// Transactions that were sent.
    pub transactions: u64,
    latencies: Vec<Duration>,
    whole: Duration,
}

impl BusyAccount {
    /// Opens the account.
    pub async fn new() -> Self {
        let account = Self::in_real_time().await;
        let faults = account.world.bundle.faults();
        faults.pace(Arc::new(TokioTimer), REQUEST);
        faults.meet_within(Arc::new(TokioTimer), TRANSACTION);
        account
    }

    /// Opens an account on a table that answers as fast as it can.
    pub async fn in_real_time() -> Self {
        let world = World::new().await;
        let tenant = world.tenant("loja").await;
        let charge_id = world.paid_charge(&tenant.program.api_key, 100_000_000).await;
        Self { world: Arc::new(world), tenant: Arc::new(tenant), charge_id }
    }

    /// Lets writers create payouts, each writer `each` of them one after another in an instance of its own,
    /// as Lambda does.
    pub async fn write(&self, writers: usize, each: usize) -> WritersRun {
        let transactions =
            || self.world.bundle.faults().counts().get("TransactWriteItems").copied().unwrap_or(0);
        let (began, sent_before) = (Instant::now(), transactions());
        let outcomes = together(writers, |writer| {
            let world = self.world.second_instance(|_| {});
            let tenant = Arc::clone(&self.tenant);
            async move {
                let mut seen = Vec::new();
                for number in 0..each {
                    let (name, began) = (format!("{writer}-{number}"), Instant::now());
                    let key = &tenant.program.api_key;
                    let response = world.payout(key, &name, &new_payout()).await;
                    assert!([201, 503].contains(&response.status), "{}", response.text());
                    assert_eq!(response.header("idempotent-replayed"), None);
                    seen.push((response.status, began.elapsed()));
                }
                seen
            }
        })
        .await;
        let whole = began.elapsed();
        let seen: Vec<_> = outcomes.into_iter().flatten().collect();
        let mut latencies: Vec<_> = seen.iter().map(|(_, latency)| *latency).collect();
        latencies.sort();
        let created = seen.iter().filter(|(status, _)| *status == 201).count();
        let refused = seen.len() - created;
        let transactions = transactions() - sent_before;
        WritersRun { writers, created, refused, transactions, latencies, whole }
    }
}

impl WritersRun {
    /// Returns how many payouts were created in a second.
    pub fn per_second(&self) -> u128 {
        self.created as u128 * 1_000 / self.whole.as_millis().max(1)
    }

    /// Returns the latency that so many per cent of the requests did not exceed.
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.latencies.len().saturating_sub(1);
        self.latencies.get(last * percent / 100).copied().unwrap_or_default()
    }

    /// Returns the row of the table of docs/performance.md.
    pub fn row(&self) -> String {
        format!(
            "| {} | {}/s | {} | {} | {} ms | {} ms | {} ms |",
            self.writers,
            self.per_second(),
            self.refused,
            self.transactions,
            self.percentile(50).as_millis(),
            self.percentile(99).as_millis(),
            self.percentile(100).as_millis(),
        )
    }

    /// Returns the row of the table in real time, with the CPU time of the run.
    pub fn real_row(&self, cpu: Duration) -> String {
        let created = u128::try_from(self.created).unwrap_or(1).max(1);
        let tenths = created * 10 / u128::from(self.transactions.max(1));
        format!(
            "| {} | {} | {} us | {}.{} | {} us | {} us |",
            self.writers,
            self.per_second(),
            cpu.as_micros() / created,
            tenths / 10,
            tenths % 10,
            self.percentile(50).as_micros(),
            self.percentile(99).as_micros(),
        )
    }
}

/// Returns the amount of a payout of [`new_payout`] with its fee.
pub fn payout_cost_cents() -> u64 {
    const FEE_CENTS: u64 = 50;
    new_payout()["amount_cents"].as_u64().unwrap_or(0) + FEE_CENTS
}
