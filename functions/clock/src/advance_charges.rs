//! Every minute: what came due for charges. Expires the unpaid, credits what a network announced.

use domain::{Account, AccountId, Books, Charge, ChargeId, Error, Moment};
use store::{DueList, Key, Row, Store, Writes};
use worker::Worker;

use crate::due::DuePages;

/// Goes through every shard of the due index and says how many charges moved on. One that fails is
/// logged and comes again with the next tick; it does not hold up the others.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let (mut due, mut moved) = (DuePages::new(DueList::Charges, app.moment().now), 0);
    while let Some(keys) = due.next(store).await? {
        for key in keys {
            let Key::Charge(account_id, charge_id) = key else { continue };
            match advance(store, account_id, charge_id, &app.moment()).await {
                Ok(did) => moved += u64::from(did),
                // Somebody else moved it on at this moment.
                Err(Error::Stale) => {}
                Err(error) => app.warn(&format!("{charge_id} not advanced"), &error),
            }
        }
    }
    Ok(moved)
}

async fn advance(
    store: &Store,
    account_id: AccountId,
    charge_id: ChargeId,
    moment: &Moment,
) -> Result<bool, Error> {
    let keys =
        [Key::Charge(account_id, charge_id), Key::Account(account_id), Key::Books(account_id)];
    let mut rows = store.read(&keys).await?.into_iter();
    let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
    let mut charge: Charge = row("charge").and_then(Row::read)?;
    let account: Account = row("account").and_then(Row::read)?;
    let mut books: Books = row("books").and_then(Row::read)?;
    let effects = rails::come_due(&mut charge, &mut books, &account.fees.pix, moment)?;
    // The index lags behind the table: what it still lists may be done already.
    let Some(effects) = effects else {
        return Ok(false);
    };
    let mut writes = Writes::default().replace(&charge).record(&effects);
    if !effects.entries.is_empty() {
        writes = writes.replace(&books);
    }
    store.commit(writes, moment).await?;
    Ok(true)
}
