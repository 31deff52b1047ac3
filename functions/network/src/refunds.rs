//! The orders of refunds.

use domain::charge::{Refund, RefundRejection, RefundUpdate};
use domain::kernel::{AccountId, Error, Moment};
use domain::ledger::TransactionRef;
use domain::network::OutboundOrder;
use queue::OrderMessage;
use rails::{NetworkStatus, OrderRails, ProviderRail, RefundOrder, apply_to_refund};
use store::{Key, Store, Writes};

use crate::OrderWorker;
use crate::network_action::{OrderKind, PreSubmitCheck};

impl OrderKind for Refund {
    type Order = RefundOrder;
    type Update = RefundUpdate;

    fn key_of(message: OrderMessage) -> Result<Key, Error> {
        match message.transaction {
            TransactionRef::Refund(id) => Ok(Key::Refund(message.account_id, id)),
            other => Err(Error::internal(format!("{other} is not a refund"))),
        }
    }

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
        rails.refunds(account_id, self.provider())
    }

    fn expired_update() -> RefundUpdate {
        RefundUpdate::Rejected { reason: RefundRejection::NotAccepted }
    }

    fn is_rejection(update: &RefundUpdate) -> bool {
        matches!(update, RefundUpdate::Rejected { .. })
    }

    /// Proceeds: the money goes back to the payer, so there is no key to look up.
    async fn check(&self, _: &OrderWorker, _: &Moment) -> PreSubmitCheck<RefundUpdate> {
        PreSubmitCheck::Proceed
    }

    async fn on_accepted(&self, _: &OrderWorker, _: &Moment) {}

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
