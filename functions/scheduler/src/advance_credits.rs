//! Every minute: returns credits by the rule of the account, applies due network updates of returns,
//! and sends a message if a network action is due.

use domain::credit::Credit;
use domain::kernel::Error;
use domain::ledger::Books;
use store::{DueList, Key, Writes};
use worker::{Report, Worker};

use crate::order_messages::each_order;

/// Works every shard of the due index, and returns the number of credits that advanced or got a
/// message. A failed credit is logged and stays due for the next tick.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let advance = |credit| advance(worker, credit);
    each_order(worker, DueList::Credits, |_: &Credit, _| None, advance).await
}

/// Advances a credit; returns false if nothing was due.
async fn advance(worker: &Worker, credit: Credit) -> bool {
    let id = credit.id;
    match try_to_advance(worker, credit).await {
        Ok(did) => did,
        // A person, or another change, came first.
        Err(Error::Stale) => false,
        Err(error) => {
            worker.app.warn(&format!("{id} not advanced; the next tick tries again"), &error);
            false
        }
    }
}

async fn try_to_advance(worker: &Worker, mut credit: Credit) -> Result<bool, Error> {
    let (moment, store) = (worker.app.moment(), &worker.app.store);
    let books: Option<Books> = store.find(&Key::Books(credit.account_id)).await?;
    let mut books = books.ok_or(Error::NotFound("books"))?;
    // The index lags behind the table, so a listed credit may be done already.
    let Some(effects) = credit.advance(&mut books, &moment)? else { return Ok(false) };
    let writes = Writes::default().change_credit(&credit, &books, &effects);
    store.commit(writes, &moment).await.map(|_| true)
}
