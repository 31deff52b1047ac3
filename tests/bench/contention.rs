//! How many credits a second one row of books takes, and how long each of them waits.
//!
//! The scheduler runs the same code, `scheduler::advance_charges::advance_group`: it reads the account,
//! the books and the charges, decides, and commits one transaction. The table is the embedded one, and
//! transactions conflict as `infra/local/src/conflicts.rs` says: each holds its items for 10 ms, which
//! is the least that a transaction takes on AWS.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use dispatch::TokioTimer;
use domain::access::Permission;
use domain::charge::Charge;
use domain::kernel::{AccountId, ChargeId, Error, Id};
use domain::ledger::{Books, Effects, EntryKind, Posting, TransactionRef};
use local::{Bundle, GatewayRequest, seed};
use scheduler::advance_charges::advance_group;
use serde_json::Value;
use store::{Key, Store, Writes};

use crate::throughput::{bundle, stopwatch};

/// The time that a transaction holds its items.
const ITEMS_HELD_FOR: Duration = Duration::from_millis(10);
/// How long each run takes at most; it ends before when everything is credited.
const RUN: Duration = Duration::from_secs(4);
/// Charges that wait on one account, and on each of many: as many however they are taken, because a
/// write of the embedded table takes the longer the more rows it has.
const QUEUED_DELIVERIES: usize = 480;
const WAITING_EACH: usize = 24;

/// The head of the table of runs.
pub(crate) const HEAD: &str = "| accounts | writers | credits together | credits/s | commits/s | \
    sent per commit | decided per commit | gave up (503) | p50 | p99 |\n\
    |---|---|---|---|---|---|---|---|---|---|";

/// What a run came to.
pub(crate) struct ContentionRun {
    accounts: usize,
    writers: usize,
    together: usize,
    took: Duration,
    credits: u64,
    decided: u64,
    gave_up: u64,
    sent: u64,
    /// From the first decision to the commit.
    latencies: Vec<Duration>,
}

impl ContentionRun {
    pub(crate) fn row(mut self) -> String {
        self.latencies.sort_unstable();
        let commits = u64::try_from(self.latencies.len()).unwrap_or(u64::MAX);
        let milliseconds = u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX).max(1);
        let per_second = |count: u64| count * 1_000 / milliseconds;
        let tenths = |count: u64| {
            let tenths = count * 10 / commits.max(1);
            format!("{}.{}", tenths / 10, tenths % 10)
        };
        let percentile = |percent: usize| {
            let place = self.latencies.len() * percent / 100;
            let place = place.min(self.latencies.len().saturating_sub(1));
            self.latencies.get(place).map_or(0, Duration::as_millis)
        };
        let gave_up = self.gave_up * 1_000 / (self.gave_up + commits).max(1);
        format!(
            "| {} | {} | {} | {} | {} | {} | {} | {}.{} % | {} ms | {} ms |",
            self.accounts,
            self.writers,
            self.together,
            per_second(self.credits),
            per_second(commits),
            tenths(self.sent),
            tenths(self.decided),
            gave_up / 10,
            gave_up % 10,
            percentile(50),
            percentile(99),
        )
    }
}

/// An account with so many charges that were paid and are to be credited now.
struct DueCredits {
    account_id: AccountId,
    charges: Vec<ChargeId>,
    next: AtomicUsize,
}

async fn write(store: &Store, bundle: &Bundle, writes: Writes) {
    store.commit(writes, &bundle.app().moment()).await.expect("it is written");
}

/// Opens and pays one charge over the API, and makes all the others after it.
async fn waiting(bundle: &Bundle, count: usize) -> DueCredits {
    let (app, store) = (bundle.app(), &bundle.app().store);
    let account_id = seed::account(app, "bench").await.expect("an account").id;
    let permissions = [Permission::ChargesWrite];
    let program = seed::program(app, account_id, "bench", &permissions, &["127.0.0.1"]).await;
    let key = program.expect("a program").api_key;
    let mut new = tests::new_charge();
    // Paid at once, credited later.
    new["amount_cents"] = Value::from(1_001);
    let id = post(bundle, &key, "/v1/charges", &new).await;
    post(bundle, &key, &format!("/v1/sandbox/charges/{id}/pay"), &Value::Null).await;
    let id = ChargeId::parse(&id).expect("an id");
    let paid: Charge =
        store.find(&Key::Charge(account_id, id)).await.expect("read").expect("there");
    let moment = app.moment();
    let mut charges = Vec::with_capacity(count);
    for batch in 0..count.div_ceil(100) {
        let mut writes = Writes::default();
        for _ in 0..(count - batch * 100).min(100) {
            let mut charge = Charge { id: ChargeId::mint(&moment), ..paid.clone() };
            charge.due.as_mut().expect("it waits").at = moment.now;
            charges.push(charge.id);
            writes = writes.create(&charge);
        }
        write(store, bundle, writes).await;
    }
    let mut books: Books = store.find(&Key::Books(account_id)).await.expect("read").expect("there");
    let all = u64::try_from(count).expect("a few thousand") * paid.amount_cents;
    let (posting, mut effects) = (Posting::new(EntryKind::ChargePaid, all), Effects::default());
    books
        .post(&TransactionRef::Charge(id).into(), &[posting], &moment, &mut effects)
        .expect("room");
    write(store, bundle, Writes::default().replace(&books).record(&effects)).await;
    DueCredits { account_id, charges, next: AtomicUsize::new(0) }
}

/// Sends a keyed POST and returns the id in the answer.
async fn post(bundle: &Bundle, key: &str, path: &str, body: &Value) -> String {
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let request = GatewayRequest {
        method: "POST".to_owned(),
        path: path.to_owned(),
        query: String::new(),
        headers: vec![
            header("authorization", &format!("Bearer {key}")),
            header("content-type", "application/json"),
            header("idempotency-key", path),
        ],
        body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
        source_ip: [127, 0, 0, 1].into(),
        host: "127.0.0.1".to_owned(),
        request_id: "bench".to_owned(),
    };
    let response = bundle.call(request).await;
    assert!(response.status < 300, "{}", String::from_utf8_lossy(&response.body));
    let response: Value = serde_json::from_slice(&response.body).expect("JSON");
    response["id"].as_str().expect("an id").to_owned()
}

#[derive(Default)]
struct Counts {
    credits: AtomicU64,
    decided: AtomicU64,
    gave_up: AtomicU64,
}

/// Credits group after group until the time is over, and returns the latency of each. What gave up or
/// was stale is tried again at once.
async fn writer(
    bundle: Arc<Bundle>,
    waiting: Arc<DueCredits>,
    together: usize,
    until: Instant,
    counts: Arc<Counts>,
) -> Vec<Duration> {
    let mut latencies = Vec::new();
    loop {
        let from = waiting.next.fetch_add(together, Ordering::Relaxed);
        let Some(group) = waiting.charges.get(from..from + together) else { return latencies };
        let began = stopwatch();
        loop {
            if stopwatch() >= until {
                return latencies;
            }
            counts.decided.fetch_add(1, Ordering::Relaxed);
            match advance_group(bundle.app(), waiting.account_id, group).await {
                Ok(moved) => {
                    counts.credits.fetch_add(moved, Ordering::Relaxed);
                    latencies.push(began.elapsed());
                    break;
                }
                Err(Error::Stale) => {}
                Err(Error::Unavailable(_)) => {
                    counts.gave_up.fetch_add(1, Ordering::Relaxed);
                }
                Err(error) => panic!("{error:?}"),
            }
        }
    }
}

/// Credits for a while: so many writers, each on an account of its own or all on one.
pub(crate) async fn measure(accounts: usize, writers: usize, together: usize) -> ContentionRun {
    let bundle = Arc::new(bundle().await);
    let mut all = Vec::new();
    for _ in 0..accounts {
        let count = if accounts == 1 { QUEUED_DELIVERIES } else { WAITING_EACH };
        all.push(Arc::new(waiting(&bundle, count).await));
    }
    let faults = bundle.faults();
    faults.meet_within(Arc::new(TokioTimer), ITEMS_HELD_FOR);
    let transactions = || faults.counts().get("TransactWriteItems").copied().unwrap_or_default();
    let (sent_before, counts, began) = (transactions(), Arc::<Counts>::default(), stopwatch());
    let tasks = (0..writers).map(|number| {
        let (bundle, counts) = (Arc::clone(&bundle), Arc::clone(&counts));
        let waiting = Arc::clone(&all[number % accounts]);
        tokio::spawn(writer(bundle, waiting, together, began + RUN, counts))
    });
    let mut latencies = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        latencies.extend(task.await.expect("a writer ends"));
    }
    let load = |count: &AtomicU64| count.load(Ordering::Relaxed);
    ContentionRun {
        accounts,
        writers,
        together,
        took: began.elapsed(),
        credits: load(&counts.credits),
        decided: load(&counts.decided),
        gave_up: load(&counts.gave_up),
        sent: transactions() - sent_before,
        latencies,
    }
}
