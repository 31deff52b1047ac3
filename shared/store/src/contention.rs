//! Which accounts have contended books, as far as this process knows.
//!
//! While many requests change the same books, a request that first tries alone makes the others fail. So a
//! process remembers for a short time where it met others, and its requests take their turn at once. Where
//! no other was met, nothing is remembered and nothing costs more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use domain::kernel::AccountId;
use tokio::time::Instant;

/// How long a process remembers that books were contended.
const REMEMBERED: Duration = Duration::from_secs(2);

/// The accounts with contended books.
#[derive(Debug, Default)]
pub(crate) struct Contention {
    until: Mutex<HashMap<AccountId, Instant>>,
    /// Whether all books count as contended, for tests of this path.
    always: bool,
}

impl Contention {
    /// Returns the memory of a process in which all books count as contended.
    pub(crate) fn everywhere() -> Self {
        Self { always: true, ..Self::default() }
    }

    /// Remembers that the books of an account are contended, and forgets old accounts.
    pub(crate) fn note(&self, account_id: AccountId) {
        let mut until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        until.retain(|_, until| *until > now);
        until.insert(account_id, now + REMEMBERED);
    }

    /// Returns true if the books of an account were contended a short time ago.
    pub(crate) fn is_at(&self, account_id: AccountId) -> bool {
        let until = self.until.lock().unwrap_or_else(PoisonError::into_inner);
        self.always || until.get(&account_id).is_some_and(|until| *until > Instant::now())
    }
}
