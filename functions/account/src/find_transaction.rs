//! `GET /v1/transactions/{id}`: show a charge, refund or payout with its history and its entries.

use domain::kernel::Error;
use domain::ledger::{Entry, TransactionRef};
use edge::{Call, Found, NoInput, Target, TargetScope};
use store::{Key, Row, Store};

use crate::transaction::{Transaction, TransactionView, transaction_key};

/// Entries that are shown at most, which are as many rows as one request reads. A payout that came
/// back in a hundred parts has more; these are its last.
const ENTRIES_MAX: usize = 100;

/// What the id of the path names.
pub struct TransactionTarget(Transaction);

impl Target for TransactionTarget {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        let (account_id, id) = (scope.account_id, scope.path.value("id"));
        let transaction = TransactionRef::try_from(id.to_owned());
        let transaction = transaction.map_err(|_| Error::NotFound("transaction"))?;
        Ok(vec![transaction_key(account_id, transaction)])
    }

    fn read(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        let row = rows.next().flatten().ok_or(Error::NotFound("transaction"))?;
        Transaction::read(row).map(Self)
    }
}

/// Shows it; its entries are read by their places, which are kept with it. People's documents are masked
/// for who may see statements and not the charge or payout itself.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, TransactionTarget>,
) -> Result<Found<TransactionView>, Error> {
    let account_id = call.account_id();
    let transaction = call.target.0.at(call.moment.now);
    let entry_positions = transaction.entry_positions();
    let last = &entry_positions[entry_positions.len().saturating_sub(ENTRIES_MAX)..];
    let keys: Vec<_> = last.iter().map(|position| Key::Entry(account_id, *position)).collect();
    let rows = store.read(&keys).await?.into_iter().flatten();
    let entries = rows.map(Row::read).collect::<Result<Vec<Entry>, _>>()?;
    Ok(Found(transaction.with(&entries, &call.principal.access())))
}
