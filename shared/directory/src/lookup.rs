//! One look-up: remembered, or reserved, asked and given back.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use brazil::{LookupCost, PixKey};
use domain::kernel::{AccountId, Error, Moment};
use domain::network::{KeyBucket, KeyOwner, KnownKey, Lookups};
use jiff::Timestamp;
use rails::{DirectoryEntry, KeyDirectory, NoResponse};
use store::{Store, Writes, decide_again};

use crate::known_lookup::digest;
use crate::{KnownLookup, Unanswered};

/// How long the directory has. It answers in a fraction of a second; an operation of the API gives up
/// after 7 seconds, and a payout has two more answers to wait for.
const NETWORK_TIMEOUT: Duration = Duration::from_secs(5);
/// How often the budget is taken up again because another look-up was faster. The waits in
/// between are 5 to 200 ms, some 4 seconds in all.
const AGAIN_MAX: usize = 24;

/// What is known of a key.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// Whose it is; none if the directory does not know it.
    pub owner: Option<KeyOwner>,
    /// When the directory was asked.
    pub checked_at: Timestamp,
    /// Whether that was an earlier look-up.
    pub from_cache: bool,
    /// The tokens that are left in the budget of this kind of key.
    pub lookups_left: u64,
}

impl Lookup {
    fn new(known: KnownKey, from_cache: bool, lookups_left: u64) -> Self {
        let KnownKey { owner, checked_at, .. } = known;
        Self { owner, checked_at, from_cache, lookups_left }
    }
}

/// Says whose a key is. `seen` is what was read of it already; otherwise it is read here.
///
/// What is remembered costs nothing and writes nothing. Otherwise this is three round trips to the
/// table: the read, the reservation, and the answer with what is given back. Two look-ups of one key
/// at the same moment both ask: both have reserved, so the budget is right.
pub async fn look_up(
    store: &Store,
    directory: &KeyDirectory,
    account_id: AccountId,
    key: &PixKey,
    seen: Option<KnownLookup>,
    moment: &Moment,
) -> Result<Lookup, Unanswered> {
    let now = moment.now;
    let lookups = match reserve(store, account_id, key, seen, now).await? {
        Reserved::Known(known, left) => return Ok(Lookup::new(known, true, left)),
        Reserved::Taken(lookups) => lookups,
    };
    let answer = tokio::time::timeout(NETWORK_TIMEOUT, directory.look_up(key)).await;
    let entry = answer.unwrap_or(Err(NoResponse::TimedOut))?;
    let known =
        KnownKey { account_id, key_digest: digest(key), owner: entry.map(owner), checked_at: now };
    let left = give_back(store, lookups, key, &known, moment).await?;
    Ok(Lookup::new(known, false, left))
}

/// Gives back what a payment order to this key earns. To be called once the network has taken it.
pub async fn reward(
    store: &Store,
    account_id: AccountId,
    key: &PixKey,
    moment: &Moment,
) -> Result<(), Error> {
    decide_again(waits(), (), |_| async move {
        // Nothing was ever taken from a budget that has no row.
        let Some(mut lookups) = KnownLookup::read(store, account_id, key).await?.lookups else {
            return Ok(());
        };
        lookups.budget.ordered(moment.now);
        // A transaction, though it is one row: sent again it counts once.
        store.commit(Writes::default().replace(&lookups), moment).await.map(drop)
    })
    .await
    .map_err(crowded)
}

enum Reserved {
    /// It is remembered, with so many tokens left.
    Known(KnownKey, u64),
    /// The most it can cost was taken from this budget.
    Taken(Lookups),
}

/// Takes the most that a look-up can cost, unless the answer is remembered.
///
/// An answer to the write that is lost can make it look like somebody else's: then it is taken
/// twice, which a minute makes good.
async fn reserve(
    store: &Store,
    account_id: AccountId,
    key: &PixKey,
    seen: Option<KnownLookup>,
    now: Timestamp,
) -> Result<Reserved, Unanswered> {
    let reserved = decide_again(waits(), seen, |seen| async move {
        let KnownLookup { lookups, known } = match seen.flatten() {
            Some(seen) => seen,
            None => KnownLookup::read(store, account_id, key).await?,
        };
        let bucket = KeyBucket::of(key.kind());
        let untouched = || Lookups::untouched(account_id, bucket, now);
        let mut lookups = lookups.unwrap_or_else(untouched);
        if let Some(known) = known.filter(|known| known.is_fresh(now)) {
            return Ok(Ok(Reserved::Known(known, lookups.budget.tokens(now))));
        }
        if let Err(spent) = lookups.budget.reserve(now) {
            return Ok(Err(spent.into()));
        }
        store.replace(&lookups).await?;
        lookups.version += 1;
        Ok(Ok(Reserved::Taken(lookups)))
    });
    reserved.await.map_err(crowded)?
}

/// Remembers the answer and gives back what it did not cost, in one transaction; the tokens that are
/// left. Never stale: whoever decided again would ask again.
async fn give_back(
    store: &Store,
    lookups: Lookups,
    key: &PixKey,
    known: &KnownKey,
    moment: &Moment,
) -> Result<u64, Error> {
    let now = moment.now;
    let cost = if known.owner.is_some() { LookupCost::Found } else { LookupCost::NotFound };
    decide_again(waits(), lookups, |lookups| async move {
        let mut lookups = match lookups {
            Some(lookups) => lookups,
            None => {
                let read = KnownLookup::read(store, known.account_id, key).await?.lookups;
                read.ok_or_else(|| Error::internal("a budget that was taken from is gone"))?
            }
        };
        let mut writes = Writes::default().remember(known);
        // A key that is nobody's has cost all that was reserved.
        if cost != LookupCost::NotFound {
            lookups.budget.give_back(cost, now);
            writes = writes.replace(&lookups);
        }
        store.commit(writes, moment).await?;
        Ok(lookups.budget.tokens(now))
    })
    .await
    .map_err(crowded)
}

fn owner(entry: DirectoryEntry) -> KeyOwner {
    KeyOwner {
        name: entry.owner_name,
        document: entry.owner_document,
        ispb: entry.bank.ispb().to_owned(),
        account_kind: entry.account_kind,
    }
}

fn waits() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(5))
        .with_max_delay(Duration::from_millis(200))
        .with_max_times(AGAIN_MAX - 1)
        .with_jitter()
        .build()
}

fn crowded(error: Error) -> Error {
    match error {
        Error::Stale => Error::unavailable("the budget of key look-ups kept changing"),
        other => other,
    }
}
