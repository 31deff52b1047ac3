//! Every minute: starts payouts that wait for funds, where the account has money for them.
//!
//! A waiting payout is not due. The job reads the books of each account with waiting payouts. It looks at the payouts only after money moved, oldest first and so many in a tick, and
//! starts each that the money covers (docs/adr/0022).

use domain::kernel::{AccountId, Error};
use domain::ledger::{Books, FundingSearch};
use domain::payout::{Payout, PayoutStatus};
use store::{DueList, Key, Listing, Page, Row};
use worker::{Report, Worker};

use crate::due::JobRun;
use crate::payout_change::change_payout;

/// Payouts of an account that a tick looks at. The next tick continues.
const LOOKED_AT_PER_TICK: usize = 200;
/// Payouts of a page: with the largest notes, a page is some two megabytes.
const PAGE: u16 = 50;

/// Returns the number of payouts that got their money. A failed account is logged, and the next tick
/// continues it.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Funding);
    run.each_row(|key| async move {
        match key {
            Key::Books(account_id) => Box::pin(fund(run, account_id)).await.map(|()| false),
            _ => Ok(false),
        }
    })
    .await
}

/// Goes on with the search of an account, if money moved since the last one.
async fn fund(run: &JobRun<'_>, account_id: AccountId) -> Result<(), Error> {
    let (worker, store) = (run.worker, &run.worker.app.store);
    let now = || worker.app.moment().now;
    let keys = [Key::Books(account_id), Key::FundingSearch(account_id)];
    let mut rows = store.read(&keys).await?.into_iter();
    let books: Books = rows.next().flatten().ok_or(Error::NotFound("books"))?.read()?;
    let search = rows.next().flatten().map(Row::read::<FundingSearch>).transpose()?;
    let mut search = search.unwrap_or_else(|| FundingSearch::none(account_id));
    if books.frozen_at.is_some() || !search.begin(books.sequence, now()) {
        return Ok(());
    }
    let mut available_cents = books.balances.available_cents;
    let mut looked_at = 0;
    loop {
        let status = PayoutStatus::AwaitingFunds.as_str();
        let listing = Listing::PayoutsInFrom(account_id, status, search.after);
        let page = Page { limit: PAGE, after: None };
        let (payouts, ended) = store.list::<Payout>(&listing, page).await?;
        let last = payouts.last().map(|payout| payout.id).filter(|_| ended.is_some());
        looked_at += payouts.len();
        for payout in payouts {
            if !payout.can_be_funded(available_cents, now()) {
                continue;
            }
            let ids = (account_id, payout.id);
            let changed = change_payout(worker, ids, |rows, moment| {
                rows.payout.fund(&rows.terms, &mut rows.funds, moment)
            });
            if let Some(rows) = changed.await {
                available_cents = rows.funds.books.balances.available_cents;
                run.add(1);
            }
        }
        search.advance(last, now());
        if last.is_none() || looked_at >= LOOKED_AT_PER_TICK || !run.is_time_left() {
            break;
        }
    }
    store.replace(&search).await
}
