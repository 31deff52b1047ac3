//! Steps on charges.

use domain::charge::Charge;
use domain::ledger::{Effects, TransactionRef};

use super::Writes;
use crate::items::Location;

impl Writes {
    /// Opens a charge: the charge, its reference, its Pix location, and its effects.
    #[must_use]
    pub fn open_charge(self, charge: &Charge, effects: &Effects) -> Self {
        let (account_id, charge_id) = (charge.account_id, charge.id);
        let location = Location { token: charge.pix.txid.to_string(), account_id, charge_id };
        self.claim_reference(
            account_id,
            charge.reference.as_ref(),
            TransactionRef::Charge(charge_id),
        )
        .create(charge)
        .create(&location)
        .record(effects)
    }
}
