//! Steps on payouts.

use domain::ledger::{Effects, Funds, TransactionRef};
use domain::payout::Payout;

use super::Writes;

impl Writes {
    /// Opens a payout: the payout, its reference, its changes of books and hold, and its effects.
    #[must_use]
    pub fn open_payout(self, payout: &Payout, funds: &Funds, effects: &Effects) -> Self {
        self.claim_reference(
            payout.account_id,
            payout.reference.as_ref(),
            TransactionRef::Payout(payout.id),
        )
        .change_payout(payout, funds, effects)
    }

    /// Writes a changed payout, with its books and hold if they changed.
    #[must_use]
    pub fn change_payout(self, payout: &Payout, funds: &Funds, effects: &Effects) -> Self {
        self.replace(payout).change_funds(funds).record(effects)
    }
}
