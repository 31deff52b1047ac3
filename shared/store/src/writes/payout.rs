//! Steps on payouts.

use domain::beneficiary::SavedBeneficiary;
use domain::kernel::{AccountId, Code, Error, entered_at};
use domain::ledger::{Effects, Funds, TransactionRef};
use domain::payout::{OPEN_BATCHES_MAX, Payout, PayoutDigests, PayoutStatus};

use super::Writes;
use crate::Key;
use crate::items::SearchRow;

impl Writes {
    /// Opens a payout: the payout, its reference, its changes of books and hold, its effects, and its rows
    /// of the search index.
    #[must_use]
    pub fn open_payout(
        self,
        payout: &Payout,
        digests: &PayoutDigests,
        funds: &Funds,
        effects: &Effects,
    ) -> Self {
        let (account_id, holder) = (payout.account_id, TransactionRef::Payout(payout.id));
        let PayoutDigests { destination, document } = digests.clone();
        let document = document.map(|digest| SearchRow::document(account_id, digest, holder));
        let saved = payout.saved.map(|it| it.beneficiary_id);
        let saved = saved.map(|id| SearchRow::beneficiary(account_id, id, holder));
        self.claim_reference(account_id, payout.reference.as_ref(), holder)
            .change_payout(payout, funds, effects)
            .index([
                SearchRow::amount(account_id, payout.amount_cents, holder),
                SearchRow::destination(account_id, destination, payout.amount_cents, holder),
            ])
            .index(document)
            .index(saved)
    }

    /// Opens a payout like [`Writes::open_payout`], and checks that the saved beneficiary that it names has
    /// not changed since it was read.
    #[must_use]
    pub fn open_payout_to(
        self,
        beneficiary: Option<&SavedBeneficiary>,
        payout: &Payout,
        digests: &PayoutDigests,
        money: (&Funds, &Effects),
    ) -> Self {
        let writes = self.open_payout(payout, digests, money.0, money.1);
        beneficiary.into_iter().fold(writes, |writes, beneficiary| writes.unchanged(beneficiary))
    }

    /// Writes a changed payout, with its books and hold if they changed, and the rows of the search index
    /// for what it has since this change: an end-to-end id, a payment, a return.
    #[must_use]
    pub fn change_payout(self, payout: &Payout, funds: &Funds, effects: &Effects) -> Self {
        let (account_id, holder) = (payout.account_id, TransactionRef::Payout(payout.id));
        let released = payout.submission.as_ref().filter(|order| order.attempts == 0);
        let sent = released.and_then(|order| order.end_to_end_id.as_ref());
        let returned = payout.returns.last().map(|last| &last.return_id);
        let ids = sent.into_iter().chain(returned);
        let paid_at = entered_at(&payout.status_history, PayoutStatus::Paid)
            .filter(|_| payout.returns.is_empty());
        self.replace(payout)
            .change_funds(funds)
            .record(effects)
            .index(ids.map(|id| SearchRow::end_to_end_id(account_id, id.as_str(), holder)))
            .index(paid_at.map(|at| SearchRow::paid_at(account_id, at, holder)))
    }

    /// Adds a batch to the count of those that Trilho is opening. Fails if the account has the
    /// maximum.
    #[must_use]
    pub fn add_batch(self, account_id: AccountId) -> Self {
        let limit_reached = Error::conflict(
            Code::PayoutBatchLimit,
            format!(
                "the account has {OPEN_BATCHES_MAX} payout batches that Trilho is opening, which is \
                 the limit; send the batch again when one is opened"
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
