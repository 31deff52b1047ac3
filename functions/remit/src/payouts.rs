//! What is particular to the errands of payouts.

use domain::{Error, Moment, Payout, PayoutNotice, PayoutReason, Subject};
use queue::OrderMessage;
use rails::{Network, Order, Rail, Told, apply_to_payout};
use store::{Key, Store, Writes};

use crate::errand::{Remitted, Verdict};
use crate::{Remitter, beneficiary};

impl Remitted for Payout {
    type Order = Order;
    type Notice = PayoutNotice;

    fn key_of(message: OrderMessage) -> Result<Key, Error> {
        match message.subject {
            Subject::Payout(id) => Ok(Key::Payout(message.account_id, id)),
            other => Err(Error::internal(format!("{other} is no payout"))),
        }
    }

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<Order> {
        Order::of(self)
    }

    fn rail(network: &dyn Network) -> &dyn Rail<Order> {
        network
    }

    fn not_taken() -> PayoutNotice {
        PayoutNotice::Refused { reason: PayoutReason::NotTaken }
    }

    fn refuses(notice: &PayoutNotice) -> bool {
        matches!(notice, PayoutNotice::Refused { .. })
    }

    async fn check(&self, remitter: &Remitter, moment: &Moment) -> Verdict<PayoutNotice> {
        beneficiary::check(remitter, self, moment).await
    }

    async fn was_taken(&self, remitter: &Remitter, moment: &Moment) {
        beneficiary::reward(remitter, self, moment).await;
    }

    async fn take_in(
        mut self,
        store: &Store,
        told: &Told<PayoutNotice>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let mut funds = store.read_funds(&self).await?;
        let effects = apply_to_payout(&mut self, &mut funds, told, moment)?;
        let writes = Writes::default().change_payout(&self, &funds, &effects);
        store.commit(writes, moment).await.map(drop)
    }
}
