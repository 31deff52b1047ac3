//! The objects of an account whose money is not available, or waits for something.

use domain::charge::{Charge, ChargeStatus};
use domain::credit::{Credit, CreditStatus};
use domain::kernel::{AccountId, Error};
use domain::ledger::{BalanceBlock, BlockStatus, Books, Entry, Hold};
use domain::payout::{Payout, PayoutStatus};
use domain::statement::OpenObjects;
use futures::future::try_join_all;
use jiff::SignedDuration;
use store::{Item, Listing, Page, Span, Store};

/// Objects of a list. An account with more sees the others as one sum.
const LISTED_MAX: u16 = 100;

const CHARGES: [ChargeStatus; 2] = [ChargeStatus::Paid, ChargeStatus::InReview];
const CREDITS: [CreditStatus; 2] = [CreditStatus::Unmatched, CreditStatus::Returning];
const PAYOUTS: [PayoutStatus; 5] = [
    PayoutStatus::AwaitingFunds,
    PayoutStatus::AwaitingApproval,
    PayoutStatus::InReview,
    PayoutStatus::Scheduled,
    PayoutStatus::Processing,
];

/// A list, and whether there are more objects.
pub(crate) struct Listed<T> {
    pub(crate) rows: Vec<T>,
    pub(crate) more: bool,
}

/// The open objects of an account, as the indexes list them, and its last entries if it owes money.
pub(crate) struct OpenMoney {
    /// Paid charges.
    pub(crate) paid: Listed<Charge>,
    /// Charges in review.
    pub(crate) in_review: Listed<Charge>,
    /// Credits that are unmatched or on their way back.
    pub(crate) credits: Listed<Credit>,
    /// Payouts that have not ended.
    pub(crate) payouts: Listed<Payout>,
    /// Open holds.
    pub(crate) holds: Listed<Hold>,
    /// Open balance blocks.
    pub(crate) blocks: Listed<BalanceBlock>,
    /// Last entries, newest first; none without a debt.
    pub(crate) entries: Vec<Entry>,
}

impl OpenMoney {
    /// Reads all lists at the same time.
    pub(crate) async fn read(store: &Store, books: &Books) -> Result<Self, Error> {
        let (account_id, span) = (books.account_id, Span::default());
        let charges = CHARGES.map(|status| {
            Box::pin(list(store, Listing::ChargesIn(account_id, status.as_str(), span)))
        });
        let credits = CREDITS.map(|status| {
            Box::pin(list(store, Listing::CreditsIn(account_id, status.as_str(), span)))
        });
        let payouts = PAYOUTS.map(|status| {
            Box::pin(list(store, Listing::PayoutsIn(account_id, status.as_str(), span)))
        });
        let blocks = Listing::BlocksIn(account_id, BlockStatus::Open.as_str());
        let (charges, credits, payouts, holds, blocks, entries) = futures::try_join!(
            try_join_all(charges),
            try_join_all(credits),
            try_join_all(payouts),
            Box::pin(list(store, Listing::OpenHolds(account_id))),
            Box::pin(list(store, blocks)),
            Box::pin(debt_entries(store, account_id, books)),
        )?;
        let mut charges = charges.into_iter();
        let none = || Listed { rows: Vec::new(), more: false };
        Ok(Self {
            paid: charges.next().unwrap_or_else(none),
            in_review: charges.next().unwrap_or_else(none),
            credits: Listed::all(credits),
            payouts: Listed::all(payouts),
            holds,
            blocks,
            entries,
        })
    }

    /// Returns true if the lists have every object.
    pub(crate) fn is_complete(&self) -> bool {
        let payments = self.paid.more || self.in_review.more || self.credits.more;
        !(payments || self.payouts.more || self.holds.more || self.blocks.more)
    }

    /// Returns the objects for a forecast.
    pub(crate) fn into_objects(self) -> OpenObjects {
        OpenObjects {
            charges: self.paid.rows.into_iter().chain(self.in_review.rows).collect(),
            credits: self.credits.rows,
            blocks: self.blocks.rows,
            payouts: self.payouts.rows,
            holds: self.holds.rows,
        }
    }
}

impl<T> Listed<T> {
    fn all(lists: Vec<Self>) -> Self {
        let more = lists.iter().any(|list| list.more);
        Self { rows: lists.into_iter().flat_map(|list| list.rows).collect(), more }
    }
}

async fn list<T: Item>(store: &Store, listing: Listing) -> Result<Listed<T>, Error> {
    let (rows, ended) = store.list(&listing, Page { limit: LISTED_MAX, after: None }).await?;
    Ok(Listed { rows, more: ended.is_some() })
}

/// Returns the last entries of books with a debt. Entries that are newer than the books are left out.
async fn debt_entries(
    store: &Store,
    account_id: AccountId,
    books: &Books,
) -> Result<Vec<Entry>, Error> {
    if books.balances.owed_cents == 0 {
        return Ok(Vec::new());
    }
    let until = books.last_at.saturating_add(SignedDuration::from_millis(1));
    let until = until.map_err(Error::internal)?;
    let listing = Listing::EntriesBefore(account_id, until);
    let mut entries = list::<Entry>(store, listing).await?.rows;
    entries.retain(|entry| entry.sequence <= books.sequence);
    Ok(entries)
}
