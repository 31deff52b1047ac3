//! Checks the owner of the Pix key of a payout before the worker submits its order.
//!
//! The worker submits an order to a Pix key only after this look-up. It looks up only for an order that
//! the network does not have: the order was never submitted, or the network says so.

use directory::{LookupError, look_up};
use domain::kernel::{Error, FailureCode, Moment};
use domain::network::{LookupPurpose, OutboundOrder};
use domain::payout::{CheckedOwner, Payout, PayoutUpdate};
use jiff::{SignedDuration, Timestamp};
use runtime::{Level, Metric};
use serde_json::json;

use crate::OrderWorker;
use crate::network_action::PreSubmitCheck;

/// The delay after which the worker looks up again if the directory did not respond. One minute, as
/// after the first missing response of the network.
const DIRECTORY_RETRY_AFTER: SignedDuration = SignedDuration::from_mins(1);
/// Metric: payouts that wait because the account's budget of look-ups is spent.
const PAYOUTS_WITHOUT_LOOKUP: &str = "payouts_without_lookup";

/// Looks up the owner of the key and records it as the recipient. Only for an order that the network does
/// not have: the worker never rejects an order of the network because of the directory.
pub(crate) async fn check(
    worker: &OrderWorker,
    payout: &mut Payout,
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
    let reject =
        |code: FailureCode| PreSubmitCheck::Reject(PayoutUpdate::Rejected { failure: code.into() });
    let directory = match worker.rails.directory(account_id) {
        Ok(directory) => directory,
        Err(error) => return defer(error, moment.now + DIRECTORY_RETRY_AFTER),
    };
    let asker = (account_id, LookupPurpose::Payout);
    let lookup = look_up(&app.store, directory, asker, key, None, None, moment).await;
    match lookup.map(|lookup| (lookup.owner, lookup.checked_at)) {
        Ok((None, _)) => reject(FailureCode::PixKeyNotFound),
        Ok((Some(owner), checked_at)) => match &payout.beneficiary {
            Some(named) if named.document != owner.document => {
                reject(FailureCode::BeneficiaryMismatch)
            }
            _ if payout.may_go_to(&owner) => {
                payout.record_key_owner(&owner, checked_at);
                PreSubmitCheck::Proceed
            }
            // Compliance decided about the earlier owner, and decides about a payout once.
            _ if payout.bound_to_owner || payout.kyc.is_some() => {
                reject(FailureCode::RecipientChanged)
            }
            _ => PreSubmitCheck::Withdraw(CheckedOwner { owner, checked_at }),
        },
        Err(LookupError::Spent(denied)) => {
            report_spent_budget(worker, payout, denied.retry_at());
            PreSubmitCheck::Defer(denied.retry_at())
        }
        Err(unanswered) => {
            defer(unanswered.into_error(moment.now), moment.now + DIRECTORY_RETRY_AFTER)
        }
    }
}

/// Writes the line that raises the alarm: no validation uses the reserve of payouts, so payouts to
/// unknown keys have spent it, and their operator can act before the network's window closes.
fn report_spent_budget(worker: &OrderWorker, payout: &Payout, retry_at: Timestamp) {
    let app = worker.app();
    let metrics = [Metric::count(PAYOUTS_WITHOUT_LOOKUP, 1)];
    let mut line = app.measured(Level::Error, ("consumer", "submit_orders"), &metrics);
    line["message"] = json!(format!(
        "{}: the payouts of the account have spent its budget of Pix key look-ups; find its payouts \
         to keys that do not exist and ask the customer to stop them (docs/runbook.md#lookups-spent)",
        payout.id
    ));
    line["account_id"] = json!(payout.account_id);
    line["retry_at"] = json!(retry_at);
    line["rejected_at"] = json!(payout.submit_deadline());
    app.log.line(&line);
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
