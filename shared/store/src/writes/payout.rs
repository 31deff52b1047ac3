//! Steps on payouts.

use domain::kernel::{AccountId, Code, Error};
use domain::ledger::{Effects, Funds, TransactionRef};
use domain::payout::{OPEN_BATCHES_MAX, Payout};

use super::Writes;
use crate::Key;

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

    /// Adds a batch to the count of those that are not completed. Fails if the account has the
    /// maximum.
    #[must_use]
    pub fn add_batch(self, account_id: AccountId) -> Self {
        let limit_reached = Error::conflict(
            Code::PayoutBatchLimit,
            format!(
                "the account has {OPEN_BATCHES_MAX} payout batches that are not completed, which is \
                 the limit; send the batch again when one is completed"
            ),
        );
        let below_limit =
            ("attribute_not_exists(batches) OR batches < :limit", OPEN_BATCHES_MAX, limit_reached);
        self.count(&Key::BatchCount(account_id), "ADD batches :by", 1, Some(below_limit))
    }

    /// Removes a batch from the count.
    #[must_use]
    pub fn remove_batch(self, account_id: AccountId) -> Self {
        self.count(&Key::BatchCount(account_id), "ADD batches :by", -1, None)
    }
}
