//! Records the use of credentials while the operation works: last use to the minute, and calls per
//! key and day. When a function instance ends, the counts in its memory are lost, at most a minute
//! of them. So usage is for monitoring, not for billing.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::access::KeyId;
use domain::kernel::AccountId;
use jiff::{SignedDuration, Timestamp};
use runtime::{Level, Log};
use store::{Key, Store};

/// Time between two writes for one credential: one minute, so that a busy key costs little.
const INTERVAL: SignedDuration = SignedDuration::from_mins(1);
/// Keys in memory, so that memory stays bounded. Beyond that, the counts of the key with the oldest
/// write are written early.
const KEYS_MAX: usize = 1_000;

/// One use of a credential.
pub struct CredentialUse {
    pub(crate) account_id: AccountId,
    pub(crate) row: Key,
    pub(crate) key_id: Option<KeyId>,
    pub(crate) last_used_at: Option<Timestamp>,
    pub(crate) now: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Count {
    account_id: AccountId,
    requests: u64,
    written_at: Timestamp,
}

/// Calls of a key that must be written now.
#[derive(Debug, PartialEq, Eq)]
struct DueUsage {
    account_id: AccountId,
    key_id: KeyId,
    requests: u64,
}

/// Calls of each key since its last write, in the memory of this function instance.
#[derive(Debug, Default)]
pub struct UsageCounter(Mutex<HashMap<KeyId, Count>>);

impl UsageCounter {
    /// Counts a call, and returns the counts that must be written now.
    fn add(&self, account_id: AccountId, key_id: &KeyId, now: Timestamp) -> Vec<DueUsage> {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let due = |account_id, key_id: &KeyId, requests| DueUsage {
            account_id,
            key_id: key_id.clone(),
            requests,
        };
        if let Some(count) = counts.get_mut(key_id) {
            count.requests += 1;
            if now.duration_since(count.written_at) < INTERVAL {
                return Vec::new();
            }
            count.written_at = now;
            let requests = std::mem::take(&mut count.requests);
            return vec![due(account_id, key_id, requests)];
        }
        // The first call in an instance is written at once, so that keys with few calls are exact.
        let mut all = vec![due(account_id, key_id, 1)];
        if counts.len() >= KEYS_MAX {
            let oldest = counts.iter().min_by_key(|(_, count)| count.written_at);
            let oldest = oldest.map(|(key_id, _)| key_id.clone());
            let removed = oldest.and_then(|key_id| counts.remove_entry(&key_id));
            let removed = removed.filter(|(_, count)| count.requests > 0);
            all.extend(
                removed.map(|(key_id, count)| due(count.account_id, &key_id, count.requests)),
            );
        }
        let count = Count { account_id, requests: 0, written_at: now };
        counts.insert(key_id.clone(), count);
        all
    }
}

/// Writes the use if it is due. Logs a failure, which changes nothing for the caller.
pub(crate) async fn record(
    store: &Store,
    counter: &UsageCounter,
    log: &dyn Log,
    used: CredentialUse,
) {
    let due = used.last_used_at.is_none_or(|at| used.now.duration_since(at) >= INTERVAL);
    let touched =
        async { if due { store.update_last_used(&used.row, used.now).await } else { Ok(()) } };
    let counted = async {
        let key_id = used.key_id.as_ref();
        let due = key_id.map(|key_id| counter.add(used.account_id, key_id, used.now));
        for due in due.unwrap_or_default() {
            store.add_usage(due.account_id, &due.key_id, due.requests, used.now).await?;
        }
        Ok(())
    };
    let (touched, counted) = tokio::join!(touched, counted);
    for error in [touched.err(), counted.err()].into_iter().flatten() {
        let message = "could not record the use of the credential; the request goes on";
        log.error_line(Level::Warn, message, &error);
    }
}

#[cfg(test)]
mod tests {
    use domain::kernel::Id;

    use super::*;

    fn key(number: usize) -> (AccountId, KeyId) {
        let account_id = AccountId::parse(&format!("{}{number:026}", AccountId::PREFIX));
        let account_id = account_id.expect("digits are a ULID");
        let id = KeyId::from_bare(&format!("{number:012}")).expect("twelve digits");
        (account_id, id)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    fn total(due: &[DueUsage]) -> u64 {
        due.iter().map(|due| due.requests).sum()
    }

    #[test]
    fn a_key_is_written_at_its_first_call_and_then_once_a_minute() {
        let counter = UsageCounter::default();
        let (account_id, key_id) = key(1);
        let written = [0, 1, 59, 60, 61, 119, 120].map(|second| {
            let due = counter.add(account_id, &key_id, at(second));
            total(&due)
        });
        assert_eq!(written, [1, 0, 0, 3, 0, 0, 3]);
    }

    /// Fault row 75. However many keys call, the number in memory is bounded and no call is lost.
    #[test]
    fn the_keys_counted_at_once_are_bounded_and_the_least_recent_are_written_early() {
        let counter = UsageCounter::default();
        let mut written = 0;
        for number in 0..2 * KEYS_MAX {
            let (account_id, key_id) = key(number);
            let second = i64::try_from(number).expect("few") / 100;
            for call in 0..2 {
                let due = counter.add(account_id, &key_id, at(second));
                assert!(due.len() <= 2);
                written += total(&due);
                if call == 0 && number >= KEYS_MAX {
                    let early = (due[1].account_id, due[1].key_id.clone());
                    let number = early.1.bare().parse().expect("digits");
                    assert_eq!(early, key(number));
                }
            }
            let counts = counter.0.lock().unwrap_or_else(PoisonError::into_inner);
            assert!(counts.len() <= KEYS_MAX);
        }
        let counts = counter.0.lock().unwrap_or_else(PoisonError::into_inner);
        let kept: u64 = counts.values().map(|count| count.requests).sum();
        assert_eq!(written + kept, 4 * KEYS_MAX as u64);
        let oldest = counts.values().map(|count| count.written_at).min();
        assert_eq!(oldest, Some(at(10)));
    }
}
