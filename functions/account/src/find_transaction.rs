//! `GET /v1/transactions/{id}`: show a charge, refund, payout or credit with its history and its ledger
//! entries.

use domain::kernel::Error;
use domain::ledger::{Entry, TransactionRef};
use edge::{Call, NoInput, OkJson, Rows, Searchable, Target, TargetScope};
use store::{Key, Row, Store};

use crate::transaction::{Transaction, TransactionView};

/// Maximum number of entries in the answer, because one request reads at most 100 rows. A payout
/// that was returned in a hundred parts has more; the answer has the last ones.
const ENTRIES_MAX: usize = 100;

/// The transaction that the id in the path names.
pub struct TransactionTarget(Transaction);

impl TransactionTarget {
    fn key(scope: &TargetScope<'_>) -> Result<Key, Error> {
        let (account_id, id) = (scope.account_id, scope.path.value("id"));
        let transaction = TransactionRef::try_from(id.to_owned());
        let transaction = transaction.map_err(|_| Error::NotFound("transaction"))?;
        Key::transaction(account_id, transaction).ok_or(Error::NotFound("transaction"))
    }
}

impl Target for TransactionTarget {
    fn keys(scope: &TargetScope<'_>) -> Result<Vec<Key>, Error> {
        Ok(vec![Self::key(scope)?])
    }

    fn read(scope: &TargetScope<'_>, rows: &Rows) -> Result<Self, Error> {
        let row = rows.row(&Self::key(scope)?).ok_or(Error::NotFound("transaction"))?;
        Transaction::of_row(row).map(Self)
    }
}

/// Shows the transaction. Its row has the positions of its entries, so they are read by key.
/// Documents of people are masked for callers that may read statements but not the charge or payout
/// itself.
pub async fn handle(
    store: &Store,
    call: Call<NoInput, TransactionTarget>,
) -> Result<OkJson<TransactionView>, Error> {
    let account_id = call.account_id();
    let now = call.moment.now;
    let transaction = call.target.0.at(now);
    let entry_positions = transaction.entry_positions();
    let last = &entry_positions[entry_positions.len().saturating_sub(ENTRIES_MAX)..];
    let keys: Vec<_> = last.iter().map(|position| Key::Entry(account_id, *position)).collect();
    let rows = store.read(&keys).await?.into_iter().flatten();
    let entries = rows.map(Row::read).collect::<Result<Vec<Entry>, _>>()?;
    Ok(OkJson(transaction.with_entries(&entries, &call.principal.access(), now)))
}
