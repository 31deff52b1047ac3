//! The orders of payouts.

use domain::kernel::{AccountId, Error, FailureCode, Moment};
use domain::network::OutboundOrder;
use domain::payout::{CheckedOwner, Payout, PayoutUpdate};
use rails::{NetworkStatus, OrderRails, PayoutOrder, ProviderRail, apply_to_payout};
use store::{Store, Writes};

use crate::network_action::{OrderKind, PreSubmitCheck};
use crate::{OrderWorker, beneficiary};

impl OrderKind for Payout {
    type Order = PayoutOrder;
    type Update = PayoutUpdate;

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
        PayoutUpdate::Rejected { failure: FailureCode::NotAccepted.into() }
    }

    fn is_rejection(update: &PayoutUpdate) -> bool {
        matches!(update, PayoutUpdate::Rejected { .. })
    }

    async fn check(
        &mut self,
        worker: &OrderWorker,
        moment: &Moment,
    ) -> PreSubmitCheck<PayoutUpdate> {
        beneficiary::check(worker, self, moment).await
    }

    async fn on_accepted(&self, worker: &OrderWorker, moment: &Moment) {
        beneficiary::reward(worker, self, moment).await;
    }

    async fn commit_withdrawal(
        mut self,
        store: &Store,
        owner: CheckedOwner,
        moment: &Moment,
    ) -> Result<(), Error> {
        let mut funds = store.read_funds(&self).await?;
        let effects = self.withdraw(owner, &mut funds, moment)?;
        let writes = Writes::default().change_payout(&self, &funds, &effects);
        store.commit(writes, moment).await.map(drop)
    }

    async fn commit_status(
        mut self,
        store: &Store,
        status: &NetworkStatus<PayoutUpdate>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let mut funds = store.read_funds(&self).await?;
        let effects = apply_to_payout(&mut self, &mut funds, status, moment)?;
        let writes = store.payout_writes(&self, (&funds, &effects), moment).await?;
        store.commit(writes, moment).await.map(drop)
    }
}
