//! Whose the PIX key of a payout is, before the network is told of its order.
//!
//! An order to a PIX key goes once that is known. It is looked up only for an order that the network
//! does not have, because it was never told or says so.

use directory::{Unanswered, look_up};
use domain::kernel::{Error, Moment};
use domain::payout::{Payout, PayoutReason, PayoutUpdate};
use jiff::SignedDuration;

use crate::OrderWorker;
use crate::network_action::PreSubmitCheck;

/// When a directory that gave no answer is asked again.
const DIRECTORY_RETRY_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// Asks whose the key is. Only for an order that the network does not have: what it has is never
/// refused for what the directory says.
pub(crate) async fn check(
    worker: &OrderWorker,
    payout: &Payout,
    moment: &Moment,
) -> PreSubmitCheck<PayoutUpdate> {
    let Some(key) = payout.pix_key() else { return PreSubmitCheck::Proceed };
    let (app, account_id) = (worker.app(), payout.account_id);
    let later = |cause: Error, at| {
        app.warn(&format!("{}: the order waits for its PIX key", payout.id), &cause);
        PreSubmitCheck::Defer(at)
    };
    let refused = |reason| PreSubmitCheck::Reject(PayoutUpdate::Rejected { reason });
    let directory = match worker.rails.directory(account_id) {
        Ok(directory) => directory,
        Err(error) => return later(error, moment.now + DIRECTORY_RETRY_AFTER),
    };
    let lookup = look_up(&app.store, directory, account_id, key, None, moment).await;
    match lookup.map(|lookup| lookup.owner) {
        Ok(None) => refused(PayoutReason::PixKeyNotFound),
        Ok(Some(owner)) => match &payout.beneficiary {
            Some(meant) if meant.document != owner.document => {
                refused(PayoutReason::BeneficiaryMismatch)
            }
            _ => PreSubmitCheck::Proceed,
        },
        Err(Unanswered::Spent(refused)) => {
            let at = refused.retry_at;
            later(Unanswered::Spent(refused).into_error(moment.now), at)
        }
        Err(unanswered) => {
            later(unanswered.into_error(moment.now), moment.now + DIRECTORY_RETRY_AFTER)
        }
    }
}

/// Gives back to the account's budget what the order earned. Best effort: the money is on its way
/// whatever becomes of this, and a budget that is too small fills up by itself.
pub(crate) async fn reward(worker: &OrderWorker, payout: &Payout, moment: &Moment) {
    let Some(key) = payout.pix_key() else { return };
    let app = worker.app();
    if let Err(error) = directory::reward(&app.store, payout.account_id, key, moment).await {
        app.warn(&format!("{}: its budget of key look-ups was not rewarded", payout.id), &error);
    }
}
