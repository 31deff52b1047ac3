//! The terms of the payouts of the caller's account.

use domain::account::Stage;
use domain::kernel::Error;
use domain::payout::Terms;
use edge::PayoutRules;

/// Returns the terms for the network of this stage. Fails if the stage has no network.
pub(crate) fn terms(rules: &PayoutRules, stage: Stage) -> Result<Terms, Error> {
    Ok(Terms {
        fees: rules.account.fees.payout,
        settings: rules.settings.clone(),
        ispb: rails::participant(stage)?,
    })
}
