//! The orders of payouts.

use domain::kernel::{AccountId, Error, Moment};
use domain::ledger::TransactionRef;
use domain::network::OutboundOrder;
use domain::payout::{Payout, PayoutReason, PayoutUpdate};
use queue::OrderMessage;
use rails::{NetworkStatus, OrderRails, PayoutOrder, ProviderRail, apply_to_payout};
use store::{Key, Store, Writes};

use crate::network_action::{OrderKind, PreSubmitCheck};
use crate::{OrderWorker, beneficiary};

impl OrderKind for Payout {
    type Order = PayoutOrder;
    type Update = PayoutUpdate;

    fn key_of(message: OrderMessage) -> Result<Key, Error> {
        match message.transaction {
            TransactionRef::Payout(id) => Ok(Key::Payout(message.account_id, id)),
            other => Err(Error::internal(format!("{other} is not a payout"))),
        }
    }

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<PayoutOrder> {
        PayoutOrder::of(self)
    }

    fn rail<'a>(
        &self,
        rails: &'a OrderRails,
        account_id: AccountId,
    ) -> Result<ProviderRail<'a, PayoutOrder>, Error> {
        rails.payouts(account_id, self.provider())
    }

    fn expired_update() -> PayoutUpdate {
        PayoutUpdate::Rejected { reason: PayoutReason::NotAccepted }
    }

    fn is_rejection(update: &PayoutUpdate) -> bool {
        matches!(update, PayoutUpdate::Rejected { .. })
    }

    async fn check(&self, worker: &OrderWorker, moment: &Moment) -> PreSubmitCheck<PayoutUpdate> {
        beneficiary::check(worker, self, moment).await
    }

    async fn on_accepted(&self, worker: &OrderWorker, moment: &Moment) {
        beneficiary::reward(worker, self, moment).await;
    }

    async fn commit_status(
        mut self,
        store: &Store,
        status: &NetworkStatus<PayoutUpdate>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let mut funds = store.read_funds(&self).await?;
        let effects = apply_to_payout(&mut self, &mut funds, status, moment)?;
        let writes = Writes::default().change_payout(&self, &funds, &effects);
        store.commit(writes, moment).await.map(drop)
    }
}
