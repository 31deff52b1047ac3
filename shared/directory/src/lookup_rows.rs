//! What the table has about a key before a look-up.

use brazil::{PixKey, PixKeyKind};
use domain::kernel::{AccountId, Error};
use domain::network::{CachedKeyOwner, KeyBucket, LookupBudgetRow};
use gate::sha256_hex;
use jiff::Timestamp;
use store::{Key, Row, Store};

/// The remembered answer about a key, and the account's budget for this kind of key.
#[derive(Debug, Clone, Default)]
pub struct LookupRows {
    pub(crate) lookups: Option<LookupBudgetRow>,
    pub(crate) known_key: Option<CachedKeyOwner>,
}

/// Returns the key of the remembered answer about a Pix key.
pub fn remembered_answer(account_id: AccountId, key: &PixKey) -> Key {
    Key::KeyLookup(account_id, digest(key))
}

impl LookupRows {
    /// Returns the keys of its rows.
    pub fn keys(account_id: AccountId, key: &PixKey) -> [Key; 2] {
        [
            Key::LookupBudget(account_id, KeyBucket::of(key.kind())),
            Key::KeyLookup(account_id, digest(key)),
        ]
    }

    /// Reads the rows, in the order of [`LookupRows::keys`].
    pub fn of(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        let lookups = rows.next().flatten().map(Row::read).transpose()?;
        let known_key = rows.next().flatten().map(Row::read).transpose()?;
        Ok(Self { lookups, known_key })
    }

    /// Returns the remembered answer about the key, if it has not expired.
    pub fn remembered(&self, now: Timestamp) -> Option<&CachedKeyOwner> {
        self.known_key.as_ref().filter(|known_key| known_key.is_fresh(now))
    }

    /// Returns the tokens left in the budget of this kind of key.
    pub fn tokens_left(&self, account_id: AccountId, kind: PixKeyKind, now: Timestamp) -> u64 {
        let untouched = || LookupBudgetRow::untouched(account_id, KeyBucket::of(kind), now);
        self.lookups.clone().unwrap_or_else(untouched).budget.tokens(now)
    }

    /// Reads both rows in one round trip.
    pub(crate) async fn read(
        store: &Store,
        account_id: AccountId,
        key: &PixKey,
    ) -> Result<Self, Error> {
        let rows = store.read(&Self::keys(account_id, key)).await?;
        Self::of(&mut rows.into_iter())
    }
}

/// Returns the digest that identifies a Pix key in the table.
pub(crate) fn digest(key: &PixKey) -> String {
    sha256_hex(format!("{}\n{}", key.kind(), key.as_str()).as_bytes())
}
