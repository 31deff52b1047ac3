//! Reads the ledger of an account: its entries page by page, and its open holds, blocks and credits.

use domain::credit::{Credit, CreditStatus};
use domain::kernel::{AccountId, Error};
use domain::ledger::{
    BalanceBlock, BlockStatus, Books, Difference, Entry, EntryPosition, Hold, LedgerDay, Mismatch,
    OpenSums, RunningTotals,
};
use domain::statement::BalanceAt;
use jiff::Timestamp;

use crate::item::Item;
use crate::{Key, Listing, Page, Row, Span, Store};

/// Rows per page, because one request reads at most 100 openings of days.
const PAGE: u16 = 100;

/// The result of adding up entries.
#[derive(Debug, PartialEq, Eq)]
pub struct EntryCheck {
    /// Number of entries that were added up.
    pub entries: u64,
    /// Mismatch of the next entry.
    pub difference: Option<Difference>,
}

impl Store {
    /// Adds the entries of an account to `totals`, up to the position `until`. Stops after
    /// `entries_max` entries or before the first mismatch.
    ///
    /// A query can see one row of a transaction and not yet another. So the caller must find a
    /// difference twice before it counts.
    pub async fn read_entries(
        &self,
        account_id: AccountId,
        totals: &mut RunningTotals,
        until: EntryPosition,
        entries_max: u64,
    ) -> Result<EntryCheck, Error> {
        let begun = totals.sequence;
        let mut difference = None;
        while totals.sequence < until.sequence
            && totals.sequence - begun < entries_max
            && difference.is_none()
        {
            let listing = Listing::Entries(account_id, totals.next_position(), until);
            let page = Page { limit: PAGE, after: None };
            let (entries, ended): (Vec<Entry>, _) = self.list(&listing, page).await?;
            let openings = self.openings(account_id, totals.days(&entries)).await?;
            difference = totals.extend(account_id, &entries, &openings).err();
            if difference.is_none() && ended.is_none() && totals.sequence < until.sequence {
                let sequence = totals.sequence + 1;
                difference = Some(Difference { sequence, mismatch: Mismatch::Missing });
            }
        }
        Ok(EntryCheck { entries: totals.sequence - begun, difference })
    }

    /// Returns true if the ledger has an entry after the last one in these books.
    pub async fn has_entry_after(&self, books: &Books) -> Result<bool, Error> {
        let next = EntryPosition { sequence: books.sequence.saturating_add(1), ..books.position() };
        let beyond = Listing::Entries(books.account_id, next, EntryPosition::END);
        let (entries, _) = self.list::<Entry>(&beyond, Page { limit: 1, after: None }).await?;
        Ok(!entries.is_empty())
    }

    /// Returns the balance of an account before an instant.
    pub async fn balance_before(
        &self,
        account_id: AccountId,
        at: Timestamp,
    ) -> Result<BalanceAt, Error> {
        let listing = Listing::EntriesBefore(account_id, at);
        let (entries, _) = self.list::<Entry>(&listing, Page { limit: 1, after: None }).await?;
        Ok(entries.first().map_or(BalanceAt::ZERO, Entry::balance_at))
    }

    async fn openings(
        &self,
        account_id: AccountId,
        dates: Vec<jiff::civil::Date>,
    ) -> Result<Vec<LedgerDay>, Error> {
        let day = |date| Key::LedgerDay(account_id, date);
        let keys: Vec<_> = dates.into_iter().map(day).collect();
        self.read(&keys).await?.into_iter().flatten().map(Row::read).collect()
    }

    /// Returns the sums of an account's open holds, balance blocks and credits. The index that it reads
    /// lags behind the table.
    pub async fn sum_open(&self, account_id: AccountId) -> Result<OpenSums, Error> {
        let credits =
            |status: CreditStatus| Listing::CreditsIn(account_id, status.as_str(), Span::default());
        let blocks = Listing::BlocksIn(account_id, BlockStatus::Open.as_str());
        let credit_cents = |credit: &Credit| credit.amount_cents();
        Ok(OpenSums {
            held_cents: self
                .sum(&Listing::OpenHolds(account_id), |hold: &Hold| hold.amount_cents)
                .await?,
            claimed_cents: self.sum(&blocks, |block: &BalanceBlock| block.claim_cents).await?,
            unmatched_cents: self.sum(&credits(CreditStatus::Unmatched), credit_cents).await?
                + self.sum(&credits(CreditStatus::Returning), credit_cents).await?,
        })
    }

    /// Returns the sum of an amount over all rows of a list, in cents.
    async fn sum<I: Item>(
        &self,
        listing: &Listing,
        cents: impl Fn(&I) -> u64,
    ) -> Result<u128, Error> {
        let (mut sum, mut after) = (0_u128, None);
        loop {
            let page = Page { limit: PAGE, after };
            let (rows, ended): (Vec<I>, _) = self.list(listing, page).await?;
            sum += rows.iter().map(|row| u128::from(cents(row))).sum::<u128>();
            after = ended;
            if after.is_none() {
                return Ok(sum);
            }
        }
    }
}
