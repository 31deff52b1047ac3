//! A look-up whose answer is neither remembered nor taken from an earlier one.

use brazil::{LookupCost, PixKey};
use domain::kernel::{AccountId, Error, Moment};
use domain::network::{KeyBucket, KeyOwner, LookupBudgetRow, LookupPurpose};
use jiff::Timestamp;
use rails::{KeyDirectory, NoResponse};
use store::{Key, Row, Store, Writes, decide_again};

use crate::LookupError;
use crate::lookup::{NETWORK_TIMEOUT, contended, owner, waits};

/// The budgets of an account for both kinds of keys, read before it is known which kind is looked up.
#[derive(Debug, Clone, Default)]
pub struct BudgetRows(Vec<LookupBudgetRow>);

/// What a look-up costs in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupCharge {
    /// One token, as for a key that exists.
    Found,
    /// The whole reservation, as for a key that does not exist.
    Whole,
}

/// An answer of the directory, with the budget that is not settled yet.
#[derive(Debug)]
pub struct FreshAnswer {
    /// Owner of the key; `None` if the directory does not have the key.
    pub owner: Option<KeyOwner>,
    budget: LookupBudgetRow,
    purpose: LookupPurpose,
}

impl BudgetRows {
    /// Returns the keys of its rows.
    pub fn keys(account_id: AccountId) -> [Key; 2] {
        [KeyBucket::Contacts, KeyBucket::Documents].map(|kind| Key::LookupBudget(account_id, kind))
    }

    /// Reads the rows, in the order of [`BudgetRows::keys`].
    pub fn of(rows: &mut dyn Iterator<Item = Option<Row>>) -> Result<Self, Error> {
        rows.flatten().map(Row::read).collect::<Result<_, _>>().map(Self)
    }

    /// Takes the price of an unknown key from the share of a user, and returns the row to write.
    ///
    /// # Errors
    /// The share is spent.
    pub fn reserve(
        self,
        (account_id, purpose): (AccountId, LookupPurpose),
        bucket: KeyBucket,
        now: Timestamp,
    ) -> Result<LookupBudgetRow, LookupError> {
        let mut budget = self.of_bucket(account_id, bucket, now);
        budget.reserve(purpose, now)?;
        Ok(budget)
    }

    fn of_bucket(
        self,
        account_id: AccountId,
        bucket: KeyBucket,
        now: Timestamp,
    ) -> LookupBudgetRow {
        let found = self.0.into_iter().find(|row| row.bucket == bucket);
        found.unwrap_or_else(|| LookupBudgetRow::untouched(account_id, bucket, now))
    }
}

/// Asks the directory for the owner of a key, within the budget. `read` has the budgets that the caller
/// read. Afterwards the caller settles the price with [`FreshAnswer::settle`].
///
/// This makes one round trip to the table, and the settlement another one.
pub async fn look_up_fresh(
    store: &Store,
    directory: &dyn KeyDirectory,
    (account_id, purpose): (AccountId, LookupPurpose),
    key: &PixKey,
    read: BudgetRows,
    moment: &Moment,
) -> Result<FreshAnswer, LookupError> {
    let (now, bucket) = (moment.now, KeyBucket::of(key.kind()));
    let reserved = decide_again(waits(), read, |read| async move {
        let rows = match read {
            Some(rows) => rows,
            None => read_budgets(store, account_id).await?,
        };
        let mut budget = match rows.reserve((account_id, purpose), bucket, now) {
            Ok(budget) => budget,
            Err(spent) => return Ok(Err(spent)),
        };
        store.replace(&budget).await?;
        budget.version += 1;
        Ok(Ok(budget))
    });
    let budget = reserved.await.map_err(contended)??;
    let response = tokio::time::timeout(NETWORK_TIMEOUT, directory.look_up(key, now)).await;
    let entry = response.unwrap_or(Err(NoResponse::TimedOut))?;
    Ok(FreshAnswer { owner: entry.map(owner), budget, purpose })
}

impl FreshAnswer {
    /// Returns the tokens that the look-up did not cost. Never returns a stale error, because a caller that
    /// decides again would look up again.
    pub async fn settle(
        &self,
        store: &Store,
        charge: LookupCharge,
        moment: &Moment,
    ) -> Result<(), Error> {
        if charge == LookupCharge::Whole {
            return Ok(());
        }
        let (account_id, bucket) = (self.budget.account_id, self.budget.bucket);
        let settled = decide_again(waits(), self.budget.clone(), |budget| async move {
            let mut budget = match budget {
                Some(budget) => budget,
                None => {
                    let rows = read_budgets(store, account_id).await?;
                    rows.of_bucket(account_id, bucket, moment.now)
                }
            };
            budget.return_tokens(self.purpose, LookupCost::Found, moment.now);
            store.commit(Writes::default().replace(&budget), moment).await.map(drop)
        });
        settled.await.map_err(contended)
    }
}

async fn read_budgets(store: &Store, account_id: AccountId) -> Result<BudgetRows, Error> {
    let rows = store.read(&BudgetRows::keys(account_id)).await?;
    BudgetRows::of(&mut rows.into_iter())
}
