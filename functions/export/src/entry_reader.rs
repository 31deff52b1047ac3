//! Reads the entries of a closed period, page by page.
//!
//! A closed period gets no more entries, so every read returns the same.

use domain::kernel::{AccountId, Error, Period};
use domain::ledger::{Entry, EntryPosition};
use domain::statement::BalanceAt;
use store::{Listing, Page, Store};

/// Entries per page: about 600 KB of the 1 MB that one query may return.
const PAGE: u16 = 1_000;

/// The entries of a period of an account.
pub(crate) struct EntryReader<'a> {
    store: &'a Store,
    account_id: AccountId,
    first: EntryPosition,
    last: EntryPosition,
    /// Balance before the period.
    pub(crate) opening: BalanceAt,
    /// Balance after the period.
    pub(crate) closing: BalanceAt,
}

impl<'a> EntryReader<'a> {
    pub(crate) async fn open(
        store: &'a Store,
        account_id: AccountId,
        period: &Period,
    ) -> Result<Self, Error> {
        let (begins_at, ends_at) = (period.begins_at(), period.ends_at());
        let (opening, closing) = tokio::try_join!(
            store.balance_before(account_id, begins_at),
            store.balance_before(account_id, ends_at),
        )?;
        let first = EntryPosition { at: begins_at, sequence: 0 };
        Ok(Self {
            store,
            account_id,
            first,
            last: EntryPosition::before(ends_at),
            opening,
            closing,
        })
    }

    /// Returns the entries after a position of the period; none after the last.
    pub(crate) async fn after(&self, position: EntryPosition) -> Result<Vec<Entry>, Error> {
        if position.sequence >= self.closing.position.sequence {
            return Ok(Vec::new());
        }
        let next = EntryPosition { sequence: position.sequence.saturating_add(1), ..position };
        let listing = Listing::Entries(self.account_id, next.max(self.first), self.last);
        let (entries, _) = self.store.list(&listing, Page { limit: PAGE, after: None }).await?;
        Ok(entries)
    }
}
