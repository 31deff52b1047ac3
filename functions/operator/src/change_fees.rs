//! `operator.change_fees`: change the prices of an account.

use domain::access::AuditAction;
use domain::account::{AnticipationFee, DisputeFees, FeeSchedule, Fees};
use domain::kernel::{AccountId, Error};
use runtime::App;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Writes;

use crate::account::{FeeInput, OperatorTrail, find_account};
use crate::{CommandFailure, Invocation};

/// The account and its new prices.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangeFeesInput {
    account_id: String,
    fees: ChangedFeesInput,
}

/// The new prices. `pix` and `payout` are required, so that neither changes because it was left out.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangedFeesInput {
    pix: FeeInput,
    /// Price of a charge that is paid by boleto; that of `pix` if absent.
    boleto: Option<FeeInput>,
    /// Price of a charge that is paid by card; that of `pix` if absent.
    card: Option<FeeInput>,
    /// Price of early payments of instalments; none are offered if absent.
    anticipation: Option<AnticipationFee>,
    payout: FeeInput,
    /// Prices of disputes; none if absent.
    dispute: Option<DisputeFees>,
}

/// The prices before and after.
#[derive(Serialize)]
pub struct ChangedFees {
    account_id: AccountId,
    before: Fees,
    after: Fees,
}

/// Replaces the prices. A charge has the price of the moment at which it is paid, a payout the price of
/// the moment at which its money is held.
pub async fn handle(
    app: &App,
    invocation: Invocation<ChangeFeesInput>,
) -> Result<ChangedFees, CommandFailure> {
    let Invocation { input, moment, request_id } = invocation;
    let ChangedFeesInput { pix, boleto, card, anticipation, payout, dispute } = input.fees;
    let (boleto, card) = (boleto.map(FeeSchedule::from), card.map(FeeSchedule::from));
    let dispute = dispute.unwrap_or_default();
    let (pix, payout) = (pix.into(), payout.into());
    let after = Fees { pix, boleto, card, anticipation, payout, dispute };
    let flaws = after.flaws();
    if !flaws.is_empty() {
        return Err(Error::Invalid(flaws).into());
    }
    let mut account = find_account(app, &input.account_id).await?;
    let (account_id, before) = (account.id, account.fees);
    account.fees = after;
    let trail = OperatorTrail { account_id, request_id: &request_id, moment: &moment };
    let (old, new) = (json!(before), json!(after));
    let line = trail.line(AuditAction::AccountFeesChanged, account_id, old, new);
    app.store.commit(Writes::default().replace(&account).create(&line), &moment).await?;
    Ok(ChangedFees { account_id, before, after })
}
