//! Steps on refunds.

use domain::charge::{Refund, RefundContext};
use domain::ledger::{Effects, TransactionRef};

use super::Writes;

impl Writes {
    /// Opens a refund: the refund, its reference, its changes of charge, books and hold, and its
    /// effects.
    #[must_use]
    pub fn open_refund(self, refund: &Refund, context: &RefundContext, effects: &Effects) -> Self {
        self.claim_reference(
            refund.account_id,
            refund.reference.as_ref(),
            TransactionRef::Refund(refund.id),
        )
        .change_refund(refund, context, effects)
    }

    /// Writes a changed refund, with its charge, books and hold if they changed. The version of
    /// the charge keeps all its refunds together within the paid amount.
    #[must_use]
    pub fn change_refund(
        self,
        refund: &Refund,
        context: &RefundContext,
        effects: &Effects,
    ) -> Self {
        let writes = self.replace(refund);
        let writes = context.changed_charge().into_iter().fold(writes, Self::replace);
        writes.change_funds(&context.funds).record(effects)
    }
}
