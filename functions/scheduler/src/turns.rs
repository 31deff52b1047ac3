//! The due rows of a job by account, of which each has one turn at a time.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use domain::kernel::AccountId;
use jiff::Timestamp;
use store::{DueRow, Key};

/// The due rows of an account.
type RowQueue = VecDeque<DueRow>;

/// The due rows of a list by account, earliest first in each account.
pub(crate) struct Turns {
    /// Accounts without a turn at this moment.
    queues: VecDeque<(AccountId, RowQueue)>,
    /// The other rows of the accounts that have a turn.
    running: HashMap<AccountId, RowQueue>,
}

impl Turns {
    /// Returns up to `rows_max` rows of the next account, which has no other turn until this one ends.
    pub(crate) fn next_group(&mut self, rows_max: usize) -> Option<(AccountId, Vec<DueRow>)> {
        let (account_id, mut rows) = self.queues.pop_front()?;
        let group = rows.drain(..rows.len().min(rows_max)).collect();
        self.running.insert(account_id, rows);
        Some((account_id, group))
    }

    /// Ends the turn of an account, which then comes after the others. RowQueue with more to do come first in
    /// their account.
    pub(crate) fn end_turn(&mut self, account_id: AccountId, again: Vec<DueRow>) {
        let mut rows = self.running.remove(&account_id).unwrap_or_default();
        again.into_iter().rev().for_each(|row| rows.push_front(row));
        if !rows.is_empty() {
            self.queues.push_back((account_id, rows));
        }
    }

    /// Returns the time of the earliest row that had no turn.
    pub(crate) fn earliest(&self) -> Option<Timestamp> {
        let waiting = self.queues.iter().map(|(_, rows)| rows);
        waiting.chain(self.running.values()).flatten().map(|row| row.due_at).min()
    }
}

/// The rows that were read so far.
pub(crate) struct CollectedRows {
    accounts: HashMap<AccountId, RowQueue>,
    count: usize,
    count_max: usize,
    /// RowQueue of one account. Halves when there are too many rows, so that the busiest accounts give
    /// way.
    per_account_max: usize,
}

impl CollectedRows {
    pub(crate) fn new(count_max: usize) -> Self {
        Self { accounts: HashMap::new(), count: 0, count_max, per_account_max: count_max }
    }

    /// Adds a row. Leaves out the latest rows of the busiest accounts if there are too many.
    pub(crate) fn add(&mut self, row: DueRow) {
        let Some(account_id) = account_of(&row.key) else { return };
        while self.count >= self.count_max && self.per_account_max > 1 {
            self.per_account_max /= 2;
            for rows in self.accounts.values_mut() {
                sort(rows);
                rows.truncate(self.per_account_max);
            }
            self.count = self.accounts.values().map(VecDeque::len).sum();
        }
        let rows = self.accounts.entry(account_id).or_default();
        if self.count < self.count_max && rows.len() < self.per_account_max {
            rows.push_back(row);
            self.count += 1;
        }
    }

    /// Returns the turns. The account that waited longest comes first. Accounts that waited equally long come
    /// in an order that differs between ticks, so that a tick that stops early does not leave out the same ones.
    pub(crate) fn into_turns(self, began: Timestamp) -> Turns {
        let minute = began.as_second().div_euclid(60);
        let waiting = self.accounts.into_iter().filter(|(_, rows)| !rows.is_empty());
        let mut queues: Vec<_> = waiting.collect();
        queues.iter_mut().for_each(|(_, rows)| sort(rows));
        queues.sort_by_cached_key(|(account_id, rows)| {
            let mut hasher = DefaultHasher::new();
            (minute, account_id).hash(&mut hasher);
            (rows.front().map(|row| row.due_at), hasher.finish())
        });
        Turns { queues: queues.into(), running: HashMap::new() }
    }
}

/// Sorts rows by time. RowQueue of the same time keep their order.
fn sort(rows: &mut RowQueue) {
    rows.make_contiguous().sort_by_key(|row| row.due_at);
}
/// Returns the account of a row of a due list.
fn account_of(key: &Key) -> Option<AccountId> {
    match key {
        Key::Charge(account_id, _)
        | Key::BoletoOrder(account_id, ..)
        | Key::CardOrder(account_id, ..)
        | Key::Dispute(account_id, _)
        | Key::DisputeOrder(account_id, _)
        | Key::Payout(account_id, _)
        | Key::Refund(account_id, _)
        | Key::Credit(account_id, _)
        | Key::Collection(account_id, _)
        | Key::KycRequest(account_id, _)
        | Key::Block(account_id, _)
        | Key::Batch(account_id, _)
        | Key::Event(account_id, _)
        | Key::Delivery(account_id, _)
        | Key::Replay(account_id, _)
        | Key::Export(account_id, _)
        | Key::Schedule(account_id, _)
        | Key::LedgerAudit(account_id)
        | Key::Books(account_id) => Some(*account_id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use domain::kernel::{ChargeId, Id};
    use jiff::SignedDuration;

    use super::*;

    const BEGAN: Timestamp = Timestamp::UNIX_EPOCH;

    fn account(number: u128) -> AccountId {
        AccountId::from_ulid(number.into())
    }

    fn charge(number: u128, second: i64) -> DueRow {
        let id = ChargeId::from_ulid(u128::from(second.unsigned_abs()).into());
        let due_at = BEGAN + SignedDuration::from_secs(second);
        DueRow { due_at, key: Key::Charge(account(number), id) }
    }

    /// Collects due charges, each given by the number of its account and the second at which it is due.
    fn turns(due: &[(u128, i64)], count_max: usize) -> Turns {
        let mut collected = CollectedRows::new(count_max);
        due.iter().for_each(|(number, second)| collected.add(charge(*number, *second)));
        collected.into_turns(BEGAN)
    }

    #[track_caller]
    fn check(turns: &mut Turns, rows_max: usize, number: u128, seconds: &[i64]) {
        let rows: Vec<_> = seconds.iter().map(|second| charge(number, *second)).collect();
        assert_eq!(turns.next_group(rows_max), Some((account(number), rows)));
    }

    #[test]
    fn accounts_take_turns_and_each_keeps_its_order() {
        // Two shards, one after another: the later rows of the first come before the others.
        let mut turns = turns(&[(1, 3), (1, 9), (2, 4), (1, 1), (1, 8), (3, 2)], 100);
        check(&mut turns, 2, 1, &[1, 3]);
        check(&mut turns, 2, 3, &[2]);
        check(&mut turns, 2, 2, &[4]);
        // The account has a turn, so it has no other one.
        assert_eq!(turns.next_group(2), None);
        turns.end_turn(account(3), vec![charge(3, 2)]);
        turns.end_turn(account(1), vec![charge(1, 3)]);
        turns.end_turn(account(2), Vec::new());
        check(&mut turns, 1, 3, &[2]);
        check(&mut turns, 2, 1, &[3, 8]);
        assert_eq!(turns.earliest(), Some(charge(1, 9).due_at), "it had no turn");
        turns.end_turn(account(1), Vec::new());
        check(&mut turns, 2, 1, &[9]);
        assert_eq!((turns.next_group(2), turns.earliest()), (None, None));
    }

    #[test]
    fn the_busiest_account_gives_way_when_there_are_too_many_rows() {
        let busy = (1..=20).map(|second| (1, second));
        let due: Vec<_> = busy.chain([(2, 21), (3, 22), (2, 23)]).collect();
        let mut turns = turns(&due, 8);
        check(&mut turns, 9, 1, &[1, 2, 3, 4]);
        check(&mut turns, 9, 2, &[21, 23]);
        check(&mut turns, 9, 3, &[22]);
    }

    /// A tick that always stops early would otherwise leave out the same accounts.
    #[test]
    fn accounts_that_waited_equally_long_change_their_order_with_the_minute() {
        let first = |minute: i64| {
            let mut collected = CollectedRows::new(100);
            (1..=9).for_each(|number| collected.add(charge(number, 1)));
            let mut turns = collected.into_turns(BEGAN + SignedDuration::from_mins(minute));
            turns.next_group(1).expect("an account").0
        };
        let firsts: std::collections::HashSet<_> = (0..60).map(first).collect();
        assert!(firsts.len() >= 5, "{firsts:?}");
    }

    /// No list has other keys.
    #[test]
    fn other_keys_are_ignored() {
        let mut collected = CollectedRows::new(5);
        collected.add(DueRow { due_at: BEGAN, key: Key::Account(account(1)) });
        assert_eq!(collected.into_turns(BEGAN).next_group(9), None);
    }
}
