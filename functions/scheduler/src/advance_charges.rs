//! Every minute: expires unpaid charges and applies due network updates.
//!
//! The books of an account are one row, so its credits are written one after another, even by
//! several functions. So the due charges of an account are one group: each is decided as if it was alone,
//! and a transaction writes as many of them as it takes (docs/adr/0035).

use domain::account::Account;
use domain::charge::Charge;
use domain::kernel::{AccountId, ChargeId, Error, Moment};
use domain::ledger::Books;
use runtime::App;
use store::{DueList, Key, Row, Store, Writes};
use worker::{Report, Worker};

use crate::due::JobRun;
use crate::grouped::in_group;

/// Charges of an account in one turn: as many as one transaction takes.
const CHARGES_PER_TURN: usize = 24;

/// Works every shard of the due index, and returns the number of advanced charges. A failed charge is
/// logged and stays due for the next tick. It does not delay the others.
pub async fn handle(worker: &Worker) -> Result<Report, Error> {
    let run = &JobRun::start(worker, DueList::Charges);
    run.each_group(CHARGES_PER_TURN, |keys| async move {
        let charges: Vec<_> = keys.iter().filter_map(charge_ids).collect();
        run.add(advance_group(&worker.app, &charges).await);
        Ok(())
    })
    .await
}

fn charge_ids(key: &Key) -> Option<(AccountId, ChargeId)> {
    match key {
        Key::Charge(account_id, charge_id) => Some((*account_id, *charge_id)),
        _ => None,
    }
}

/// Advances charges of one account together, and returns how many it changed. A charge that fails is logged
/// and stays due.
async fn advance_group(app: &App, charges: &[(AccountId, ChargeId)]) -> u64 {
    let advance = |store: Store, (account_id, charge_id)| {
        Box::pin(async move { advance_charge(app, &store, account_id, charge_id).await })
    };
    let outcomes = Box::pin(in_group(app, charges, advance)).await;
    let mut moved = 0;
    for ((_, charge_id), outcome) in charges.iter().zip(outcomes) {
        match outcome {
            Ok(did) => moved += u64::from(did),
            // Another change of the charge came first.
            Err(Error::Stale) => {}
            Err(error) => {
                app.warn(&format!("{charge_id} not advanced; the next tick tries again"), &error)
            }
        }
    }
    moved
}

/// Advances a charge on fresh rows. Returns false if nothing is due: the index lags behind the table, so a
/// listed charge may be done already.
async fn advance_charge(
    app: &App,
    store: &Store,
    account_id: AccountId,
    charge_id: ChargeId,
) -> Result<bool, Error> {
    let moment = app.moment();
    let keys =
        [Key::Account(account_id), Key::Books(account_id), Key::Charge(account_id, charge_id)];
    let mut rows = store.read(&keys).await?.into_iter();
    let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
    let account: Account = row("account").and_then(Row::read)?;
    let books: Books = row("books").and_then(Row::read)?;
    let charge: Charge = row("charge").and_then(Row::read)?;
    if charge.due_payment(moment.now).is_some() {
        return Box::pin(receive(app, store, &charge, &moment)).await;
    }
    if charge.due_return(&moment).is_some() {
        return Box::pin(take_back(store, charge, &account, books, &moment)).await;
    }
    let (mut charge, mut after) = (charge, books.clone());
    let fees = account.fees.charge_fee(charge.paid_by());
    let Some(effects) = rails::advance_charge(&mut charge, &mut after, fees, &moment)? else {
        return Ok(false);
    };
    let writes = Writes::default().replace(&charge).record(&effects);
    let writes = if after == books { writes } else { writes.replace(&after) };
    store.commit(writes, &moment).await.map(|_| true)
}

/// Applies the payment that the network announced on a charge, which may become a credit, or the withdrawal of
/// its notice.
async fn receive(
    app: &App,
    store: &Store,
    charge: &Charge,
    moment: &Moment,
) -> Result<bool, Error> {
    let Some(update) = charge.due_payment(moment.now) else { return Ok(false) };
    let mut context = store.read_arrival_of(charge, update).await?;
    if context.charge.as_ref().map(|named| named.id) != Some(charge.id) {
        return Err(Error::internal("the announced payment names another charge"));
    }
    let Some(arrival) = rails::advance_arrival(&mut context, moment)? else { return Ok(false) };
    let peppers = app.secrets.peppers(moment.now).await?;
    let paid = arrival.payment.as_ref();
    let digest = paid.and_then(|payment| peppers.payer_digest(&payment.report.payer));
    let writes = Writes::default().record_arrival(&context, &arrival, digest);
    store.commit(writes, moment).await.map(|_| true)
}

/// Applies the fact that the network announced about money that it takes back, to the charge, the balance
/// block and the dispute.
async fn take_back(
    store: &Store,
    charge: Charge,
    account: &Account,
    books: Books,
    moment: &Moment,
) -> Result<bool, Error> {
    let Some(update) = charge.due_return(moment).cloned() else { return Ok(false) };
    let fee_cents = account.fees.dispute.fee_cents(charge.paid_by());
    let mut context = store.read_dispute_context(charge, books, &update).await?;
    let Some(effects) = rails::advance_return(&mut context, fee_cents, moment)? else {
        return Ok(false);
    };
    let writes = Writes::default().change_dispute(&context, &effects);
    store.commit(writes, moment).await.map(|_| true)
}
