//! Payouts of the last days with the same destination and amount.

use std::cmp::Reverse;
use std::pin::Pin;

use domain::kernel::{AccountId, Error, PayoutId};
use domain::ledger::TransactionRef;
use jiff::{SignedDuration, Timestamp};
use store::{Listing, Page, SearchRow, Span, Store};

/// How far back a payout counts as a duplicate.
const RECENT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The most duplicates that are named.
const DUPLICATES_MAX: u16 = 5;

/// A list of recent payouts that has not arrived yet.
type RecentFuture<'a> = Pin<Box<dyn Future<Output = Result<Vec<PayoutId>, Error>> + Send + 'a>>;

/// Reads the payouts of the last 30 days with a destination and an amount, newest first. The rows of the
/// search index have a keyed hash of the destination, under the version of the pepper of their time.
pub(crate) fn recent_payouts<'a>(
    store: &'a Store,
    account_id: AccountId,
    (digests, amount_cents): (Vec<String>, u64),
    now: Timestamp,
) -> RecentFuture<'a> {
    Box::pin(async move {
        let span = Span { from: Some(now - RECENT), ..Span::default() };
        let lists = digests.into_iter().map(async |digest| {
            let listing = Listing::PayoutsTo(account_id, digest, amount_cents, span);
            let page = Page { limit: DUPLICATES_MAX, after: None };
            store.list::<SearchRow>(&listing, page).await.map(|(rows, _)| rows)
        });
        let rows = futures::future::try_join_all(lists).await?.into_iter().flatten();
        let payout_id = |row: SearchRow| match row.holder {
            TransactionRef::Payout(id) => Some(id),
            _ => None,
        };
        let mut recent: Vec<_> = rows.filter_map(payout_id).collect();
        recent.sort_by_key(|id| Reverse(*id));
        recent.truncate(usize::from(DUPLICATES_MAX));
        Ok(recent)
    })
}
