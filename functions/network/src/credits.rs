//! The orders of credits: the return of a payment that matched no charge.

use domain::charge::RefundUpdate;
use domain::credit::Credit;
use domain::kernel::{AccountId, Error, FailureCode, MethodKind, Moment};
use domain::ledger::Books;
use domain::network::OutboundOrder;
use domain::payout::CheckedOwner;
use rails::{NetworkStatus, OrderRails, ProviderRail, RefundOrder, apply_to_credit};
use store::{Key, Store, Writes};

use crate::OrderWorker;
use crate::network_action::{OrderKind, PreSubmitCheck};

impl OrderKind for Credit {
    type Order = RefundOrder;
    type Update = RefundUpdate;

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<RefundOrder> {
        RefundOrder::of_credit(self)
    }

    fn rail<'a>(
        &self,
        rails: &'a OrderRails,
        account_id: AccountId,
    ) -> Result<ProviderRail<'a, RefundOrder>, Error> {
        rails.refunds(account_id, MethodKind::Pix, self.provider())
    }

    fn expired_update() -> RefundUpdate {
        RefundUpdate::Rejected { failure: FailureCode::NotAccepted.into() }
    }

    fn is_rejection(update: &RefundUpdate) -> bool {
        matches!(update, RefundUpdate::Rejected { .. })
    }

    /// Proceeds: the money goes back to the payer, so there is no key to look up.
    async fn check(&mut self, _: &OrderWorker, _: &Moment) -> PreSubmitCheck<RefundUpdate> {
        PreSubmitCheck::Proceed
    }

    async fn on_accepted(&self, _: &OrderWorker, _: &Moment) {}

    /// Fails: the check of a return withdraws nothing, because a return has no approval.
    async fn commit_withdrawal(self, _: &Store, _: CheckedOwner, _: &Moment) -> Result<(), Error> {
        Err(Error::internal("a return has no approval that could be void"))
    }

    async fn commit_status(
        mut self,
        store: &Store,
        status: &NetworkStatus<RefundUpdate>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let books: Option<Books> = store.find(&Key::Books(self.account_id)).await?;
        let mut books = books.ok_or(Error::NotFound("books"))?;
        let effects = apply_to_credit(&mut self, &mut books, status, moment)?;
        let writes = Writes::default().change_credit(&self, &books, &effects);
        store.commit(writes, moment).await.map(drop)
    }
}
