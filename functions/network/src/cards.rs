//! The orders of cards: authorisation, capture, void and reversal.

use domain::charge::{CardInstruction, CardOrder, CardUpdate};
use domain::kernel::{AccountId, Error, MethodKind, Moment};
use domain::network::OutboundOrder;
use domain::payout::CheckedOwner;
use rails::{CardRequest, NetworkStatus, OrderRails, ProviderRail, apply_to_card};
use store::{Store, Writes};

use crate::OrderWorker;
use crate::network_action::{OrderKind, PreSubmitCheck};

impl OrderKind for CardOrder {
    type Order = CardRequest;
    type Update = CardUpdate;

    /// Returns true for an order that takes money of a payer, or that costs the account a fee. The others give
    /// money back to a card.
    fn moves_money(&self) -> bool {
        matches!(
            self.instruction,
            CardInstruction::Authorize { .. }
                | CardInstruction::Capture { .. }
                | CardInstruction::Anticipate { .. }
        )
    }

    fn version_mut(&mut self) -> &mut u64 {
        &mut self.version
    }

    fn order(&self) -> Option<CardRequest> {
        Some(CardRequest::from(self))
    }

    fn rail<'a>(
        &self,
        rails: &'a OrderRails,
        account_id: AccountId,
    ) -> Result<ProviderRail<'a, CardRequest>, Error> {
        rails.cards(account_id, self.provider())
    }

    fn expired_update() -> CardUpdate {
        CardUpdate::Unanswered
    }

    fn is_rejection(update: &CardUpdate) -> bool {
        matches!(update, CardUpdate::Declined { .. })
    }

    /// Proceeds: an order of a card needs no other check.
    async fn check(&mut self, _: &OrderWorker, _: &Moment) -> PreSubmitCheck<CardUpdate> {
        PreSubmitCheck::Proceed
    }

    async fn on_accepted(&self, _: &OrderWorker, _: &Moment) {}

    /// Fails: the check of an order withdraws nothing, because an order of a card has no approval.
    async fn commit_withdrawal(self, _: &Store, _: CheckedOwner, _: &Moment) -> Result<(), Error> {
        Err(Error::internal("an order of a card has no approval that could be void"))
    }

    async fn commit_status(
        mut self,
        store: &Store,
        status: &NetworkStatus<CardUpdate>,
        moment: &Moment,
    ) -> Result<(), Error> {
        let (mut charge, mut books, account) = store.read_card_order_context(&self).await?;
        let fees = account.fees.charge_fee(MethodKind::Card);
        let (outcome, is_answered) =
            apply_to_card(&mut self, &mut charge, status, (&mut books, fees), moment)?;
        let order = (&self, is_answered);
        let writes = Writes::default().apply_card_status(&charge, &books, order, &outcome);
        store.commit(writes, moment).await.map(drop)
    }
}
