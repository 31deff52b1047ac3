//! Whose the PIX key of a payout is, before the network is told of its order.

use directory::{Unanswered, look_up};
use domain::{Error, Moment, Payout, PayoutReason};
use jiff::{SignedDuration, Timestamp};

use crate::Remitter;

/// When a directory that gave no answer is asked again.
const ASKED_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// What follows for the order.
pub(crate) enum Verdict {
    /// The network may be told of it.
    Goes,
    /// It goes to nobody, or to somebody else than was meant.
    Refused(PayoutReason),
    /// It is not known yet; at this time it is asked again.
    Later(Timestamp),
}

/// Asks whose the key is. Only for an order that the network does not have: what it has is never
/// refused for what the directory says.
pub(crate) async fn check(remitter: &Remitter, payout: &Payout, moment: &Moment) -> Verdict {
    let Some(key) = payout.pix_key() else { return Verdict::Goes };
    let (app, account_id) = (remitter.app(), payout.account_id);
    let asked = look_up(&app.store, &remitter.directory, account_id, key, None, moment).await;
    let later = |cause: Error, at| {
        app.warn(&format!("{}: the order waits for its PIX key", payout.id), &cause);
        Verdict::Later(at)
    };
    match asked.map(|lookup| lookup.owner) {
        Ok(None) => Verdict::Refused(PayoutReason::PixKeyNotFound),
        Ok(Some(owner)) => match &payout.beneficiary {
            Some(meant) if meant.document != owner.document => {
                Verdict::Refused(PayoutReason::BeneficiaryMismatch)
            }
            _ => Verdict::Goes,
        },
        Err(Unanswered::Spent(refused)) => {
            let at = refused.retry_at;
            later(Unanswered::Spent(refused).into_error(moment.now), at)
        }
        Err(unanswered) => later(unanswered.into_error(moment.now), moment.now + ASKED_AGAIN_AFTER),
    }
}

/// Gives back to the account's budget what the order earned. Best effort: the money is on its way
/// whatever becomes of this, and a budget that is too small fills up by itself.
pub(crate) async fn reward(remitter: &Remitter, payout: &Payout, moment: &Moment) {
    let Some(key) = payout.pix_key() else { return };
    let app = remitter.app();
    if let Err(error) = directory::reward(&app.store, payout.account_id, key, moment).await {
        app.warn(&format!("{}: its budget of key look-ups was not rewarded", payout.id), &error);
    }
}
