//! Writes a changed payout together with what it tells about its saved destination.

use domain::beneficiary::{SavedBeneficiary, tells_about_destination};
use domain::kernel::{Error, Moment};
use domain::ledger::{Effects, Funds};
use domain::payout::Payout;

use crate::{Key, Store, Writes};

impl Store {
    /// Returns the writes of a changed payout. If the payout checked its saved destination, or another person
    /// owns that, the writes record it on the beneficiary too: both happen or neither does. Only such a payout
    /// reads a row for it.
    pub async fn payout_writes(
        &self,
        payout: &Payout,
        (funds, effects): (&Funds, &Effects),
        moment: &Moment,
    ) -> Result<Writes, Error> {
        let writes = Writes::default().change_payout(payout, funds, effects);
        // A report that was applied before has no event, and tells nothing new.
        let ended = !effects.events.is_empty() && tells_about_destination(payout);
        let saved = payout.saved.filter(|_| ended);
        let Some(saved) = saved else { return Ok(writes) };
        let key = Key::Beneficiary(payout.account_id, saved.beneficiary_id);
        let Some(mut beneficiary) = self.find::<SavedBeneficiary>(&key).await? else {
            return Ok(writes);
        };
        let reference = beneficiary.reference.clone();
        Ok(match beneficiary.record_payout(payout, moment)? {
            Some(event) => writes.change_beneficiary(&beneficiary, reference.as_ref(), &event),
            None => writes,
        })
    }
}
