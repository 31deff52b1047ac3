//! The run of a job: it reads the keys of its due rows, and works different accounts at the same time,
//! within one time budget.
//!
//! A list is sorted by time, so an account with many due rows would come first with all of them. The
//! keys are read first, which costs little. Then each account has one turn at a time, so its rows stay in
//! their order, and an account with much work takes one place of many (docs/adr/0022).

use std::future::ready;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::kernel::{AccountId, Error};
use futures::future::join_all;
use futures::stream::{FuturesUnordered, StreamExt};
use futures::{FutureExt, TryFutureExt};
use jiff::{SignedDuration, Timestamp};
use runtime::{Metric, Unit};
use store::{DueList, DueRow, Key, Page};
use tokio::time::{Instant, timeout_at};
use worker::{Report, Worker};

use crate::turns::{CollectedRows, Turns};

/// Time after which no further turn begins. The next tick does the rest.
const TIME_BUDGET: Duration = Duration::from_secs(45);
/// Time after which the turns that have not ended are dropped, as by a crash. The functions have 55 seconds.
const TIME_MAX: Duration = Duration::from_secs(50);
/// Time in which a job reads the keys.
const LISTING_TIME: Duration = Duration::from_secs(15);
/// Keys of one request. The index holds keys only, so a thousand are far below the megabyte of an
/// answer.
const KEYS_PER_REQUEST: u16 = 1_000;
/// Keys that a job holds in memory: some 30 MB.
const KEYS_MAX: usize = 200_000;
/// Rows that one request reads.
pub(crate) const ROWS_PER_READ: usize = 100;
/// Accounts that a job works at the same time.
const ACCOUNTS_AT_ONCE: usize = 32;
/// Accounts at the same time, if each turn sends 16 requests at once: a function has 1,024 files and sockets.
pub(crate) const WIDE_TURNS_AT_ONCE: usize = 8;
/// Metric: seconds by which the oldest due row of a tick was late, at most a day.
const OLDEST_DUE_SECONDS: &str = "oldest_due_seconds";
/// Highest value of the metric. The rows of `DueList::Funding` have no time of their own.
const OLDEST_DUE_MAX: i64 = 24 * 60 * 60;

/// One run of a job.
pub(crate) struct JobRun<'a> {
    pub(crate) worker: &'a Worker,
    list: DueList,
    began: Timestamp,
    until: Timestamp,
    started: Instant,
    accounts_at_once: usize,
    done: AtomicU64,
    is_stopped: AtomicBool,
}

impl<'a> JobRun<'a> {
    /// Starts a run for the rows of a list that are due now.
    pub(crate) fn start(worker: &'a Worker, list: DueList) -> Self {
        let began = worker.app.moment().now;
        Self {
            worker,
            list,
            began,
            until: began,
            started: Instant::now(),
            accounts_at_once: ACCOUNTS_AT_ONCE,
            done: AtomicU64::new(0),
            is_stopped: AtomicBool::new(false),
        }
    }

    /// Works the rows that are due so long before or after the begin of the run.
    #[must_use]
    pub(crate) fn shifted(mut self, by: SignedDuration) -> Self {
        self.until = self.began + by;
        self
    }

    /// Works so many accounts at the same time.
    #[must_use]
    pub(crate) fn accounts_at_once(mut self, accounts: usize) -> Self {
        self.accounts_at_once = accounts;
        self
    }

    /// Returns the time at which the run began.
    pub(crate) fn began(&self) -> Timestamp {
        self.began
    }

    /// Returns the time by which its rows are due.
    pub(crate) fn until(&self) -> Timestamp {
        self.until
    }

    /// Counts objects that were handled. A turn counts what it has written at once, because the rest of the
    /// turn can be dropped.
    pub(crate) fn add(&self, objects: u64) {
        self.done.fetch_add(objects, Ordering::Relaxed);
    }

    /// Lets no further turn begin.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Returns true while a turn may begin, or go on with its next row.
    pub(crate) fn is_time_left(&self) -> bool {
        !self.is_stopped.load(Ordering::Relaxed) && self.started.elapsed() < TIME_BUDGET
    }

    /// Works due rows one by one. `work` returns true if the row has more to do in this tick.
    pub(crate) async fn each_row<F>(&self, work: impl Fn(Key) -> F) -> Result<Report, Error>
    where
        F: Future<Output = Result<bool, Error>>,
    {
        let first = |keys: Vec<Key>| keys.into_iter().next();
        self.work(1, |keys| match first(keys) {
            Some(key) => work(key).left_future(),
            None => ready(Ok(false)).right_future(),
        })
        .await
    }

    /// Works up to `rows` due rows of an account in a turn.
    pub(crate) async fn each_group<F>(
        &self,
        rows: usize,
        work: impl Fn(Vec<Key>) -> F,
    ) -> Result<Report, Error>
    where
        F: Future<Output = Result<(), Error>>,
    {
        self.work(rows, |keys| work(keys).map_ok(|()| false)).await
    }

    async fn work<F>(&self, rows: usize, work: impl Fn(Vec<Key>) -> F) -> Result<Report, Error>
    where
        F: Future<Output = Result<bool, Error>>,
    {
        let (mut turns, failure) = self.read_turns().await;
        let oldest_seen = turns.earliest();
        let mut running = FuturesUnordered::new();
        loop {
            while running.len() < self.accounts_at_once
                && self.is_time_left()
                && let Some((account_id, group)) = turns.next_group(rows)
            {
                running.push(self.turn(account_id, group, &work));
            }
            match timeout_at(self.started + TIME_MAX, running.next()).await {
                Ok(Some((account_id, again))) => turns.end_turn(account_id, again),
                Ok(None) => break,
                Err(_) => {
                    let cause = Error::unavailable("the table is slow");
                    let text = "turns dropped at the end of the time; the next tick tries again";
                    self.worker.app.warn(&format!("{} {text}", running.len()), &cause);
                    break;
                }
            }
        }
        let oldest = if rows_stay_due(self.list) { turns.earliest() } else { oldest_seen };
        match failure {
            Some(error) => Err(error),
            None => Ok(self.report(oldest)),
        }
    }

    /// Carries a turn out. A failure or panic concerns no other account. Returns the rows with more to do.
    async fn turn<F>(
        &self,
        account_id: AccountId,
        group: Vec<DueRow>,
        work: &impl Fn(Vec<Key>) -> F,
    ) -> (AccountId, Vec<DueRow>)
    where
        F: Future<Output = Result<bool, Error>>,
    {
        let keys: Vec<_> = group.iter().map(|row| row.key.clone()).collect();
        let panicked = |_| Err(Error::internal("the work on a due row panicked"));
        match AssertUnwindSafe(work(keys)).catch_unwind().await.unwrap_or_else(panicked) {
            Ok(true) => return (account_id, group),
            // Another change of the row came first.
            Ok(false) | Err(Error::Stale) => {}
            Err(error) => {
                let what = match group.as_slice() {
                    [row] => row.key.name(),
                    rows => format!("{} rows of {account_id}", rows.len()),
                };
                let text = format!("{what} not advanced; the next tick tries again");
                self.worker.app.warn(&text, &error);
            }
        }
        (account_id, Vec::new())
    }

    /// Reads the keys of the due rows, from all shards at the same time. Also returns the failure of a shard;
    /// the rows of the others are worked.
    async fn read_turns(&self) -> (Turns, Option<Error>) {
        let collected = Mutex::new(CollectedRows::new(KEYS_MAX));
        let shards = (0..self.list.shards()).map(|shard| self.read_shard(shard, &collected));
        let failure = join_all(shards).await.into_iter().find_map(Result::err);
        let collected = collected.into_inner().unwrap_or_else(PoisonError::into_inner);
        (collected.into_turns(self.began), failure)
    }

    async fn read_shard(&self, shard: u8, collected: &Mutex<CollectedRows>) -> Result<(), Error> {
        let mut after = None;
        loop {
            let page = Page { limit: KEYS_PER_REQUEST, after };
            let store = &self.worker.app.store;
            let (rows, ended) = store.list_due(self.list, shard, self.until, page).await?;
            let mut collected = collected.lock().unwrap_or_else(PoisonError::into_inner);
            rows.into_iter().for_each(|row| collected.add(row));
            after = ended;
            if after.is_none() || self.started.elapsed() >= LISTING_TIME {
                return Ok(());
            }
        }
    }

    fn report(&self, oldest: Option<Timestamp>) -> Report {
        let due_by = self.until.min(self.began);
        let late = oldest.map_or(0, |at| due_by.duration_since(at).as_secs());
        let late = u64::try_from(late.clamp(0, OLDEST_DUE_MAX)).unwrap_or(0);
        let metrics = vec![Metric::new(OLDEST_DUE_SECONDS, Unit::Seconds, late).of_stage()];
        Report { done: self.done.load(Ordering::Relaxed), metrics }
    }
}

/// Returns true if a row of the list can stay due although each tick works it: a batch until its lines are
/// opened, an export until it is written, a schedule whose account has too many exports, a frozen account, an
/// account whose payouts wait. Of these lists, only a row that had no turn is late.
fn rows_stay_due(list: DueList) -> bool {
    match list {
        DueList::Batches
        | DueList::Exports
        | DueList::Schedules
        | DueList::LedgerAudits
        | DueList::Funding => true,
        DueList::Charges
        | DueList::BoletoOrders
        | DueList::CardOrders
        | DueList::Payouts
        | DueList::Refunds
        | DueList::Credits
        | DueList::Disputes
        | DueList::Collections
        | DueList::KycRequests
        | DueList::KycReviews
        | DueList::Blocks
        | DueList::Events
        | DueList::Deliveries
        | DueList::Replays => false,
    }
}
