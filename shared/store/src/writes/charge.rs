//! Steps on charges.

use domain::charge::{Charge, PixCharge};
use domain::ledger::{Effects, TransactionRef};

use super::Writes;
use crate::items::Location;

impl Writes {
    /// Opens a charge: the charge, its reference, its Pix location, and its effects.
    #[must_use]
    pub fn open_charge(self, charge: &Charge, effects: &Effects) -> Self {
        let (account_id, charge_id) = (charge.account_id, charge.id);
        let transaction = TransactionRef::Charge(charge_id);
        let location =
            |pix: &PixCharge| Location { token: pix.txid.to_string(), account_id, charge_id };
        let location = charge.method.pix().map(location);
        let writes = self.claim_reference(account_id, charge.reference.as_ref(), transaction);
        location.iter().fold(writes.create(charge), Self::create).record(effects)
    }
}
