//! Steps on refunds.

use domain::charge::{Refund, RefundContext, RefundStatus};
use domain::kernel::entered_at;
use domain::ledger::{Effects, TransactionRef};

use super::Writes;
use crate::items::SearchRow;

impl Writes {
    /// Opens a refund: the refund, its reference, its changes of charge, books and hold, and its
    /// effects, and its rows of the search index.
    #[must_use]
    pub fn open_refund(self, refund: &Refund, context: &RefundContext, effects: &Effects) -> Self {
        let (account_id, holder) = (refund.account_id, TransactionRef::Refund(refund.id));
        let original = refund.submission.end_to_end_id.as_ref();
        self.claim_reference(account_id, refund.reference.as_ref(), holder)
            .change_refund(refund, context, effects)
            .index([SearchRow::amount(account_id, refund.amount_cents, holder)])
            .index(original.map(|id| SearchRow::end_to_end_id(account_id, id.as_str(), holder)))
    }

    /// Writes a changed refund, with its charge, books and hold if they changed. The version of
    /// the charge keeps all its refunds together within the paid amount. A paid refund gets its rows of the
    /// search index.
    #[must_use]
    pub fn change_refund(
        self,
        refund: &Refund,
        context: &RefundContext,
        effects: &Effects,
    ) -> Self {
        let writes = self.replace(refund);
        let writes = context.changed_charge().into_iter().fold(writes, Self::replace);
        let (account_id, holder) = (refund.account_id, TransactionRef::Refund(refund.id));
        let return_id = refund.return_id.as_ref();
        let paid_at = entered_at(&refund.status_history, RefundStatus::Paid);
        writes
            .change_funds(&context.funds)
            .record(effects)
            .index(return_id.map(|id| SearchRow::end_to_end_id(account_id, id.as_str(), holder)))
            .index(paid_at.map(|at| SearchRow::paid_at(account_id, at, holder)))
    }
}
