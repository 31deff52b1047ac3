//! Every minute: what came due for charges. Expires the unpaid, credits what a network announced.
//!
//! The books of an account are one row, so its credits are written one after another, however many
//! functions write them. Those that are due together are therefore one transaction: the same events
//! and entries, and one change of the books for all of them (docs/performance.md).

use std::collections::HashMap;

use domain::account::Account;
use domain::charge::Charge;
use domain::kernel::{AccountId, ChargeId, Error};
use domain::ledger::{Books, Effects};
use edge::App;
use store::{DueList, Key, Row, Writes, at_once, decide_again};
use worker::Worker;

use crate::due::DuePages;

/// Rows of one transaction, the most DynamoDB takes.
const ROWS_MAX: usize = 100;
/// What the charges of a transaction share: the books, and the opening of a day.
const ROWS_SHARED: usize = 2;
/// What a charge brings at most: itself, its credit, its fee, its event.
const ROWS_EACH: usize = 4;
/// Charges of one transaction.
const TOGETHER_MAX: usize = (ROWS_MAX - ROWS_SHARED) / ROWS_EACH;
/// How often a group is tried before its charges are tried one by one.
const TRIES_MAX: usize = 3;
/// Keys that are looked at together: the charges of an account are spread over all shards.
const KEYS: usize = 1_000;

/// Goes through the due index and says how many charges moved on. One that fails is logged and comes
/// again with the next tick; it does not hold up the others.
pub async fn handle(worker: &Worker) -> Result<u64, Error> {
    let app = &worker.app;
    let (mut due, mut moved) = (DuePages::new(DueList::Charges, app.moment().now), 0);
    while let Some(keys) = due.next_many(&app.store, KEYS).await? {
        for (account_id, charges) in groups(keys) {
            moved += advance(app, account_id, &charges).await;
        }
    }
    Ok(moved)
}

/// The charges of each account, in their order, as many together as one transaction takes.
fn groups(keys: Vec<Key>) -> Vec<(AccountId, Vec<ChargeId>)> {
    let mut groups: Vec<(AccountId, Vec<ChargeId>)> = Vec::new();
    let mut open: HashMap<AccountId, usize> = HashMap::new();
    for key in keys {
        let Key::Charge(account_id, charge_id) = key else { continue };
        let room = |place: &&usize| groups[**place].1.len() < TOGETHER_MAX;
        match open.get(&account_id).filter(room) {
            Some(place) => groups[*place].1.push(charge_id),
            None => {
                open.insert(account_id, groups.len());
                groups.push((account_id, vec![charge_id]));
            }
        }
    }
    groups
}

/// Moves charges of one account on together; where that fails for one of them, each by itself.
async fn advance(app: &App, account_id: AccountId, charges: &[ChargeId]) -> u64 {
    let together = |_| advance_together(app, account_id, charges);
    match decide_again(at_once(TRIES_MAX), (), together).await {
        Ok(moved) => return moved,
        // The table does not answer, so it would not for each of them.
        Err(error @ Error::Unavailable(_)) => {
            let count = charges.len();
            app.warn(&format!("{count} charges of {account_id} not advanced"), &error);
            return 0;
        }
        Err(_) => {}
    }
    let mut moved = 0;
    for charge_id in charges {
        match advance_together(app, account_id, std::slice::from_ref(charge_id)).await {
            Ok(did) => moved += did,
            // Somebody else moved it on at this moment.
            Err(Error::Stale) => {}
            Err(error) => app.warn(&format!("{charge_id} not advanced"), &error),
        }
    }
    moved
}

/// Moves these charges on in one transaction, as many as one takes at most; says how many moved. One
/// that cannot be read or is refused is logged and left out. Everything is refused when one of them,
/// or the books, changed since it was read.
pub async fn advance_together(
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
            // The index lags behind the table: what it still lists may be done already.
            Ok(None) => {}
            Err(error) => app.warn(&format!("{charge_id} not advanced"), &error),
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

/// What came due for a charge. The books change only where it succeeds.
fn decide(
    mut charge: Charge,
    account: &Account,
    books: &mut Books,
    moment: &domain::kernel::Moment,
) -> Result<Option<(Charge, Effects)>, Error> {
    let mut after = books.clone();
    let effects = rails::advance(&mut charge, &mut after, &account.fees.pix, moment)?;
    *books = after;
    Ok(effects.map(|effects| (charge, effects)))
}

#[cfg(test)]
mod tests {
    use domain::kernel::Id;

    use super::*;

    /// Charges that are due, each by the number of its account.
    #[track_caller]
    fn check(due: &[u128], expected: &[(u128, &[usize])]) {
        let account = |number: u128| AccountId::from_ulid(number.into());
        let charge =
            |place: usize| ChargeId::from_ulid(u128::try_from(place).expect("a few").into());
        let keys = due.iter().enumerate();
        let keys = keys.map(|(place, number)| Key::Charge(account(*number), charge(place)));
        let expected: Vec<_> = expected
            .iter()
            .map(|(number, places)| {
                (account(*number), places.iter().map(|place| charge(*place)).collect())
            })
            .collect();
        assert_eq!(groups(keys.collect()), expected);
    }

    #[test]
    fn charges_of_one_account_come_together_in_their_order() {
        check(&[], &[]);
        check(&[1], &[(1, &[0])]);
        check(&[1, 2, 1, 3, 2, 1], &[(1, &[0, 2, 5]), (2, &[1, 4]), (3, &[3])]);
    }

    #[test]
    fn no_group_is_larger_than_a_transaction() {
        assert_eq!(TOGETHER_MAX, 24);
        let keys = |count: usize| {
            let account_id = AccountId::from_ulid(1_u128.into());
            let charge = ChargeId::from_ulid(1_u128.into());
            vec![Key::Charge(account_id, charge); count]
        };
        let sizes = |count| {
            let groups = groups(keys(count)).into_iter();
            groups.map(|(_, charges)| charges.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(24), [24]);
        assert_eq!(sizes(25), [24, 1]);
        assert_eq!(sizes(50), [24, 24, 2]);
    }

    /// What is no charge has no place here; the index says so by its partition.
    #[test]
    fn other_keys_are_left_alone() {
        let other = Key::Books(AccountId::from_ulid(1_u128.into()));
        assert!(groups(vec![other]).is_empty());
    }
}
