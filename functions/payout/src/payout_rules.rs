//! What payouts of the caller's account are opened and let go under.

use domain::account::Stage;
use domain::kernel::Error;
use domain::payout::Terms;
use edge::PayoutRules;

/// The terms, for the stage's network; refuses where there is none.
pub(crate) fn terms(rules: &PayoutRules, stage: Stage) -> Result<Terms, Error> {
    Ok(Terms {
        fees: rules.account.fees.payout,
        settings: rules.settings.clone(),
        ispb: rails::participant(stage)?,
    })
}
