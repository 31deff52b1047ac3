//! Whether the books of an account are what their entries come to.
//!
//! Added up once more by sums of its own, which share with the code that wrote the entries nothing
//! but the table of ways ([`EntryKind::routes`](crate::ledger::EntryKind::routes)) and the calendar: a mistake
//! there, a row that was changed behind the store's back, and a restore that cut a transaction all
//! show as a difference.
use crate::kernel::AccountId;
use crate::ledger::{Balances, Books, Entry, EntryPosition, LedgerAccount, LedgerDay};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How soon an account that moves is looked at again.
const RECHECK_MIN: SignedDuration = SignedDuration::from_mins(1);
/// How late one that rests is: as long again as it has rested, and no longer than this.
const RECHECK_MAX: SignedDuration = SignedDuration::from_hours(1);
/// How long after a reading from the beginning the next one begins.
const FULL_SCAN_INTERVAL: SignedDuration = SignedDuration::from_hours(24);
/// How long the sum of the holds must differ from books that stand still. The index they are summed
/// over lags behind the table, mostly by less than a second.
const HELD_SETTLES: SignedDuration = SignedDuration::from_secs(30);

/// What does not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// Nothing is at its place, or something that says it is of another.
    #[error("there is no entry of this place")]
    Missing,
    /// Another account's entry.
    #[error("the entry is of another account")]
    Account,
    /// A way that its kind does not take.
    #[error("the entry takes a way that is not of its kind")]
    Route,
    /// An entry moves something.
    #[error("the entry moves nothing")]
    Nothing,
    /// Below zero, or beyond 64 bits.
    #[error("a balance would be below zero or beyond 64 bits")]
    Limit,
    /// What it says stands after it, does not.
    #[error("the balances after the entry are not what the entries come to")]
    Running,
    /// It is before the entry before it.
    #[error("the entry is earlier than the one before it")]
    Time,
    /// The day begins without its opening.
    #[error("the day that begins with the entry has no opening, or another one")]
    Day,
    /// An entry was changed so that no balance after one shows it.
    #[error("the entries up to this one come to something else than when they were read before")]
    FullScan,
    /// The books are not the sum of their entries.
    #[error("the books are not what their entries come to")]
    Books,
    /// The books do not know entries that are there.
    #[error("the books do not know this entry")]
    Unknown,
    /// What is held is not the sum of the open holds.
    #[error("what is held is not the sum of the open holds")]
    Held,
}

/// Where the books stop agreeing, and with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {sequence}: {what}")]
pub struct Difference {
    /// The first entry that is wrong; of the books and of holds, the last one they have.
    pub sequence: u64,
    /// What.
    pub what: Mismatch,
}

impl Difference {
    /// Whether another look found the same. Of a row, at the same place; the books as a whole are one
    /// row with their own count, which goes on while an account moves.
    pub fn is_still(&self, earlier: &Self) -> bool {
        let whole = matches!(self.what, Mismatch::Books | Mismatch::Unknown);
        self.what == earlier.what && (whole || self.sequence == earlier.sequence)
    }
}

/// Entries from the first to one of them, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningTotals {
    /// How many.
    pub sequence: u64,
    /// What they come to.
    pub balances: Balances,
    /// When the last of them was.
    pub last_at: Timestamp,
}

impl Default for RunningTotals {
    fn default() -> Self {
        Self { sequence: 0, balances: Balances::default(), last_at: Timestamp::UNIX_EPOCH }
    }
}

impl RunningTotals {
    /// Where the next entry stands at the earliest.
    pub fn next_position(&self) -> EntryPosition {
        EntryPosition { at: self.last_at, sequence: self.sequence.saturating_add(1) }
    }

    /// Where the last of them stands.
    pub fn position(&self) -> EntryPosition {
        EntryPosition { at: self.last_at, sequence: self.sequence }
    }

    /// The days that begin with one of these entries, which come after those that are added up.
    pub fn days(&self, entries: &[Entry]) -> Vec<Date> {
        let mut last = (self.sequence > 0).then(|| brazil::local_date(self.last_at));
        let dates = entries.iter().map(|entry| brazil::local_date(entry.occurred_at));
        let new = |date: &Date| last.replace(*date).is_none_or(|last| last < *date);
        dates.filter(new).collect()
    }

    /// Adds the next entries, with the openings of those of [`RunningTotals::days`] that are there. Stops
    /// before the first that is wrong.
    pub fn extend(
        &mut self,
        account_id: AccountId,
        entries: &[Entry],
        openings: &[LedgerDay],
    ) -> Result<(), Difference> {
        entries.iter().try_for_each(|entry| {
            let sequence = self.sequence + 1;
            let next = self.after(account_id, entry, openings);
            *self = next.map_err(|what| Difference { sequence, what })?;
            Ok(())
        })
    }

    fn after(
        &self,
        account_id: AccountId,
        entry: &Entry,
        openings: &[LedgerDay],
    ) -> Result<Self, Mismatch> {
        let demand = |holds: bool, what| if holds { Ok(()) } else { Err(what) };
        let sequence = self.sequence + 1;
        demand(entry.sequence == sequence, Mismatch::Missing)?;
        demand(entry.account_id == account_id, Mismatch::Account)?;
        let route = (entry.debit, entry.credit);
        demand(entry.kind.routes().contains(&route), Mismatch::Route)?;
        demand(entry.amount_cents > 0, Mismatch::Nothing)?;
        demand(entry.occurred_at >= self.last_at, Mismatch::Time)?;
        if let [date] = self.days(std::slice::from_ref(entry))[..] {
            let opening =
                LedgerDay { account_id, date, first_sequence: sequence, opening: self.balances };
            demand(openings.contains(&opening), Mismatch::Day)?;
        }
        let balances = moved(&self.balances, entry).ok_or(Mismatch::Limit)?;
        let told = (entry.available_after_cents, entry.held_after_cents);
        demand(told == (balances.available_cents, balances.held_cents), Mismatch::Running)?;
        Ok(Self { sequence, balances, last_at: entry.occurred_at })
    }

    /// Whether these books are this sum.
    pub fn compare(&self, books: &Books) -> Result<(), Difference> {
        let told = (books.sequence, books.balances, books.last_at);
        let agree = told == (self.sequence, self.balances, self.last_at);
        let difference = Difference { sequence: books.sequence, what: Mismatch::Books };
        if agree { Ok(()) } else { Err(difference) }
    }
}

/// What stands where after an entry; none when it cannot be. A debit raises what we own and lowers
/// what we owe, a credit the other way round.
fn moved(balances: &Balances, entry: &Entry) -> Option<Balances> {
    let after = |account, cents: u64| {
        let owned = account == LedgerAccount::Clearing;
        let turnover = |side| if side == account { i128::from(entry.amount_cents) } else { 0 };
        let raised = turnover(entry.debit) - turnover(entry.credit);
        let sum = i128::from(cents) + if owned { raised } else { -raised };
        u64::try_from(sum).ok()
    };
    Some(Balances {
        clearing_cents: after(LedgerAccount::Clearing, balances.clearing_cents)?,
        receivable_cents: after(LedgerAccount::Receivable, balances.receivable_cents)?,
        under_review_cents: after(LedgerAccount::UnderReview, balances.under_review_cents)?,
        available_cents: after(LedgerAccount::Available, balances.available_cents)?,
        held_cents: after(LedgerAccount::Held, balances.held_cents)?,
        fees_cents: after(LedgerAccount::Fees, balances.fees_cents)?,
    })
}

/// A reading from the beginning, in steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullScan {
    /// How far it is.
    pub totals: RunningTotals,
    /// Where it ends, and what it must come to.
    pub until: RunningTotals,
}

/// Books that stood still while the sum of the holds was another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldDiffers {
    /// Their version.
    pub version: u64,
    /// Since when.
    pub since: Timestamp,
}

/// How far the books of an account were audited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerAudit {
    /// Whose.
    pub account_id: AccountId,
    /// Up to where each entry was read once.
    pub tip: RunningTotals,
    /// The reading from the beginning that runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_scan: Option<FullScan>,
    /// When the next one begins.
    pub full_scan_due_at: Timestamp,
    /// Holds that may differ, or may only not be in the index yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_differs: Option<HeldDiffers>,
    /// When it was last looked at.
    pub checked_at: Timestamp,
    /// When it is to be looked at next.
    pub due_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
}

impl LedgerAudit {
    /// Nothing was read yet, and the account is due.
    pub fn begin(account_id: AccountId, now: Timestamp) -> Self {
        Self::audited(account_id, RunningTotals::default(), now)
    }

    /// Everything up to here was read at this instant.
    pub fn audited(account_id: AccountId, tip: RunningTotals, now: Timestamp) -> Self {
        Self {
            account_id,
            tip,
            full_scan: None,
            full_scan_due_at: now + FULL_SCAN_INTERVAL,
            held_differs: None,
            checked_at: now,
            due_at: now,
            version: 0,
        }
    }

    /// The reading from the beginning, if it is time for one.
    pub fn running_scan(&mut self, now: Timestamp) -> Option<&mut FullScan> {
        if self.full_scan.is_none() && self.full_scan_due_at <= now && self.tip.sequence > 0 {
            self.full_scan =
                Some(FullScan { totals: RunningTotals::default(), until: self.tip.clone() });
        }
        self.full_scan.as_mut()
    }

    /// Ends the reading that came to where it was to end. One that came to something else stays, for
    /// another look.
    pub fn end_scan(&mut self, now: Timestamp) -> Result<(), Difference> {
        let ended = |full_scan: &&FullScan| full_scan.totals.sequence >= full_scan.until.sequence;
        let Some(full_scan) = self.full_scan.as_ref().filter(ended) else {
            return Ok(());
        };
        if full_scan.totals != full_scan.until {
            return Err(Difference {
                sequence: full_scan.until.sequence,
                what: Mismatch::FullScan,
            });
        }
        self.full_scan = None;
        self.full_scan_due_at = now + FULL_SCAN_INTERVAL;
        Ok(())
    }

    /// Compares what the books hold with the sum of the open holds. A difference counts when books
    /// that did not change meanwhile had it before: until then the index may only lag.
    pub fn compare_held(
        &mut self,
        books: &Books,
        open_cents: u128,
        now: Timestamp,
    ) -> Result<(), Difference> {
        if u128::from(books.balances.held_cents) == open_cents {
            self.held_differs = None;
            return Ok(());
        }
        let known = self.held_differs.filter(|known| known.version == books.version);
        let since = known.map_or(now, |known| known.since);
        self.held_differs = Some(HeldDiffers { version: books.version, since });
        if now < since + HELD_SETTLES {
            return Ok(());
        }
        Err(Difference { sequence: books.sequence, what: Mismatch::Held })
    }

    /// Says when to look next: soon while there is something to do, and ever later while the account
    /// rests.
    pub fn schedule_next(&mut self, books: &Books, now: Timestamp) {
        let busy = self.full_scan.is_some()
            || self.held_differs.is_some()
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
    use crate::kernel::{ChargeId, Entropy, Id, Moment};
    use crate::ledger::{Effects, EntryKind, Posting, TransactionRef};

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
    fn written() -> (Books, Effects) {
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
    fn what_the_ledger_writes_agrees() {
        let (books, effects) = written();
        let mut totals = RunningTotals::default();
        // In two parts, as it is read page by page.
        let (first, second) = effects.entries.split_at(2);
        totals.extend(account(), first, &effects.days).expect("it agrees");
        assert_eq!(totals.days(second).len(), 1);
        totals.extend(account(), second, &effects.days).expect("it agrees");
        assert_eq!(totals.compare(&books), Ok(()));
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Effects), sequence: u64, what: Mismatch) {
        let (_, mut effects) = written();
        change(&mut effects);
        let mut totals = RunningTotals::default();
        let found = totals.extend(account(), &effects.entries, &effects.days);
        assert_eq!(found, Err(Difference { sequence, what }));
        assert_eq!(totals.sequence, sequence - 1, "what is before it was added up");
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
        check(earlier, 5, Mismatch::Time);
        check(|effects| effects.days.truncate(1), 4, Mismatch::Day);
        check(|effects| effects.days[1].opening.fees_cents = 2, 4, Mismatch::Day);
        check(|effects| effects.days[0].first_sequence = 2, 1, Mismatch::Day);
    }

    #[test]
    fn books_that_say_something_else_than_their_entries_differ() {
        let (books, effects) = written();
        let mut totals = RunningTotals::default();
        totals.extend(account(), &effects.entries, &effects.days).expect("it agrees");
        let differs = |change: fn(&mut Books)| {
            let mut books = books.clone();
            change(&mut books);
            totals.compare(&books).expect_err("it differs").what
        };
        assert_eq!(differs(|books| books.sequence -= 1), Mismatch::Books);
        assert_eq!(differs(|books| books.balances.available_cents += 1), Mismatch::Books);
        assert_eq!(differs(|books| books.last_at = Timestamp::UNIX_EPOCH), Mismatch::Books);
    }

    #[test]
    fn holds_differ_only_beside_books_that_stood_still_for_a_while() {
        let (mut books, _) = written();
        let begin: Timestamp = "2026-11-26T12:00:00Z".parse().expect("a time");
        let later = |seconds| begin + SignedDuration::from_secs(seconds);
        let mut check = LedgerAudit::begin(account(), begin);
        assert_eq!(check.compare_held(&books, 5, later(0)), Ok(()));
        assert_eq!(check.compare_held(&books, 5, later(29)), Ok(()));
        books.version += 1;
        assert_eq!(check.compare_held(&books, 5, later(60)), Ok(()));
        assert_eq!(check.compare_held(&books, 0, later(89)), Ok(()));
        assert_eq!(check.compare_held(&books, 5, later(90)), Ok(()));
        let found = check.compare_held(&books, 5, later(120));
        assert_eq!(found, Err(Difference { sequence: 6, what: Mismatch::Held }));
    }

    #[test]
    fn an_account_that_rests_is_looked_at_ever_later() {
        let (books, effects) = written();
        let mut check = LedgerAudit::begin(account(), books.last_at);
        let mut after = |minutes, tip: &RunningTotals| {
            check.tip = tip.clone();
            let now = books.last_at + SignedDuration::from_mins(minutes);
            check.schedule_next(&books, now);
            check.due_at.duration_since(now).as_mins()
        };
        assert_eq!(after(600, &RunningTotals::default()), 1, "there is something to be read");
        let mut tip = RunningTotals::default();
        tip.extend(account(), &effects.entries, &effects.days).expect("it agrees");
        assert_eq!([0, 1, 7, 60, 600].map(|minutes| after(minutes, &tip)), [1, 1, 7, 60, 60]);
    }
}
