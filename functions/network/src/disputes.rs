//! Answers to demands for the money of charges.

use domain::dispute::{Dispute, DisputeOrder, DisputeUpdate};
use domain::kernel::{AccountId, Error, FailureCode, Moment};
use domain::network::OutboundOrder;
use domain::payout::CheckedOwner;
use rails::{DisputeRequest, NetworkStatus, OrderRails, ProviderRail, apply_to_dispute};
use store::{Key, Store, Writes};

use crate::OrderWorker;
use crate::network_action::{OrderKind, PreSubmitCheck, RECHECK_INTERVAL};

impl OrderKind for DisputeOrder {
    type Order = DisputeRequest;
    type Update = DisputeUpdate;

    /// Returns false: an answer moves no money at the network, and its time passes also for a frozen account.
    fn moves_money(&self) -> bool {
        false
    }

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<DisputeRequest> {
        Some(DisputeRequest::from(self))
    }

    fn rail<'a>(
        &self,
        rails: &'a OrderRails,
        account_id: AccountId,
    ) -> Result<ProviderRail<'a, DisputeRequest>, Error> {
        rails.disputes(account_id, self.provider())
    }

    fn expired_update() -> DisputeUpdate {
        DisputeUpdate::Refused { failure: FailureCode::NotAccepted.into() }
    }

    fn is_rejection(update: &DisputeUpdate) -> bool {
        matches!(update, DisputeUpdate::Refused { .. })
    }

    /// Gives the answer up if the network has decided meanwhile: an acceptance would take the money again that
    /// came back with the decision.
    async fn check(
        &mut self,
        worker: &OrderWorker,
        moment: &Moment,
    ) -> PreSubmitCheck<DisputeUpdate> {
        let app = worker.app();
        let key = Key::Dispute(self.account_id, self.dispute_id);
        match app.store.find::<Dispute>(&key).await {
            Ok(Some(dispute)) if !dispute.still_needs(self) => {
                PreSubmitCheck::RejectForGood(Self::expired_update())
            }
            Ok(_) => PreSubmitCheck::Proceed,
            Err(error) => {
                app.warn(
                    &format!("{}: dispute not read; the worker tries again", self.dispute_id),
                    &error,
                );
                PreSubmitCheck::Defer(moment.now + RECHECK_INTERVAL)
            }
        }
    }

    async fn on_accepted(&self, _: &OrderWorker, _: &Moment) {}

    /// Fails: the check of an answer withdraws nothing, because an answer has no approval.
    async fn commit_withdrawal(self, _: &Store, _: CheckedOwner, _: &Moment) -> Result<(), Error> {
        Err(Error::internal("an answer to a demand has no approval that could be void"))
    }

    async fn commit_status(
        mut self,
        store: &Store,
        status: &NetworkStatus<DisputeUpdate>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let ids = (self.charge_id, self.block_id);
        let before = store.read_answer_context(self.account_id, ids).await?;
        let mut after = before.clone();
        let (effects, has_ended) = apply_to_dispute(&mut self, &mut after, status, moment)?;
        let order = (&self, has_ended);
        let writes = Writes::default().apply_dispute_status((&before, &after), order, &effects);
        store.commit(writes, moment).await.map(drop)
    }
}
