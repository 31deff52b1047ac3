//! Every minute: advances due payouts. It starts scheduled payouts, reserves missing funds, ends
//! payouts that got no approval in time, and sends a message if a network action is due.

use std::collections::BTreeMap;

use domain::account::Account;
use domain::kernel::{AccountId, Error, Moment, PayoutId};
use domain::ledger::{Books, Funds, Hold};
use domain::payout::{Payout, PayoutSettings, Terms, hold_of};
use store::{DueList, Key, Row, Store, Writes};
use worker::Worker;

use crate::due::{DuePages, TIME_BUDGET};
use crate::order_messages::OrderMessages;

/// Reads every shard of the due index and returns the number of payouts that advanced or got a
/// message. A failed payout is logged and stays due for the next tick. Payouts that wait for funds
/// come last, so that they do not delay the others.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let began = app.moment().now;
    let in_time = || app.moment().now < began + TIME_BUDGET;
    let (mut due, mut moved) = (DuePages::new(DueList::Payouts, began), 0);
    let mut unfunded = Vec::new();
    while let Some(keys) = due.next(store).await?.filter(|_| in_time()) {
        let mut orders = OrderMessages::default();
        for row in store.read(&keys).await?.into_iter().flatten() {
            let payout = match row.read::<Payout>() {
                Ok(payout) => payout,
                Err(error) => {
                    app.warn("could not read a payout; it stays due", &error);
                    continue;
                }
            };
            let now = app.moment().now;
            if orders.push_if_due(&payout, now) {
                continue;
            }
            if payout.cannot_be_funded(0, now) {
                unfunded.push(payout);
            } else {
                moved += u64::from(advance(worker, &payout).await);
            }
        }
        moved += orders.send(worker).await;
    }
    let mut available: BTreeMap<AccountId, u64> = BTreeMap::new();
    for payout in unfunded.into_iter().take_while(|_| in_time()) {
        let account_id = payout.account_id;
        let cents = match available.get(&account_id) {
            Some(cents) => *cents,
            None => read_available(store, account_id).await?,
        };
        available.insert(account_id, cents);
        if !payout.cannot_be_funded(cents, app.moment().now) && advance(worker, &payout).await {
            moved += 1;
            available.remove(&account_id);
        }
    }
    Ok(moved)
}

async fn read_available(store: &Store, account_id: AccountId) -> Result<u64, Error> {
    let books = store.find::<Books>(&Key::Books(account_id)).await?;
    Ok(books.map_or(0, |books| books.balances.available_cents))
}

/// Advances a payout; returns false if nothing was due.
async fn advance(worker: &Worker, payout: &Payout) -> bool {
    let (account_id, id) = (payout.account_id, payout.id);
    match try_to_advance(worker, account_id, id, &worker.app.moment()).await {
        Ok(did) => did,
        // Another change of the payout came first.
        Err(Error::Stale) => false,
        Err(error) => {
            worker.app.warn(&format!("{id} not advanced; the next tick tries again"), &error);
            false
        }
    }
}

async fn try_to_advance(
    worker: &Worker,
    account_id: AccountId,
    id: PayoutId,
    moment: &Moment,
) -> Result<bool, Error> {
    let store = &worker.app.store;
    let ispb = worker.app.rails.participant(account_id)?;
    let (mut payout, mut funds, terms) = read(store, account_id, id, ispb).await?;
    // The index lags behind the table, so a listed payout may be done already.
    let Some(effects) = payout.advance(&terms, &mut funds, moment)? else { return Ok(false) };
    let writes = Writes::default().change_payout(&payout, &funds, &effects);
    store.commit(writes, moment).await?;
    Ok(true)
}

async fn read(
    store: &Store,
    account_id: AccountId,
    id: PayoutId,
    ispb: &'static str,
) -> Result<(Payout, Funds, Terms), Error> {
    let keys = [
        Key::Payout(account_id, id),
        Key::Account(account_id),
        Key::Books(account_id),
        Key::PayoutSettings(account_id),
        Key::Hold(account_id, hold_of(id)),
    ];
    let mut rows = store.read(&keys).await?.into_iter();
    let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
    let payout: Payout = row("payout").and_then(Row::read)?;
    let account: Account = row("account").and_then(Row::read)?;
    let books: Books = row("books").and_then(Row::read)?;
    let settings = rows.next().flatten().map(Row::read::<PayoutSettings>).transpose()?;
    let hold = rows.next().flatten().map(Row::read::<Hold>).transpose()?;
    let settings = settings.unwrap_or_else(|| PayoutSettings::default_of(account_id));
    Ok((payout, Funds::new(books, hold), Terms { fees: account.fees.payout, settings, ispb }))
}
