//! The orders of boletos: registration, change and write-off.

use domain::charge::{BoletoOrder, BoletoUpdate, Charge};
use domain::kernel::{AccountId, Error, FailureCode, Moment};
use domain::network::OutboundOrder;
use domain::payout::CheckedOwner;
use rails::{
    BoletoOrderEnd, BoletoRequest, NetworkStatus, OrderRails, ProviderRail, apply_to_boleto,
};
use store::{Key, Store, Writes};

use crate::OrderWorker;
use crate::network_action::{OrderKind, PreSubmitCheck};

impl OrderKind for BoletoOrder {
    type Order = BoletoRequest;
    type Update = BoletoUpdate;

    fn moves_money(&self) -> bool {
        false
    }

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<BoletoRequest> {
        Some(BoletoRequest::from(self))
    }

    fn rail<'a>(
        &self,
        rails: &'a OrderRails,
        account_id: AccountId,
    ) -> Result<ProviderRail<'a, BoletoRequest>, Error> {
        rails.boletos(account_id, self.provider())
    }

    fn expired_update() -> BoletoUpdate {
        BoletoUpdate::Refused { failure: FailureCode::NotAccepted.into() }
    }

    fn is_rejection(update: &BoletoUpdate) -> bool {
        matches!(update, BoletoUpdate::Refused { .. })
    }

    /// Proceeds: an order of a boleto moves no money.
    async fn check(&mut self, _: &OrderWorker, _: &Moment) -> PreSubmitCheck<BoletoUpdate> {
        PreSubmitCheck::Proceed
    }

    async fn on_accepted(&self, _: &OrderWorker, _: &Moment) {}

    /// Fails: the check of an order withdraws nothing, because an order of a boleto has no approval.
    async fn commit_withdrawal(self, _: &Store, _: CheckedOwner, _: &Moment) -> Result<(), Error> {
        Err(Error::internal("an order of a boleto has no approval that could be void"))
    }

    async fn commit_status(
        mut self,
        store: &Store,
        status: &NetworkStatus<BoletoUpdate>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let key = Key::Charge(self.account_id, self.charge_id);
        let mut charge: Charge = store.find(&key).await?.ok_or(Error::NotFound("charge"))?;
        let answered = self.clone();
        let (effects, end) = apply_to_boleto(&mut self, &mut charge, status, moment)?;
        let writes = match end {
            BoletoOrderEnd::Open => Writes::default().replace(&self),
            BoletoOrderEnd::Answered(next) => Writes::default().answer_boleto_order(
                &charge,
                &answered,
                next.as_ref().as_ref(),
                &effects,
            ),
        };
        store.commit(writes, moment).await.map(drop)
    }
}
