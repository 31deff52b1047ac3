//! Every minute: expires unpaid charges and applies due network updates.
//!
//! The books of an account are one row, so its credits are written one after another, even by
//! several functions. So one transaction credits all due charges of an account: the same events
//! and entries, and one change of the books for all of them (docs/performance.md).

use domain::account::Account;
use domain::charge::Charge;
use domain::kernel::{AccountId, ChargeId, Error};
use domain::ledger::{Books, Effects};
use runtime::App;
use store::{DueList, Key, Row, Writes, decide_again, without_delay};
use worker::Worker;

use crate::due::{RunTime, Turns};

/// Maximum number of rows that DynamoDB accepts in a transaction.
const ROWS_MAX: usize = 100;
/// Rows that the charges of a transaction share: the books, and the opening of a day.
const ROWS_SHARED: usize = 2;
/// Maximum number of rows of one charge: the charge, its credit, its fee, its event.
const ROWS_PER_CHARGE: usize = 4;
/// Maximum number of charges in one transaction.
const GROUP_CHARGES_MAX: usize = (ROWS_MAX - ROWS_SHARED) / ROWS_PER_CHARGE;
/// Attempts to advance a group before each charge is advanced alone.
const GROUP_ATTEMPTS_MAX: usize = 3;

/// Reads the due index and returns the number of advanced charges. A failed charge is logged and
/// stays due for the next tick. It does not delay the others, and the accounts take turns.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let app = &worker.app;
    let time = RunTime::start(app);
    let mut turns = Turns::read(&app.store, DueList::Charges, time.began(), &time).await?;
    let mut moved = 0;
    while let Some((account_id, keys)) = turns.next_group(GROUP_CHARGES_MAX) {
        if !time.is_left() {
            break;
        }
        let charges: Vec<_> = keys.iter().filter_map(charge_id).collect();
        moved += advance(app, account_id, &charges).await;
    }
    Ok(moved)
}

fn charge_id(key: &Key) -> Option<ChargeId> {
    match key {
        Key::Charge(_, charge_id) => Some(*charge_id),
        _ => None,
    }
}

/// Advances charges of one account together. If that fails for one of them, advances each alone.
async fn advance(app: &App, account_id: AccountId, charges: &[ChargeId]) -> u64 {
    let group = |_| advance_group(app, account_id, charges);
    match decide_again(without_delay(GROUP_ATTEMPTS_MAX), (), group).await {
        Ok(moved) => return moved,
        // The table does not answer, so single charges would fail too.
        Err(error @ Error::Unavailable(_)) => {
            let count = charges.len();
            let text =
                format!("{count} charges of {account_id} not advanced; the next tick tries again");
            app.warn(&text, &error);
            return 0;
        }
        Err(_) => {}
    }
    let mut moved = 0;
    for charge_id in charges {
        match advance_group(app, account_id, std::slice::from_ref(charge_id)).await {
            Ok(did) => moved += did,
            // Another change of the charge came first.
            Err(Error::Stale) => {}
            Err(error) => {
                app.warn(&format!("{charge_id} not advanced; the next tick tries again"), &error)
            }
        }
    }
    moved
}

/// Advances these charges in one transaction, which must not exceed its limit; returns the number
/// of changed charges. A charge that cannot be read or fails is logged and left out.
///
/// # Errors
/// `Stale` if one of the charges, or the books, changed since it was read.
pub async fn advance_group(
    app: &App,
    account_id: AccountId,
    charges: &[ChargeId],
) -> Result<u64, Error> {
    let moment = app.moment();
    let mut keys = vec![Key::Account(account_id), Key::Books(account_id)];
    keys.extend(charges.iter().map(|charge_id| Key::Charge(account_id, *charge_id)));
    let mut rows = app.store.read(&keys).await?.into_iter();
    let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
    let account: Account = row("account").and_then(Row::read)?;
    let mut books: Books = row("books").and_then(Row::read)?;
    let (mut writes, mut moved, mut money) = (Writes::default(), 0, false);
    for charge_id in charges {
        let read = row("charge").and_then(Row::read);
        match read.and_then(|charge| decide(charge, &account, &mut books, &moment)) {
            Ok(Some((charge, effects))) => {
                writes = writes.replace(&charge).record(&effects);
                money |= !effects.entries.is_empty();
                moved += 1;
            }
            // The index lags behind the table, so a listed charge may be done already.
            Ok(None) => {}
            Err(error) => {
                app.warn(&format!("{charge_id} not advanced; the next tick tries again"), &error)
            }
        }
    }
    if moved == 0 {
        return Ok(0);
    }
    if money {
        writes = writes.replace(&books);
    }
    app.store.commit(writes, &moment).await?;
    Ok(moved)
}

/// Advances a charge. The books change only if it succeeds.
fn decide(
    mut charge: Charge,
    account: &Account,
    books: &mut Books,
    moment: &domain::kernel::Moment,
) -> Result<Option<(Charge, Effects)>, Error> {
    let mut after = books.clone();
    let fees = account.fees.charge_fee(charge.method.kind());
    let effects = rails::advance_charge(&mut charge, &mut after, fees, moment)?;
    *books = after;
    Ok(effects.map(|effects| (charge, effects)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_group_is_larger_than_a_transaction() {
        assert_eq!(GROUP_CHARGES_MAX, 24);
    }
}
