//! Asks the directory for the owner of the Pix key of a payout that waits for approval, so that users approve
//! an owner and not only a key.
//!
//! Nothing goes to the network here. Two workers at once both ask, and the second one finds the answer
//! remembered or the payout changed.

use directory::{Lookup, LookupError, look_up};
use domain::kernel::{AccountId, Error, PayoutId};
use domain::network::LookupPurpose;
use domain::payout::Payout;
use jiff::{SignedDuration, Timestamp};
use runtime::App;
use store::{Key, Store, decide_again, without_delay};

use crate::OrderWorker;

/// The delay after which the worker asks again if the directory did not respond.
const DIRECTORY_RETRY_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// How often the worker retries to record an answer when another writer changed the books. After that the
/// scheduler starts the check again.
const RECORD_ATTEMPTS_MAX: usize = 20;

/// Reads the payout, and asks for the owner of its key if that is due. Returns the payout if it has
/// something else to do.
pub(crate) async fn process(
    worker: &OrderWorker,
    account_id: AccountId,
    id: PayoutId,
) -> Result<Option<Payout>, Error> {
    let (app, moment) = (worker.app(), worker.app().moment());
    let payout = find(&app.store, account_id, id).await?;
    match payout.owner_check_due(moment.now) {
        None => return Ok(Some(payout)),
        Some(due_at) if due_at > moment.now => return Ok(None),
        Some(_) => {}
    }
    let Some(key) = payout.pix_key() else { return Ok(Some(payout)) };
    let directory = worker.rails.directory(account_id)?;
    let asker = (account_id, LookupPurpose::Approval);
    let answer = match look_up(&app.store, directory, asker, key, None, None, &moment).await {
        Ok(lookup) => OwnerAnswer::Owner(lookup),
        Err(LookupError::Spent(denied)) => OwnerAnswer::AskAgain(denied.retry_at()),
        Err(LookupError::Storage(error)) => return Err(error),
        Err(LookupError::NoResponse(cause)) => {
            let text = format!("{id}: owner of the Pix key not known; the worker asks again");
            app.warn(&text, &Error::unavailable(cause));
            OwnerAnswer::AskAgain(moment.now + DIRECTORY_RETRY_AFTER)
        }
    };
    record(app, payout, &answer).await.map(|()| None)
}

/// What the worker writes after the look-up.
enum OwnerAnswer {
    /// The directory answered.
    Owner(Lookup),
    /// The worker asks again at this time.
    AskAgain(Timestamp),
}

/// Records the answer, again on fresh rows if another writer came first.
async fn record(app: &App, payout: Payout, answer: &OwnerAnswer) -> Result<(), Error> {
    let (store, account_id, id) = (&app.store, payout.account_id, payout.id);
    decide_again(without_delay(RECORD_ATTEMPTS_MAX), payout, |payout| async move {
        let mut payout = match payout {
            Some(payout) => payout,
            None => find(store, account_id, id).await?,
        };
        let lookup = match answer {
            OwnerAnswer::Owner(lookup) => lookup,
            OwnerAnswer::AskAgain(until) => {
                payout.defer_owner_check(*until);
                return store.replace(&payout).await;
            }
        };
        let (mut funds, moment) = (store.read_funds(&payout).await?, app.moment());
        let (owner, checked_at) = (lookup.owner.clone(), lookup.checked_at);
        match payout.record_owner(owner, checked_at, &mut funds, &moment)? {
            Some(effects) => {
                let writes = store.payout_writes(&payout, (&funds, &effects), &moment).await?;
                store.commit(writes, &moment).await.map(drop)
            }
            None => Ok(()),
        }
    })
    .await
}

async fn find(store: &Store, account_id: AccountId, id: PayoutId) -> Result<Payout, Error> {
    store.find(&Key::Payout(account_id, id)).await?.ok_or(Error::NotFound("payout"))
}
