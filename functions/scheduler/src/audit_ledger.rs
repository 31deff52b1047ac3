//! Every minute: whether the books of each account are what their entries come to.
//!
//! Each entry is read soon after it was written, from where the last look ended; and once a day all of
//! them from the first on, a bounded step with each look. An account that rests is looked at as long
//! again as it has rested, an hour at most. Accounts are found by `LedgerAudit`, a row beside the
//! books: the books themselves are what every payment writes, and nothing is added to that.
//!
//! What differs freezes the account, over the version of the books in which it was seen, so that no
//! movement slips in between. It has to be there at two looks: a query may meet a transaction half-way.
//! Held money is compared with an index that lags, so a difference counts only when the books stood
//! still beside it from one tick to the next; on an account that never stands still for a minute it is
//! found at a quieter time. A row that cannot be read freezes nothing, because it may be one of a newer
//! version of this code: the look fails, is logged, and comes again.
//!
//! Deliberately absent: a repair. Only a person can say which row is right (docs/runbook.md).

use domain::kernel::{AccountId, Error, Moment};
use domain::ledger::{Books, Difference, LedgerAudit, Mismatch};
use edge::Metric;
use store::{DueList, Key, Row, Store};
use worker::{Report, Worker};

use crate::due::DuePages;

/// Entries of one account that are read for the first time with one look; what is left comes with the
/// next tick.
const NEW_ENTRIES_MAX: u64 = 10_000;
/// Entries of one account that are read again with one look.
const RESCAN_ENTRIES_MAX: u64 = 1_000;
/// Entries of one tick, of all accounts: half of what the time of the function has room for, at 10 ms
/// for a page of 100.
const TICK_ENTRIES_MAX: u64 = 250_000;
/// Looks at an account that differs. Freezing it competes with the payments that go on meanwhile.
const COMPARE_ATTEMPTS_MAX: usize = 12;

/// Accounts whose books differ: those that are frozen. Anything but 0 wakes somebody.
const DIFFERENCES: &str = "ledger_differences";
/// Entries that were read.
const ENTRIES: &str = "ledger_entries_read";

/// How an account was found.
enum AuditResult {
    /// Everything that was read agrees.
    Agrees,
    /// It was frozen before.
    Frozen,
    /// It differs, and is frozen from now on.
    Differs(Difference),
}

/// Looks at each account that is due, and says how many it froze. One that cannot be looked at is
/// logged and comes again with the next tick; it does not hold up the others.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let mut due = DuePages::new(DueList::LedgerAudits, app.moment().now);
    let (mut frozen, mut differences, mut entries) = (0, 0, 0);
    while let Some(keys) = due.next(store).await? {
        for key in keys {
            let Key::LedgerAudit(account_id) = key else { continue };
            match audit_account(store, account_id, &mut entries, &app.moment()).await {
                Ok(AuditResult::Agrees) => {}
                Ok(AuditResult::Frozen) => differences += 1,
                Ok(AuditResult::Differs(difference)) => {
                    frozen += 1;
                    differences += 1;
                    let cause = Error::internal(difference);
                    app.fail(&format!("{account_id} is frozen, its books differ"), &cause);
                }
                // Another tick is at it.
                Err(Error::Stale) => {}
                Err(error) => app.warn(&format!("books of {account_id} not audited"), &error),
            }
        }
        if entries >= TICK_ENTRIES_MAX {
            break;
        }
    }
    let metrics = vec![Metric::count(DIFFERENCES, differences), Metric::count(ENTRIES, entries)];
    Ok(Report { done: frozen, metrics })
}

async fn audit_account(
    store: &Store,
    account_id: AccountId,
    entries: &mut u64,
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
        if books.frozen_at.is_some() {
            return Ok(AuditResult::Frozen);
        }
        let found = compare(store, &books, &mut audit, entries, moment).await?;
        let Some(difference) = found else {
            audit.schedule_next(&books, moment.now);
            store.replace(&audit).await?;
            return Ok(AuditResult::Agrees);
        };
        if first_difference.replace(difference).is_some_and(|earlier| difference.is_still(&earlier))
        {
            books.frozen_at = Some(moment.now);
            match store.replace(&books).await {
                Ok(()) => return Ok(AuditResult::Differs(difference)),
                // A movement was faster, or is under way: is it still there?
                Err(Error::Stale | Error::Unavailable(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let found = store.find(&Key::Books(account_id)).await?;
        books = found.ok_or(Error::NotFound("books"))?;
    }
    Err(Error::unavailable("the books changed at every look"))
}

/// Reads on from where the last look ended, and compares. What agrees is noted in `audit`, so that the
/// next look begins with what does not.
async fn compare(
    store: &Store,
    books: &Books,
    audit: &mut LedgerAudit,
    entries: &mut u64,
    moment: &Moment,
) -> Result<Option<Difference>, Error> {
    let (account_id, now) = (books.account_id, moment.now);
    let tip = &mut audit.tip;
    let read = store.read_entries(account_id, tip, books.position(), NEW_ENTRIES_MAX).await?;
    *entries += read.entries;
    if read.difference.is_some() {
        return Ok(read.difference);
    }
    if tip.sequence >= books.sequence {
        if let Err(difference) = tip.compare(books) {
            return Ok(Some(difference));
        }
        if store.has_entry_after(books).await? {
            let sequence = books.sequence + 1;
            return Ok(Some(Difference { sequence, what: Mismatch::Unknown }));
        }
    }
    let open_cents = store.sum_open_holds(account_id).await?;
    if let Err(difference) = audit.compare_held(books, open_cents, now) {
        return Ok(Some(difference));
    }
    if let Some(full_scan) = audit.running_scan(now) {
        let until = full_scan.until.position();
        let read = store
            .read_entries(account_id, &mut full_scan.totals, until, RESCAN_ENTRIES_MAX)
            .await?;
        *entries += read.entries;
        if read.difference.is_some() {
            return Ok(read.difference);
        }
    }
    Ok(audit.end_scan(now).err())
}
