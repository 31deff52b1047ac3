//! The orders of refunds.

use domain::charge::{Charge, Refund, RefundUpdate};
use domain::kernel::{AccountId, Error, FailureCode, Moment};
use domain::network::OutboundOrder;
use domain::payout::CheckedOwner;
use rails::{NetworkStatus, OrderRails, ProviderRail, RefundOrder, apply_to_refund};
use store::{Key, Store, Writes};

use crate::OrderWorker;
use crate::network_action::{OrderKind, PreSubmitCheck, RECHECK_INTERVAL};

impl OrderKind for Refund {
    type Order = RefundOrder;
    type Update = RefundUpdate;

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<RefundOrder> {
        Some(RefundOrder::from(self))
    }

    fn rail<'a>(
        &self,
        rails: &'a OrderRails,
        account_id: AccountId,
    ) -> Result<ProviderRail<'a, RefundOrder>, Error> {
        rails.refunds(account_id, self.method, self.provider())
    }

    fn expired_update() -> RefundUpdate {
        RefundUpdate::Rejected { failure: FailureCode::NotAccepted.into() }
    }

    fn is_rejection(update: &RefundUpdate) -> bool {
        matches!(update, RefundUpdate::Rejected { .. })
    }

    /// Rejects a refund of money that the network took back since the refund was created. The payer has
    /// that money already, and a network returns no payment twice.
    async fn check(
        &mut self,
        worker: &OrderWorker,
        moment: &Moment,
    ) -> PreSubmitCheck<RefundUpdate> {
        let key = Key::Charge(self.account_id, self.charge_id);
        match worker.app().store.find::<Charge>(&key).await {
            Ok(Some(charge)) if charge.has_money_for(self.amount_cents) => PreSubmitCheck::Proceed,
            Ok(Some(_)) => {
                let failure = FailureCode::AlreadyReturned.into();
                PreSubmitCheck::RejectForGood(RefundUpdate::Rejected { failure })
            }
            Ok(None) | Err(_) => PreSubmitCheck::Defer(moment.now + RECHECK_INTERVAL),
        }
    }

    async fn on_accepted(&self, _: &OrderWorker, _: &Moment) {}

    /// Fails: the check of a refund withdraws nothing, because a refund has no approval.
    async fn commit_withdrawal(self, _: &Store, _: CheckedOwner, _: &Moment) -> Result<(), Error> {
        Err(Error::internal("a refund has no approval that could be void"))
    }

    async fn commit_status(
        mut self,
        store: &Store,
        status: &NetworkStatus<RefundUpdate>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let mut context = store.read_refund_context(&self).await?;
        let effects = apply_to_refund(&mut self, &mut context, status, moment)?;
        let writes = Writes::default().change_refund(&self, &context, &effects);
        store.commit(writes, moment).await.map(drop)
    }
}
