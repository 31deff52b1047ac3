//! The terms of the payouts of the caller's account.

use domain::kernel::Error;
use domain::payout::Terms;
use edge::PayoutRules;
use rails::Rails;

/// Returns the terms. Fails if no rail pays out for the account.
pub(crate) fn terms(rules: &PayoutRules, rails: &Rails) -> Result<Terms, Error> {
    Ok(Terms {
        fees: rules.account.fees.payout,
        settings: rules.settings.clone(),
        ispb: rails.participant(rules.account.id)?,
    })
}
