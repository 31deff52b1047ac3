//! The rows on which a fact about a demand is decided: the charge, the books, the balance block, the dispute.
use crate::charge::{Charge, ReturnUpdate};
use crate::dispute::life::Demand;
use crate::dispute::{Dispute, DisputeOrder, DisputeUpdate};
use crate::kernel::{Error, Moment};
use crate::ledger::{
    BalanceBlock, Books, Effects, EntryKind, ForcedDebit, LedgerAccount, Posting, TransactionRef,
};

/// A charge with the rows that change with it when its network demands or takes money.
#[derive(Debug, Clone)]
pub struct DisputeContext {
    /// Charge to write.
    pub charge: Charge,
    /// Books to write.
    pub books: Books,
    /// Balance block of [`Charge::block_of`], as it was read.
    pub block: Option<BalanceBlock>,
    /// Dispute of that block, and after a change the row to write. A block from before there were disputes
    /// has none.
    pub dispute: Option<Dispute>,
}

impl DisputeContext {
    /// Applies a fact about money that the network takes back. `fee_cents` is the price of a dispute that it
    /// opens. A fact that is reported again changes nothing.
    pub fn apply(
        &mut self,
        update: &ReturnUpdate,
        fee_cents: u64,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        // All or nothing: an error leaves the rows as they are.
        let mut after = self.clone();
        let effects = after.change(update, fee_cents, moment)?;
        if let Some(block) = &mut after.block
            && let Some(changed) = effects.blocks.iter().find(|changed| changed.id == block.id)
        {
            *block = changed.clone();
        }
        *self = after;
        Ok(effects)
    }

    /// Accepts the demand of the dispute: its money goes to the payer at once, as it does when the network decides
    /// so. What the network reports about this money later takes nothing more. Returns the order to the network.
    ///
    /// # Errors
    /// `dispute_state` after an answer or a decision, `dispute_response_closed` after the time to answer.
    pub fn accept(&mut self, moment: &Moment) -> Result<(DisputeOrder, Effects), Error> {
        let mut after = self.clone();
        let rows = (after.dispute.as_mut(), after.block.clone());
        let (Some(dispute), Some(block)) = rows else {
            return Err(Error::internal("the rows of the dispute were not read"));
        };
        dispute.require_unanswered("accepted", moment)?;
        let part_id = dispute.id.to_string();
        let (amount_cents, mut effects) =
            after.charge.accept_demand(part_id, block, &mut after.books, moment)?;
        let order = dispute.accept(amount_cents, moment, &mut effects)?;
        *self = after;
        Ok((order, effects))
    }

    /// Applies a fact that the network reported about the answer of the account.
    pub fn apply_answer(
        &mut self,
        update: &DisputeUpdate,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let mut effects = Effects::default();
        match update {
            DisputeUpdate::Received => {
                self.dispute.iter_mut().for_each(|dispute| dispute.note_receipt(moment));
            }
            DisputeUpdate::Refused { failure } => {
                if let Some(dispute) = &mut self.dispute {
                    dispute.note_refusal(failure, moment, &mut effects)?;
                }
            }
            DisputeUpdate::Decided { fact } => effects = self.apply(fact, 0, moment)?,
        }
        Ok(effects)
    }

    fn change(
        &mut self,
        update: &ReturnUpdate,
        fee_cents: u64,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let (charge, block) = (&mut self.charge, self.block.clone());
        match update {
            ReturnUpdate::Blocked { notice_id, reason, respond_by, .. } => {
                // The fee comes before the block, which would leave nothing for it.
                let (mut books, mut effects) = (self.books.clone(), Effects::default());
                post_fee(charge, fee_cents, &mut books, moment, &mut effects)?;
                let opened = charge.apply_return_update(update, block, &mut books, moment)?;
                let Some(block) = opened.blocks.last().cloned() else {
                    return Ok(Effects::default());
                };
                effects.append(opened);
                effects.collect_positions(TransactionRef::Charge(charge.id), &mut charge.entries);
                self.books = books;
                let respond_by = *respond_by;
                let demand = Demand { network_id: notice_id, reason, respond_by, fee_cents };
                let dispute = Dispute::open(charge, &block, &demand, moment, &mut effects)?;
                self.dispute = Some(dispute);
                Ok(effects)
            }
            ReturnUpdate::Returned { .. } => {
                let before_cents = charge.returned.amount_cents;
                let mut effects =
                    charge.apply_return_update(update, block, &mut self.books, moment)?;
                // Nothing is new about a return that is reported again, or that the account accepted before.
                let taken_cents = charge.returned.amount_cents - before_cents;
                if let Some(dispute) = self.dispute.as_mut().filter(|_| taken_cents > 0) {
                    dispute.take(taken_cents, moment, &mut effects)?;
                }
                Ok(effects)
            }
            ReturnUpdate::Closed { .. } => {
                let before_cents = charge.returned.amount_cents;
                let mut effects =
                    charge.apply_return_update(update, block, &mut self.books, moment)?;
                let back_cents = before_cents - charge.returned.amount_cents;
                if let Some(dispute) = &mut self.dispute {
                    dispute.follow_block(moment, &mut effects)?;
                    if back_cents > 0 {
                        dispute.give_back(back_cents, moment, &mut effects)?;
                    }
                }
                Ok(effects)
            }
        }
    }
}

/// Takes the fee of a dispute from the available balance; the customer owes the rest.
fn post_fee(
    charge: &Charge,
    fee_cents: u64,
    books: &mut Books,
    moment: &Moment,
    effects: &mut Effects,
) -> Result<(), Error> {
    if fee_cents == 0 {
        return Ok(());
    }
    let debit = ForcedDebit::split(books, fee_cents, 0);
    let kind = EntryKind::DisputeFee;
    let there = Posting::from_account(kind, LedgerAccount::Available, debit.available_cents);
    let missing = Posting::new(EntryKind::DebtOpened, debit.owed_cents);
    books.post(&charge.entry_context(), &[there, missing], moment, effects)
}
