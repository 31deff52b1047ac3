//! What is particular to the errands of refunds.

use domain::{Error, Moment, Refund, RefundFailure, RefundNotice, Subject};
use queue::OrderMessage;
use rails::{Network, Rail, RefundOrder, Told, apply_to_refund};
use store::{Key, Store, Writes};

use crate::Remitter;
use crate::errand::{Remitted, Verdict};

impl Remitted for Refund {
    type Order = RefundOrder;
    type Notice = RefundNotice;

    fn key_of(message: OrderMessage) -> Result<Key, Error> {
        match message.subject {
            Subject::Refund(id) => Ok(Key::Refund(message.account_id, id)),
            other => Err(Error::internal(format!("{other} is no refund"))),
        }
    }

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<RefundOrder> {
        Some(RefundOrder::from(self))
    }

    fn rail(network: &dyn Network) -> &dyn Rail<RefundOrder> {
        network
    }

    fn not_taken() -> RefundNotice {
        RefundNotice::Refused { reason: RefundFailure::NotTaken }
    }

    fn refuses(notice: &RefundNotice) -> bool {
        matches!(notice, RefundNotice::Refused { .. })
    }

    /// It goes to whoever paid, so there is nobody to look up.
    async fn check(&self, _: &Remitter, _: &Moment) -> Verdict<RefundNotice> {
        Verdict::Goes
    }

    async fn was_taken(&self, _: &Remitter, _: &Moment) {}

    async fn take_in(
        mut self,
        store: &Store,
        told: &Told<RefundNotice>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let mut basis = store.read_refund_basis(&self).await?;
        let effects = apply_to_refund(&mut self, &mut basis, told, moment)?;
        let writes = Writes::default().change_refund(&self, &basis, &effects);
        store.commit(writes, moment).await.map(drop)
    }
}
