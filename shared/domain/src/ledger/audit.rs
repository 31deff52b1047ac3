//! The audit of the ledger: do the balances of an account equal the sum of its entries?
//!
//! The audit adds the entries up with its own code. It shares with the code that wrote them only the
//! table of routes ([`EntryKind::routes`](crate::ledger::EntryKind::routes)) and the calendar. So it
//! finds a bug in that code, a row that was changed without the store, and a restore that cut a
//! transaction.
use crate::kernel::AccountId;
use crate::ledger::{
    Balances, Books, Difference, Entry, EntryPosition, LedgerAccount, LedgerDay, Mismatch, OpenSums,
};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The interval between two audits of an account with new entries.
const RECHECK_MIN: SignedDuration = SignedDuration::from_mins(1);
/// The longest interval between two audits of an account without new entries. The interval is the
/// time since its last entry.
const RECHECK_MAX: SignedDuration = SignedDuration::from_hours(1);
/// The time from the end of a full scan to the next one.
const FULL_SCAN_INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// How long the sum of the open holds, blocks or credits must differ from unchanged books. The index
/// that lists them lags behind the table, mostly by less than a second.
const INDEX_LAG_MAX: SignedDuration = SignedDuration::from_secs(30);

/// The sum of the entries from the first to a later one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningTotals {
    /// Sequence of the last entry in the sum.
    pub sequence: u64,
    /// Balances after that entry.
    pub balances: Balances,
    /// Time of that entry.
    pub last_at: Timestamp,
}

impl Default for RunningTotals {
    fn default() -> Self {
        Self { sequence: 0, balances: Balances::default(), last_at: Timestamp::UNIX_EPOCH }
    }
}

impl RunningTotals {
    /// Returns the earliest position of the next entry.
    pub fn next_position(&self) -> EntryPosition {
        EntryPosition { at: self.last_at, sequence: self.sequence.saturating_add(1) }
    }

    /// Returns the position of the last entry in the sum.
    pub fn position(&self) -> EntryPosition {
        EntryPosition { at: self.last_at, sequence: self.sequence }
    }

    /// Returns the days that begin with one of `entries`, which follow the entries in the sum.
    pub fn days(&self, entries: &[Entry]) -> Vec<Date> {
        let mut last = (self.sequence > 0).then(|| brazil::local_date(self.last_at));
        let dates = entries.iter().map(|entry| brazil::local_date(entry.occurred_at));
        let new = |date: &Date| last.replace(*date).is_none_or(|last| last < *date);
        dates.filter(new).collect()
    }

    /// Adds the next entries. `openings` are the stored openings of [`RunningTotals::days`]. Stops before
    /// the first wrong entry.
    pub fn extend(
        &mut self,
        account_id: AccountId,
        entries: &[Entry],
        openings: &[LedgerDay],
    ) -> Result<(), Difference> {
        entries.iter().try_for_each(|entry| {
            let sequence = self.sequence + 1;
            let next = self.after(account_id, entry, openings);
            *self = next.map_err(|mismatch| Difference { sequence, mismatch })?;
            Ok(())
        })
    }

    fn after(
        &self,
        account_id: AccountId,
        entry: &Entry,
        openings: &[LedgerDay],
    ) -> Result<Self, Mismatch> {
        let require = |holds: bool, mismatch| if holds { Ok(()) } else { Err(mismatch) };
        let sequence = self.sequence + 1;
        require(entry.sequence == sequence, Mismatch::Missing)?;
        require(entry.account_id == account_id, Mismatch::Account)?;
        let route = (entry.debit, entry.credit);
        require(entry.kind.routes().contains(&route), Mismatch::Route)?;
        require(entry.amount_cents > 0, Mismatch::Nothing)?;
        require(entry.occurred_at >= self.last_at, Mismatch::Time)?;
        if let [date] = self.days(std::slice::from_ref(entry))[..] {
            let opening =
                LedgerDay { account_id, date, first_sequence: sequence, opening: self.balances };
            require(openings.contains(&opening), Mismatch::Day)?;
        }
        let balances = moved(&self.balances, entry).ok_or(Mismatch::Limit)?;
        let stated =
            [entry.available_after_cents, entry.held_after_cents, entry.blocked_after_cents];
        let summed = [balances.available_cents, balances.held_cents, balances.blocked_cents];
        require(stated == summed, Mismatch::Running)?;
        Ok(Self { sequence, balances, last_at: entry.occurred_at })
    }

    /// Compares the books with the sum.
    pub fn compare(&self, books: &Books) -> Result<(), Difference> {
        let stated = (books.sequence, books.balances, books.last_at);
        let differs = |mismatch| Err(Difference { sequence: books.sequence, mismatch });
        if stated != (self.sequence, self.balances, self.last_at) {
            return differs(Mismatch::Books);
        }
        let wanted = books.balances.owed_cents > 0 || !books.claims.is_empty();
        if wanted && books.balances.available_cents > 0 {
            return differs(Mismatch::Uncollected);
        }
        Ok(())
    }
}

/// Returns the balances after an entry. Returns `None` if a balance would be below zero or beyond 64
/// bits. A debit raises the asset account and lowers a liability; a credit does the opposite.
fn moved(balances: &Balances, entry: &Entry) -> Option<Balances> {
    let after = |account, cents: u64| {
        let asset = matches!(account, LedgerAccount::Clearing | LedgerAccount::Owed);
        let turnover = |side| if side == account { i128::from(entry.amount_cents) } else { 0 };
        let raised = turnover(entry.debit) - turnover(entry.credit);
        let sum = i128::from(cents) + if asset { raised } else { -raised };
        u64::try_from(sum).ok()
    };
    Some(Balances {
        clearing_cents: after(LedgerAccount::Clearing, balances.clearing_cents)?,
        receivable_cents: after(LedgerAccount::Receivable, balances.receivable_cents)?,
        under_review_cents: after(LedgerAccount::UnderReview, balances.under_review_cents)?,
        unmatched_cents: after(LedgerAccount::Unmatched, balances.unmatched_cents)?,
        available_cents: after(LedgerAccount::Available, balances.available_cents)?,
        held_cents: after(LedgerAccount::Held, balances.held_cents)?,
        fees_cents: after(LedgerAccount::Fees, balances.fees_cents)?,
        blocked_cents: after(LedgerAccount::Blocked, balances.blocked_cents)?,
        owed_cents: after(LedgerAccount::Owed, balances.owed_cents)?,
        advanced_cents: after(LedgerAccount::Advanced, balances.advanced_cents)?,
    })
}

/// An audit of all entries from the first one, in steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullScan {
    /// Sum of the entries read so far.
    pub totals: RunningTotals,
    /// Expected sum at the end of the scan.
    pub until: RunningTotals,
}

/// A version of the books that differs from the sum of the open holds, blocks or credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldMismatch {
    /// Version of the books.
    pub version: u64,
    /// Time of the first audit that found the difference.
    pub since: Timestamp,
}

/// The progress of the audit of an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerAudit {
    /// Account of the ledger.
    pub account_id: AccountId,
    /// Sum of the entries that were read once.
    pub tip: RunningTotals,
    /// Full scan that is running.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_scan: Option<FullScan>,
    /// Time at which the next full scan begins.
    pub full_scan_due_at: Timestamp,
    /// Difference of the holds, blocks or credits that may only be a lag of the index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_mismatch: Option<HeldMismatch>,
    /// Time of the last audit.
    pub checked_at: Timestamp,
    /// Time of the next audit.
    pub due_at: Timestamp,
    /// Version of the row.
    pub version: u64,
}

impl LedgerAudit {
    /// Returns the audit of an account of which no entry was read. It is due now.
    pub fn begin(account_id: AccountId, now: Timestamp) -> Self {
        Self::audited(account_id, RunningTotals::default(), now)
    }

    /// Returns the audit of an account of which the entries up to `tip` were read.
    pub fn audited(account_id: AccountId, tip: RunningTotals, now: Timestamp) -> Self {
        Self {
            account_id,
            tip,
            full_scan: None,
            full_scan_due_at: now + FULL_SCAN_INTERVAL,
            held_mismatch: None,

            checked_at: now,
            due_at: now,
            version: 0,
        }
    }

    /// Returns the full scan, and starts it if it is due. Returns `None` if none is due.
    pub fn running_scan(&mut self, now: Timestamp) -> Option<&mut FullScan> {
        if self.full_scan.is_none() && self.full_scan_due_at <= now && self.tip.sequence > 0 {
            self.full_scan =
                Some(FullScan { totals: RunningTotals::default(), until: self.tip.clone() });
        }
        self.full_scan.as_mut()
    }

    /// Ends a full scan that has read all its entries. A scan with a different sum stays, so that the
    /// next audit compares it again.
    pub fn end_scan(&mut self, now: Timestamp) -> Result<(), Difference> {
        let ended = |full_scan: &&FullScan| full_scan.totals.sequence >= full_scan.until.sequence;
        let Some(full_scan) = self.full_scan.as_ref().filter(ended) else {
            return Ok(());
        };
        if full_scan.totals != full_scan.until {
            return Err(Difference {
                sequence: full_scan.until.sequence,
                mismatch: Mismatch::FullScan,
            });
        }
        self.full_scan = None;
        self.full_scan_due_at = now + FULL_SCAN_INTERVAL;
        Ok(())
    }

    /// Compares the held, blocked and unmatched balances with the open holds, blocks and credits. Returns
    /// a difference only if the same version of the books has had one for 30 s; before that the index may
    /// only lag.
    pub fn compare_open(
        &mut self,
        books: &Books,
        open: &OpenSums,
        now: Timestamp,
    ) -> Result<(), Difference> {
        let Err(mismatch) = open.compare(books) else {
            self.held_mismatch = None;
            return Ok(());
        };
        let earlier = self.held_mismatch.filter(|earlier| earlier.version == books.version);
        let since = earlier.map_or(now, |earlier| earlier.since);
        self.held_mismatch = Some(HeldMismatch { version: books.version, since });
        if now < since + INDEX_LAG_MAX {
            return Ok(());
        }
        Err(Difference { sequence: books.sequence, mismatch })
    }

    /// Schedules the next audit: in a minute while entries wait for it, and after a growing interval
    /// while the account has no new entries.
    pub fn schedule_next(&mut self, books: &Books, now: Timestamp) {
        let busy = self.full_scan.is_some()
            || self.held_mismatch.is_some()
            || self.tip.sequence < books.sequence;
        let rested = now.duration_since(books.last_at).clamp(RECHECK_MIN, RECHECK_MAX);
        self.checked_at = now;
        self.due_at = now + if busy { RECHECK_MIN } else { rested };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ulid::Ulid;

    use super::*;
    use crate::kernel::{BlockId, ChargeId, Entropy, Id, Moment};
    use crate::ledger::{BlockClaim, Effects, EntryKind, Posting, TransactionRef};

    struct ConstantEntropy;

    impl Entropy for ConstantEntropy {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn account() -> AccountId {
        AccountId::from_ulid(Ulid::from_parts(1, 1))
    }

    /// Two charges of two days: paid, credited, with a fee.
    fn ledger_of_two_days() -> (Books, Effects) {
        let mut books = Books::open(account());
        let mut effects = Effects::default();
        let transaction = TransactionRef::Charge(ChargeId::from_ulid(Ulid::from_parts(1, 2)));
        for at in ["2026-11-25T12:00:00Z", "2026-11-26T12:00:00Z"] {
            let moment = Moment::new(at.parse().expect("a time"), Arc::new(ConstantEntropy));
            let movement = [
                Posting::new(EntryKind::ChargePaid, 100),
                Posting::from_account(EntryKind::ChargeCredited, LedgerAccount::Receivable, 100),
                Posting::new(EntryKind::ChargeFee, 1),
            ];
            books.post(&transaction.into(), &movement, &moment, &mut effects).expect("room");
        }
        (books, effects)
    }

    #[test]
    fn the_entries_that_the_ledger_writes_agree() {
        let (books, effects) = ledger_of_two_days();
        let mut totals = RunningTotals::default();
        // In two parts, as it is read page by page.
        let (first, second) = effects.entries.split_at(2);
        totals.extend(account(), first, &effects.days).expect("it agrees");
        assert_eq!(totals.days(second).len(), 1);
        totals.extend(account(), second, &effects.days).expect("it agrees");
        assert_eq!(totals.compare(&books), Ok(()));
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Effects), sequence: u64, mismatch: Mismatch) {
        let (_, mut effects) = ledger_of_two_days();
        change(&mut effects);
        let mut totals = RunningTotals::default();
        let found = totals.extend(account(), &effects.entries, &effects.days);
        assert_eq!(found, Err(Difference { sequence, mismatch }));
        assert_eq!(totals.sequence, sequence - 1, "the entries before it were added up");
    }

    #[test]
    fn each_thing_that_can_be_wrong_is_found_where_it_is() {
        let earlier =
            |effects: &mut Effects| effects.entries[4].occurred_at = Timestamp::UNIX_EPOCH;
        let other = AccountId::from_ulid(Ulid::from_parts(1, 9));
        check(|effects| effects.entries.retain(|entry| entry.sequence != 2), 2, Mismatch::Missing);
        check(|effects| effects.entries[2].sequence = 4, 3, Mismatch::Missing);
        check(|effects| effects.entries[3].account_id = other, 4, Mismatch::Account);
        check(|effects| effects.entries[0].kind = EntryKind::Held, 1, Mismatch::Route);
        check(|effects| effects.entries[0].credit = LedgerAccount::Fees, 1, Mismatch::Route);
        check(|effects| effects.entries[5].amount_cents = 0, 6, Mismatch::Nothing);
        check(|effects| effects.entries[1].amount_cents = 101, 2, Mismatch::Limit);
        check(|effects| effects.entries[0].amount_cents = 99, 2, Mismatch::Limit);
        check(|effects| effects.entries[2].amount_cents = 2, 3, Mismatch::Running);
        check(|effects| effects.entries[2].available_after_cents = 98, 3, Mismatch::Running);
        check(|effects| effects.entries[2].held_after_cents = 1, 3, Mismatch::Running);
        check(|effects| effects.entries[2].blocked_after_cents = 1, 3, Mismatch::Running);
        check(earlier, 5, Mismatch::Time);
        check(|effects| effects.days.truncate(1), 4, Mismatch::Day);
        check(|effects| effects.days[1].opening.fees_cents = 2, 4, Mismatch::Day);
        check(|effects| effects.days[0].first_sequence = 2, 1, Mismatch::Day);
    }

    #[test]
    fn books_that_are_not_the_sum_of_their_entries_differ() {
        let (books, effects) = ledger_of_two_days();
        let mut totals = RunningTotals::default();
        totals.extend(account(), &effects.entries, &effects.days).expect("it agrees");
        let differs = |change: fn(&mut Books)| {
            let mut books = books.clone();
            change(&mut books);
            totals.compare(&books).expect_err("it differs").mismatch
        };
        assert_eq!(differs(|books| books.sequence -= 1), Mismatch::Books);
        assert_eq!(differs(|books| books.balances.available_cents += 1), Mismatch::Books);
        assert_eq!(differs(|books| books.last_at = Timestamp::UNIX_EPOCH), Mismatch::Books);
        let waiting = |books: &mut Books| {
            books.claims = vec![BlockClaim { block_id: block_id(), missing_cents: 1 }];
        };
        assert_eq!(differs(waiting), Mismatch::Uncollected);
    }

    fn block_id() -> BlockId {
        BlockId::from_ulid(Ulid::from_parts(1, 5))
    }

    #[test]
    fn holds_differ_only_if_the_books_did_not_change_for_30_seconds() {
        let (mut books, _) = ledger_of_two_days();
        let begin: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a time");
        let later = |seconds| begin + SignedDuration::from_secs(seconds);
        let held = |held_cents| OpenSums { held_cents, ..OpenSums::default() };
        let mut check = LedgerAudit::begin(account(), begin);
        assert_eq!(check.compare_open(&books, &held(5), later(0)), Ok(()));
        assert_eq!(check.compare_open(&books, &held(5), later(29)), Ok(()));
        books.version += 1;
        assert_eq!(check.compare_open(&books, &held(5), later(60)), Ok(()));
        assert_eq!(check.compare_open(&books, &held(0), later(89)), Ok(()));
        assert_eq!(check.compare_open(&books, &held(5), later(90)), Ok(()));
        let found = check.compare_open(&books, &held(5), later(120));
        assert_eq!(found, Err(Difference { sequence: 6, mismatch: Mismatch::Held }));
    }

    #[test]
    fn an_account_without_new_entries_is_audited_at_growing_intervals() {
        let (books, effects) = ledger_of_two_days();
        let mut check = LedgerAudit::begin(account(), books.last_at);
        let mut after = |minutes, tip: &RunningTotals| {
            check.tip = tip.clone();
            let now = books.last_at + SignedDuration::from_mins(minutes);
            check.schedule_next(&books, now);
            check.due_at.duration_since(now).as_mins()
        };
        assert_eq!(after(600, &RunningTotals::default()), 1, "entries wait for the audit");
        let mut tip = RunningTotals::default();
        tip.extend(account(), &effects.entries, &effects.days).expect("it agrees");
        assert_eq!([0, 1, 7, 60, 600].map(|minutes| after(minutes, &tip)), [1, 1, 7, 60, 60]);
    }
}
