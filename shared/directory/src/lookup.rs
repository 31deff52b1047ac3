//! One look-up: a remembered answer, or a reservation, a call to the directory and a refund of tokens.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use brazil::{LookupCost, PixKey};
use domain::access::AuditEvent;
use domain::kernel::{AccountId, Error, Moment};
use domain::network::{CachedKeyOwner, KeyBucket, KeyOwner, LookupBudgetRow, LookupPurpose};
use jiff::Timestamp;
use rails::{DirectoryEntry, KeyDirectory, NoResponse};
use store::{Store, Writes, decide_again};

use crate::lookup_rows::digest;
use crate::{LookupError, LookupRows};

/// The time that the directory has for a response. It needs a fraction of a second. An operation of the
/// API gives up after 7 seconds, and a payout also waits for two responses of the network.
pub(crate) const NETWORK_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a function reads the budget again because another look-up changed it. The waits in between
/// are 5 to 200 ms, about 4 seconds in all.
const RETRIES_MAX: usize = 24;

/// The answer to a look-up.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// Owner of the key; `None` if the directory does not have the key.
    pub owner: Option<KeyOwner>,
    /// Time of the call to the directory.
    pub checked_at: Timestamp,
    /// Whether the answer comes from an earlier look-up.
    pub from_cache: bool,
    /// Tokens left in the budget of this kind of key.
    pub lookups_left: u64,
}

impl Lookup {
    fn new(known_key: CachedKeyOwner, from_cache: bool, lookups_left: u64) -> Self {
        let CachedKeyOwner { owner, checked_at, .. } = known_key;
        Self { owner, checked_at, from_cache, lookups_left }
    }
}

/// Looks up the owner of a key. `read` has the rows if the caller read them already. The purpose
/// decides which tokens of the account the look-up may use. `audit` is written with an answer of the
/// directory.
///
/// A remembered answer costs no tokens and writes nothing. Otherwise this makes three round trips to
/// the table: the read, the reservation, and the answer with the returned tokens. Two look-ups of one
/// key at the same time both call the directory; both have reserved, so the budget is right.
pub async fn look_up(
    store: &Store,
    directory: &dyn KeyDirectory,
    (account_id, purpose): (AccountId, LookupPurpose),
    key: &PixKey,
    read: Option<LookupRows>,
    audit: Option<&AuditEvent>,
    moment: &Moment,
) -> Result<Lookup, LookupError> {
    let now = moment.now;
    let lookups = match reserve(store, (account_id, purpose), key, read, now).await? {
        Reservation::Cached(known_key, left) => return Ok(Lookup::new(known_key, true, left)),
        Reservation::Budget(lookups) => lookups,
    };
    let response = tokio::time::timeout(NETWORK_TIMEOUT, directory.look_up(key, now)).await;
    let entry = response.unwrap_or(Err(NoResponse::TimedOut))?;
    let known_key = CachedKeyOwner {
        account_id,
        key_digest: digest(key),
        owner: entry.map(owner),
        checked_at: now,
    };
    // The line is a transaction of its own, at the same time: look-ups of one account meet at the
    // budget, and each meeting would write the line again.
    let record = async {
        let writes = audit.map(|line| Writes::default().create(line));
        match writes {
            Some(writes) => store.commit(writes, moment).await.map(drop),
            None => Ok(()),
        }
    };
    let returned = return_tokens(store, (lookups, purpose), key, &known_key, moment);
    let (left, ()) = tokio::try_join!(returned, record)?;
    Ok(Lookup::new(known_key, false, left))
}

/// Adds the reward of a payment to this key to the budget. The caller calls this after the network
/// accepted the order.
pub async fn reward(
    store: &Store,
    account_id: AccountId,
    key: &PixKey,
    moment: &Moment,
) -> Result<(), Error> {
    decide_again(waits(), (), |_| async move {
        // A budget without a row is full.
        let Some(mut lookups) = LookupRows::read(store, account_id, key).await?.lookups else {
            return Ok(());
        };
        lookups.budget.ordered(moment.now);
        // A transaction, although it is one row: the store executes a retry of it only once.
        store.commit(Writes::default().replace(&lookups), moment).await.map(drop)
    })
    .await
    .map_err(contended)
}

enum Reservation {
    /// The answer is remembered. The number is the tokens left.
    Cached(CachedKeyOwner, u64),
    /// The highest cost was taken from this budget.
    Budget(LookupBudgetRow),
}

/// Reserves the highest cost of a look-up, unless the answer is remembered.
///
/// If the response to the write is lost, its retry finds a changed version and reserves a second time.
/// The budget refills within a minute.
async fn reserve(
    store: &Store,
    (account_id, purpose): (AccountId, LookupPurpose),
    key: &PixKey,
    read: Option<LookupRows>,
    now: Timestamp,
) -> Result<Reservation, LookupError> {
    let reserved = decide_again(waits(), read, |read| async move {
        let LookupRows { lookups, known_key } = match read.flatten() {
            Some(rows) => rows,
            None => LookupRows::read(store, account_id, key).await?,
        };
        let bucket = KeyBucket::of(key.kind());
        let untouched = || LookupBudgetRow::untouched(account_id, bucket, now);
        let mut lookups = lookups.unwrap_or_else(untouched);
        if let Some(known_key) = known_key.filter(|known_key| known_key.is_fresh(now)) {
            return Ok(Ok(Reservation::Cached(known_key, lookups.budget.tokens(now))));
        }
        if let Err(denied) = lookups.reserve(purpose, now) {
            return Ok(Err(denied.into()));
        }
        store.replace(&lookups).await?;
        lookups.version += 1;
        Ok(Ok(Reservation::Budget(lookups)))
    });
    reserved.await.map_err(contended)?
}

/// Records the answer and returns the tokens that it did not cost, in one transaction. Returns the
/// tokens left. Never returns a stale error, because a caller that decides again would look up again.
async fn return_tokens(
    store: &Store,
    (lookups, purpose): (LookupBudgetRow, LookupPurpose),
    key: &PixKey,
    known_key: &CachedKeyOwner,
    moment: &Moment,
) -> Result<u64, Error> {
    let now = moment.now;
    let cost = if known_key.owner.is_some() { LookupCost::Found } else { LookupCost::NotFound };
    decide_again(waits(), lookups, |lookups| async move {
        let mut lookups = match lookups {
            Some(lookups) => lookups,
            None => {
                let read = LookupRows::read(store, known_key.account_id, key).await?.lookups;
                read.ok_or_else(|| Error::internal("the row of a reserved budget is missing"))?
            }
        };
        let mut writes = Writes::default().save_known_key(known_key);
        // A key that does not exist costs the whole reservation.
        if cost != LookupCost::NotFound {
            lookups.return_tokens(purpose, cost, now);
            writes = writes.replace(&lookups);
        }
        store.commit(writes, moment).await?;
        Ok(lookups.budget.tokens(now))
    })
    .await
    .map_err(contended)
}

pub(crate) fn owner(entry: DirectoryEntry) -> KeyOwner {
    KeyOwner {
        name: entry.owner_name,
        document: entry.owner_document,
        ispb: entry.bank.ispb().to_owned(),
        account_kind: entry.account_kind,
    }
}

pub(crate) fn waits() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(200))
        .with_max_times(RETRIES_MAX - 1)
        .with_jitter()
        .build()
}

pub(crate) fn contended(error: Error) -> Error {
    match error {
        Error::Stale => Error::unavailable("the budget of key look-ups changed at every attempt"),
        other => other,
    }
}
