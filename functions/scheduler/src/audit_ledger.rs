//! Every minute: audits whether the books of each account match its entries.
//!
//! The audit reads each entry soon after it was written, from the end of the last audit. Once a
//! day it also scans all entries from the first one, with a bounded step per audit. The interval
//! grows with the time since the last entry, up to an hour. The due list holds `LedgerAudit`, a
//! row beside the books. Every payment writes the books, so the audit adds nothing to them.
//!
//! A difference freezes the account, over the version of the books that showed it, so that no
//! movement comes in between. It must appear twice, because a query can see half of a transaction.
//! The held and the blocked balance are compared with an index that lags. So that difference counts only if the
//! books did not change between two ticks; on a busy account the audit finds it at a quieter time.
//! A row that cannot be read freezes nothing, because a newer version of this code may have
//! written it. The audit fails, is logged, and stays due.
//!
//! Deliberately absent: a repair. Only an operator can decide which row is right
//! (docs/runbook.md).

use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use domain::kernel::{AccountId, Error, Moment};
use domain::ledger::{Books, Difference, LedgerAudit, Mismatch};
use runtime::Metric;
use store::{DueList, Key, Row, Store};
use worker::{Report, Worker};

use crate::due::JobRun;

/// Maximum number of new entries per account and tick. The next tick continues.
const NEW_ENTRIES_MAX: u64 = 10_000;
/// Maximum number of entries per account and tick that the daily scan reads again.
const RESCAN_ENTRIES_MAX: u64 = 1_000;
/// Number of entries after which a tick audits no further account: some 130,000 read units, of the 40,000 a
/// second that a table takes.
const TICK_ENTRIES_MAX: u64 = 1_000_000;
/// Comparisons of an account that differs. Its payments go on and can prevent the freeze.
const COMPARE_ATTEMPTS_MAX: usize = 12;

/// Metric: accounts that are frozen because their books differ. A value above 0 raises an alarm.
const DIFFERENCES: &str = "ledger_differences";
/// Metric: entries that were read.
const ENTRIES: &str = "ledger_entries_read";

/// The result of an audit.
enum AuditResult {
    /// All entries that were read match the books.
    Agrees,
    /// An earlier audit froze the account.
    Frozen,
    /// The books differ, and this audit froze the account.
    Differs(Difference),
}

/// What the audits of a tick found.
#[derive(Default)]
struct AuditTotals {
    differences: AtomicU64,
    entries: AtomicU64,
}

/// Audits each due account; returns the number of frozen ones. A failed audit is logged and stays
/// due for the next tick. It does not delay the others.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::LedgerAudits);
    let totals = &AuditTotals::default();
    let report = run.each_row(|key| async move {
        if let Key::LedgerAudit(account_id) = key {
            audit(run, account_id, totals).await;
        }
        if totals.entries.load(Relaxed) >= TICK_ENTRIES_MAX {
            run.stop();
        }
        Ok(false)
    });
    let mut report = report.await?;
    let total = |name, total: &AtomicU64| Metric::count(name, total.load(Relaxed));
    report.metrics.push(total(DIFFERENCES, &totals.differences));
    report.metrics.push(total(ENTRIES, &totals.entries));
    Ok(report)
}

async fn audit(run: &JobRun<'_>, account_id: AccountId, totals: &AuditTotals) {
    let app = &run.worker.app;
    match audit_account(&app.store, account_id, &totals.entries, &app.moment()).await {
        Ok(AuditResult::Agrees) => {}
        Ok(AuditResult::Frozen) => {
            totals.differences.fetch_add(1, Relaxed);
        }
        Ok(AuditResult::Differs(difference)) => {
            run.add(1);
            totals.differences.fetch_add(1, Relaxed);
            let text = "is frozen because its books differ; an operator must check it";
            app.fail(&format!("{account_id} {text}"), &Error::internal(difference));
        }
        // Another tick audited the account.
        Err(Error::Stale) => {}
        Err(error) => app
            .warn(&format!("books of {account_id} not audited; the next tick tries again"), &error),
    }
}

async fn audit_account(
    store: &Store,
    account_id: AccountId,
    entries: &AtomicU64,
    moment: &Moment,
) -> Result<AuditResult, Error> {
    let keys = [Key::Books(account_id), Key::LedgerAudit(account_id)];
    let mut rows = store.read(&keys).await?.into_iter();
    let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
    let mut books: Books = row("books").and_then(Row::read)?;
    let mut audit: LedgerAudit = row("ledger audit").and_then(Row::read)?;
    // The index lags behind the table.
    if audit.due_at > moment.now {
        return Ok(AuditResult::Agrees);
    }
    let mut first_difference: Option<Difference> = None;
    for _ in 0..COMPARE_ATTEMPTS_MAX {
        if books.is_frozen_by_audit() {
            return Ok(AuditResult::Frozen);
        }
        let found = compare(store, &books, &mut audit, entries, moment).await?;
        let Some(difference) = found else {
            audit.schedule_next(&books, moment.now);
            store.replace(&audit).await?;
            return Ok(AuditResult::Agrees);
        };
        if first_difference
            .replace(difference)
            .is_some_and(|earlier| difference.is_same_as(&earlier))
        {
            books.frozen_at = Some(moment.now);
            books.frozen_by_operator = false;
            match store.replace(&books).await {
                Ok(()) => return Ok(AuditResult::Differs(difference)),
                // A movement came first or is under way, so compare again.
                Err(Error::Stale | Error::Unavailable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let found = store.find(&Key::Books(account_id)).await?;
        books = found.ok_or(Error::NotFound("books"))?;
    }
    Err(Error::unavailable("the books changed during every comparison"))
}

/// Reads the entries after the last audit and compares. Notes in `audit` what matches, so that the
/// next audit begins after it.
async fn compare(
    store: &Store,
    books: &Books,
    audit: &mut LedgerAudit,
    entries: &AtomicU64,
    moment: &Moment,
) -> Result<Option<Difference>, Error> {
    let (account_id, now) = (books.account_id, moment.now);
    let tip = &mut audit.tip;
    let read = store.read_entries(account_id, tip, books.position(), NEW_ENTRIES_MAX).await?;
    entries.fetch_add(read.entries, Relaxed);
    if read.difference.is_some() {
        return Ok(read.difference);
    }
    if tip.sequence >= books.sequence {
        if let Err(difference) = tip.compare(books) {
            return Ok(Some(difference));
        }
        if store.has_entry_after(books).await? {
            let sequence = books.sequence + 1;
            return Ok(Some(Difference { sequence, mismatch: Mismatch::Unknown }));
        }
    }
    let open = store.sum_open(account_id).await?;
    if let Err(difference) = audit.compare_open(books, &open, now) {
        return Ok(Some(difference));
    }
    if let Some(full_scan) = audit.running_scan(now) {
        let until = full_scan.until.position();
        let read = store
            .read_entries(account_id, &mut full_scan.totals, until, RESCAN_ENTRIES_MAX)
            .await?;
        entries.fetch_add(read.entries, Relaxed);
        if read.difference.is_some() {
            return Ok(read.difference);
        }
    }
    Ok(audit.end_scan(now).err())
}
