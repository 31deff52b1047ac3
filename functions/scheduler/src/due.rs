//! Reads the rows of a due list, and takes them in turns: one account after another.
//!
//! A list is sorted by time, so an account with many due rows would come first with all of them. The
//! keys are read first, which costs little, and the work goes round the accounts. An account with
//! much work can make a tick end early, but it delays no other account by more than its turn.

use std::collections::{HashMap, VecDeque};

use domain::kernel::{AccountId, Error};
use jiff::{SignedDuration, Timestamp};
use runtime::App;
use store::{DueList, Key, Page, Store};

/// Time after which a job stops. The next tick begins at another shard and does the rest.
const TIME_BUDGET: SignedDuration = SignedDuration::from_secs(45);
/// Time in which a job reads the keys.
const LISTING_TIME: SignedDuration = SignedDuration::from_secs(15);
/// Keys of one request. The index holds keys only, so a thousand are far below the megabyte of an
/// answer.
const KEYS_PER_REQUEST: u16 = 1_000;
/// Keys that a job holds in memory: some 20 MB.
const KEYS_MAX: usize = 200_000;
/// Rows that one request reads.
pub(crate) const ROWS_PER_READ: usize = 100;

/// The time of a run.
pub(crate) struct RunTime<'a> {
    app: &'a App,
    began: Timestamp,
}

impl<'a> RunTime<'a> {
    /// Starts to count.
    pub(crate) fn start(app: &'a App) -> Self {
        Self { app, began: app.moment().now }
    }

    /// Returns the time at which the run began.
    pub(crate) fn began(&self) -> Timestamp {
        self.began
    }

    /// Returns true until the run must stop.
    pub(crate) fn is_left(&self) -> bool {
        self.has_passed_less_than(TIME_BUDGET)
    }

    fn has_passed_less_than(&self, duration: SignedDuration) -> bool {
        self.app.moment().now < self.began + duration
    }
}

/// The due rows of a list by account, earliest first in each account.
pub(crate) struct Turns {
    queues: VecDeque<(AccountId, VecDeque<Key>)>,
    keys: usize,
}

impl Turns {
    /// Reads the keys of the rows that are due by `until`.
    pub(crate) async fn read(
        store: &Store,
        list: DueList,
        until: Timestamp,
        time: &RunTime<'_>,
    ) -> Result<Self, Error> {
        let mut collected = Collected::new(KEYS_MAX);
        let shards = list.shards();
        // Each minute begins at another shard, so that a tick that stops early does not skip the
        // same shards each time.
        let minute = until.as_second().div_euclid(60);
        let first = u8::try_from(minute.rem_euclid(i64::from(shards))).unwrap_or(0);
        for shard in (0..shards).map(|offset| (first + offset) % shards) {
            let mut after = None;
            loop {
                let page = Page { limit: KEYS_PER_REQUEST, after };
                let (keys, ended) = store.list_due(list, shard, until, page).await?;
                keys.into_iter().for_each(|key| collected.add(key));
                after = ended;
                if after.is_none() || !time.has_passed_less_than(LISTING_TIME) {
                    break;
                }
            }
        }
        Ok(collected.into_turns())
    }

    /// Returns up to `keys_max` rows of the next account.
    pub(crate) fn next_group(&mut self, keys_max: usize) -> Option<(AccountId, Vec<Key>)> {
        let (account_id, mut queue) = self.queues.pop_front()?;
        let group: Vec<_> = queue.drain(..queue.len().min(keys_max)).collect();
        self.keys -= group.len();
        if !queue.is_empty() {
            self.queues.push_back((account_id, queue));
        }
        Some((account_id, group))
    }

    /// Returns up to `keys_max` rows, one of each account in turn.
    pub(crate) fn next_page(&mut self, keys_max: usize) -> Option<Vec<Key>> {
        let mut page = Vec::new();
        while page.len() < keys_max {
            let Some((_, mut one)) = self.next_group(1) else { break };
            page.append(&mut one);
        }
        (!page.is_empty()).then_some(page)
    }

    /// Puts a row back, because there is more to do for it. It comes first in its account, and the
    /// account comes after the others.
    pub(crate) fn put_back(&mut self, account_id: AccountId, key: Key) {
        self.keys += 1;
        match self.queues.iter_mut().find(|(other, _)| *other == account_id) {
            Some((_, queue)) => queue.push_front(key),
            None => self.queues.push_back((account_id, VecDeque::from([key]))),
        }
    }

    /// Drops the other rows of an account, which has had its part of the tick.
    pub(crate) fn drop_account(&mut self, account_id: AccountId) {
        if let Some(index) = self.queues.iter().position(|(other, _)| *other == account_id) {
            let dropped = self.queues.remove(index);
            self.keys -= dropped.map_or(0, |(_, queue)| queue.len());
        }
    }
}

/// The keys that were read so far.
struct Collected {
    queues: VecDeque<(AccountId, VecDeque<Key>)>,
    positions: HashMap<AccountId, usize>,
    keys: usize,
    keys_max: usize,
    /// Keys of one account. Halves when there are too many keys, so that the busiest accounts give
    /// way.
    per_account_max: usize,
}

impl Collected {
    fn new(keys_max: usize) -> Self {
        Self {
            queues: VecDeque::new(),
            positions: HashMap::new(),
            keys: 0,
            keys_max,
            per_account_max: keys_max,
        }
    }

    /// Adds a key. Leaves out the latest keys of the busiest accounts if there are too many.
    fn add(&mut self, key: Key) {
        let Some(account_id) = account_of(&key) else { return };
        while self.keys >= self.keys_max && self.per_account_max > 1 {
            self.per_account_max /= 2;
            for (_, queue) in &mut self.queues {
                queue.truncate(self.per_account_max);
            }
            self.keys = self.queues.iter().map(|(_, queue)| queue.len()).sum();
        }
        let position = *self.positions.entry(account_id).or_insert_with(|| {
            self.queues.push_back((account_id, VecDeque::new()));
            self.queues.len() - 1
        });
        let queue = &mut self.queues[position].1;
        if self.keys < self.keys_max && queue.len() < self.per_account_max {
            queue.push_back(key);
            self.keys += 1;
        }
    }

    fn into_turns(mut self) -> Turns {
        self.queues.retain(|(_, queue)| !queue.is_empty());
        Turns { queues: self.queues, keys: self.keys }
    }
}

/// Returns the account of a row of a due list.
fn account_of(key: &Key) -> Option<AccountId> {
    match key {
        Key::Charge(account_id, _)
        | Key::Payout(account_id, _)
        | Key::Refund(account_id, _)
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

    use super::*;

    fn account(number: u128) -> AccountId {
        AccountId::from_ulid(number.into())
    }

    fn charge(number: u128, index: u128) -> Key {
        Key::Charge(account(number), ChargeId::from_ulid(index.into()))
    }

    /// Collects due charges, each given by the number of its account; they count from 1.
    fn turns(due: &[u128], keys_max: usize) -> Turns {
        let mut collected = Collected::new(keys_max);
        for (index, number) in (1..).zip(due) {
            collected.add(charge(*number, index));
        }
        collected.into_turns()
    }

    #[test]
    fn accounts_take_turns_and_each_keeps_its_order() {
        let mut turns = turns(&[1, 1, 1, 1, 2, 3, 2], 100);
        let page = [charge(1, 1), charge(2, 5), charge(3, 6), charge(1, 2)];
        assert_eq!(turns.next_page(4), Some(page.to_vec()));
        assert_eq!(turns.next_group(2), Some((account(2), vec![charge(2, 7)])));
        assert_eq!(turns.next_group(1), Some((account(1), vec![charge(1, 3)])));
        turns.put_back(account(1), charge(1, 3));
        turns.put_back(account(4), charge(4, 9));
        assert_eq!(turns.next_page(9), Some(vec![charge(1, 3), charge(4, 9), charge(1, 4)]));
        assert_eq!((turns.next_page(9), turns.keys), (None, 0));
    }

    #[test]
    fn an_account_that_had_its_part_is_left_out() {
        let mut turns = turns(&[1, 1, 2], 100);
        turns.drop_account(account(1));
        turns.drop_account(account(7));
        assert_eq!(turns.next_page(9), Some(vec![charge(2, 3)]));
    }

    #[test]
    fn the_busiest_account_gives_way_when_there_are_too_many_keys() {
        let due = [[1; 20].as_slice(), &[2, 3, 2]].concat();
        let mut turns = turns(&due, 8);
        assert!(turns.keys <= 8);
        let first = turns.next_page(3).expect("three accounts");
        assert_eq!(first, [charge(1, 1), charge(2, 21), charge(3, 22)]);
        let rest = turns.next_page(9).expect("more");
        assert!(rest.contains(&charge(2, 23)) && rest.contains(&charge(1, 2)), "{rest:?}");
    }

    /// No list has other keys.
    #[test]
    fn other_keys_are_ignored() {
        let mut collected = Collected::new(5);
        collected.add(Key::Account(account(1)));
        assert_eq!(collected.into_turns().next_page(9), None);
    }
}
