//! Every minute: starts payouts that wait for funds, where the account has money for them.
//!
//! A waiting payout is not due. The job reads the books of each account with waiting payouts, a hundred
//! rows at once. It looks at the payouts only after money moved, oldest first and so many in a tick, and
//! starts each that the money covers (docs/adr/0022).

use domain::kernel::{AccountId, Error};
use domain::ledger::{Books, FundingSearch};
use domain::payout::{Payout, PayoutStatus};
use store::{DueList, Key, Listing, Page, Row};
use worker::Worker;

use crate::due::{ROWS_PER_READ, RunTime, Turns};
use crate::payout_change::change_payout;

/// Payouts of an account that a tick looks at. The next tick continues.
const LOOKED_AT_PER_TICK: usize = 200;
/// Payouts of a page: with the largest notes, a page is some two megabytes.
const PAGE: u16 = 50;

/// Returns the number of payouts that got their money. A failed account is logged, and the next tick
/// continues it.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let time = RunTime::start(app);
    let mut turns = Turns::read(store, DueList::Funding, time.began(), &time).await?;
    let mut funded = 0;
    // Two rows of each account.
    while let Some(page) = turns.next_page(ROWS_PER_READ / 2).filter(|_| time.is_left()) {
        let accounts: Vec<_> = page.iter().filter_map(account_id).collect();
        let keys = accounts.iter().flat_map(|id| [Key::Books(*id), Key::FundingSearch(*id)]);
        let mut rows = store.read(&keys.collect::<Vec<_>>()).await?.into_iter();
        for account_id in accounts {
            let (books, search) = (rows.next().flatten(), rows.next().flatten());
            if !time.is_left() {
                break;
            }
            match fund(worker, account_id, (books, search)).await {
                Ok(payouts) => funded += payouts,
                // Another tick searched the account.
                Err(Error::Stale) => {}
                Err(error) => {
                    let text =
                        format!("payouts of {account_id} not funded; the next tick tries again");
                    app.warn(&text, &error);
                }
            }
        }
    }
    Ok(funded)
}

fn account_id(key: &Key) -> Option<AccountId> {
    match key {
        Key::Books(account_id) => Some(*account_id),
        _ => None,
    }
}

/// Goes on with the search of an account, if money moved since the last one.
async fn fund(
    worker: &Worker,
    account_id: AccountId,
    (books, search): (Option<Row>, Option<Row>),
) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let books = books.ok_or(Error::NotFound("books"))?.read::<Books>()?;
    let search = search.map(Row::read::<FundingSearch>).transpose()?;
    let mut search = search.unwrap_or_else(|| FundingSearch::none(account_id));
    if books.frozen_at.is_some() || !search.begin(books.sequence, app.moment().now) {
        return Ok(0);
    }
    let mut available_cents = books.balances.available_cents;
    let (mut funded, mut looked_at) = (0, 0);
    loop {
        let status = PayoutStatus::AwaitingFunds.as_str();
        let listing = Listing::PayoutsInFrom(account_id, status, search.after);
        let page = Page { limit: PAGE, after: None };
        let (payouts, ended) = store.list::<Payout>(&listing, page).await?;
        let last = payouts.last().map(|payout| payout.id).filter(|_| ended.is_some());
        looked_at += payouts.len();
        for payout in payouts {
            if !payout.can_be_funded(available_cents, app.moment().now) {
                continue;
            }
            let ids = (account_id, payout.id);
            let changed = change_payout(worker, ids, |rows, moment| {
                rows.payout.fund(&rows.terms, &mut rows.funds, moment)
            });
            if let Some(rows) = changed.await {
                available_cents = rows.funds.books.balances.available_cents;
                funded += 1;
            }
        }
        search.advance(last, app.moment().now);
        if last.is_none() || looked_at >= LOOKED_AT_PER_TICK {
            break;
        }
    }
    store.replace(&search).await?;
    Ok(funded)
}
