//! Every minute: what came due for payouts. Lets the scheduled go, looks again for funds, ends what
//! nobody agreed to, and sends somebody to the network where it has to be told or asked.

use domain::{
    Account, AccountId, Books, Error, Funds, Hold, Moment, Payout, PayoutId, PayoutSettings,
    PayoutStep, Terms, hold_of,
};
use jiff::{SignedDuration, Timestamp};
use queue::PayoutMessage;
use store::{DueList, Key, Row, Store, Writes};
use worker::Worker;

use crate::due::DuePages;

/// A payout that went this short a time ago is left to the stream.
const GRACE: SignedDuration = SignedDuration::from_secs(30);

/// Goes through every shard of the due index and says how many payouts moved on or are spoken of to
/// their network. One that fails is logged and comes again with the next tick.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let (app, store) = (&worker.app, &worker.app.store);
    let (mut due, mut moved) = (DuePages::new(DueList::Payouts, app.moment().now), 0);
    while let Some(keys) = due.next(store).await? {
        let mut messages = Vec::new();
        for row in store.read(&keys).await?.into_iter().flatten() {
            let payout = match row.read::<Payout>() {
                Ok(payout) => payout,
                Err(error) => {
                    app.warn("a payout cannot be read", &error);
                    continue;
                }
            };
            let now = app.moment().now;
            if payout.errand(now).is_some() {
                messages.extend(is_left(&payout, now).then(|| PayoutMessage::from(&payout)));
                continue;
            }
            let (account_id, id) = (payout.account_id, payout.id);
            match advance(worker, account_id, id, &app.moment()).await {
                Ok(did) => moved += u64::from(did),
                // Somebody else moved it on at this moment.
                Err(Error::Stale) => {}
                Err(error) => app.warn(&format!("{id} not advanced"), &error),
            }
        }
        match worker.lanes.send_payouts(&messages).await {
            Ok(()) => moved += u64::try_from(messages.len()).unwrap_or(u64::MAX),
            Err(error) => app.warn("payouts are left to the next tick", &error),
        }
    }
    Ok(moved)
}

/// Whether nobody will go on the errand of a payout unless somebody is sent.
fn is_left(payout: &Payout, now: Timestamp) -> bool {
    payout.due.as_ref().is_some_and(|due| due.step != PayoutStep::Submit || due.at <= now - GRACE)
}

async fn advance(
    worker: &Worker,
    account_id: AccountId,
    id: PayoutId,
    moment: &Moment,
) -> Result<bool, Error> {
    let (stage, store) = (worker.app.config.stage, &worker.app.store);
    let ispb = rails::participant(stage)?;
    let (mut payout, mut funds, terms) = read(store, account_id, id, ispb).await?;
    // The index lags behind the table: what it still lists may be done already.
    let Some(effects) = payout.come_due(&terms, &mut funds, moment)? else { return Ok(false) };
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
