//! A change of one payout by a job.

use domain::account::Account;
use domain::kernel::{AccountId, Error, Moment, PayoutId};
use domain::ledger::{Books, Effects, Funds, Hold};
use domain::payout::{Payout, PayoutSettings, Terms, hold_of};
use store::{Key, Row};
use worker::Worker;

/// The rows that decide a change of a payout, as they were read.
pub(crate) struct PayoutRows {
    pub(crate) payout: Payout,
    pub(crate) terms: Terms,
    pub(crate) funds: Funds,
}

/// Decides and writes a change on fresh rows. Returns `None` if there was nothing to do, or if the
/// change failed, which is logged.
pub(crate) async fn change_payout(
    worker: &Worker,
    (account_id, id): (AccountId, PayoutId),
    decide: impl Fn(&mut PayoutRows, &Moment) -> Result<Option<Effects>, Error>,
) -> Option<PayoutRows> {
    match try_to_change(worker, (account_id, id), decide).await {
        Ok(changed) => changed,
        // Another change of the payout came first.
        Err(Error::Stale) => None,
        Err(error) => {
            worker.app.warn(&format!("{id} not advanced; the next tick tries again"), &error);
            None
        }
    }
}

async fn try_to_change(
    worker: &Worker,
    (account_id, id): (AccountId, PayoutId),
    decide: impl Fn(&mut PayoutRows, &Moment) -> Result<Option<Effects>, Error>,
) -> Result<Option<PayoutRows>, Error> {
    let (store, moment) = (&worker.app.store, worker.app.moment());
    let mut rows = read(worker, account_id, id).await?;
    // The index lags behind the table, so a listed payout may be done already.
    let Some(effects) = decide(&mut rows, &moment)? else { return Ok(None) };
    let writes = store.payout_writes(&rows.payout, (&rows.funds, &effects), &moment).await?;
    store.commit(writes, &moment).await?;
    Ok(Some(rows))
}

/// Reads the rows that decide a change of a payout.
pub(crate) async fn read(
    worker: &Worker,
    account_id: AccountId,
    id: PayoutId,
) -> Result<PayoutRows, Error> {
    let ispb = worker.app.rails.participant(account_id)?;
    let keys = [
        Key::Payout(account_id, id),
        Key::Account(account_id),
        Key::Books(account_id),
        Key::PayoutSettings(account_id),
        Key::Hold(account_id, hold_of(id)),
    ];
    let mut rows = worker.app.store.read(&keys).await?.into_iter();
    let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
    let payout: Payout = row("payout").and_then(Row::read)?;
    let account: Account = row("account").and_then(Row::read)?;
    let books: Books = row("books").and_then(Row::read)?;
    let settings = rows.next().flatten().map(Row::read::<PayoutSettings>).transpose()?;
    let hold = rows.next().flatten().map(Row::read::<Hold>).transpose()?;
    let settings = settings.unwrap_or_else(|| PayoutSettings::default_of(account_id));
    let terms = Terms { fees: account.fees.payout, settings, ispb };
    Ok(PayoutRows { payout, terms, funds: Funds::new(books, hold) })
}
