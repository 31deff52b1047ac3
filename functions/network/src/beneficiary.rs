//! Checks the owner of the Pix key of a payout before the worker submits its order.
//!
//! The worker submits an order to a Pix key only after this look-up. It looks up only for an order that
//! the network does not have: the order was never submitted, or the network says so.

use directory::{LookupError, look_up};
use domain::kernel::{Error, Moment};
use domain::payout::{Payout, PayoutReason, PayoutUpdate};
use jiff::SignedDuration;

use crate::OrderWorker;
use crate::network_action::PreSubmitCheck;

/// The delay after which the worker looks up again if the directory did not respond. One minute, as
/// after the first missing response of the network.
const DIRECTORY_RETRY_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// Looks up the owner of the key. Only for an order that the network does not have: the worker never
/// rejects an order of the network because of the directory.
pub(crate) async fn check(
    worker: &OrderWorker,
    payout: &Payout,
    moment: &Moment,
) -> PreSubmitCheck<PayoutUpdate> {
    let Some(key) = payout.pix_key() else { return PreSubmitCheck::Proceed };
    let (app, account_id) = (worker.app(), payout.account_id);
    let defer = |cause: Error, at| {
        app.warn(
            &format!("{}: Pix key not looked up; the worker looks up again", payout.id),
            &cause,
        );
        PreSubmitCheck::Defer(at)
    };
    let reject = |reason| PreSubmitCheck::Reject(PayoutUpdate::Rejected { reason });
    let directory = match worker.rails.directory(account_id) {
        Ok(directory) => directory,
        Err(error) => return defer(error, moment.now + DIRECTORY_RETRY_AFTER),
    };
    let lookup = look_up(&app.store, directory, account_id, key, None, None, moment).await;
    match lookup.map(|lookup| lookup.owner) {
        Ok(None) => reject(PayoutReason::PixKeyNotFound),
        Ok(Some(owner)) => match &payout.beneficiary {
            Some(named) if named.document != owner.document => {
                reject(PayoutReason::BeneficiaryMismatch)
            }
            _ => PreSubmitCheck::Proceed,
        },
        Err(LookupError::Spent(refused)) => {
            let at = refused.retry_at;
            defer(LookupError::Spent(refused).into_error(moment.now), at)
        }
        Err(unanswered) => {
            defer(unanswered.into_error(moment.now), moment.now + DIRECTORY_RETRY_AFTER)
        }
    }
}

/// Adds the reward of the order to the account's budget. Best effort: the order is submitted already,
/// and the budget refills with time.
pub(crate) async fn reward(worker: &OrderWorker, payout: &Payout, moment: &Moment) {
    let Some(key) = payout.pix_key() else { return };
    let app = worker.app();
    if let Err(error) = directory::reward(&app.store, payout.account_id, key, moment).await {
        app.warn(&format!("{}: no reward for the budget of key look-ups", payout.id), &error);
    }
}
