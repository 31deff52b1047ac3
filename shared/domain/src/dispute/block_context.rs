//! The rows on which the end of a balance block is decided: the block, the books, its charge and dispute.
use crate::charge::Charge;
use crate::dispute::Dispute;
use crate::kernel::{Error, Moment};
use crate::ledger::{BalanceBlock, Books, Effects};

/// A balance block with the rows that change with it.
#[derive(Debug, Clone)]
pub struct BlockContext {
    /// The block, as it was read.
    pub block: BalanceBlock,
    /// Books to write.
    pub books: Books,
    /// Charge to write, if the block is about one.
    pub charge: Option<Charge>,
    /// Dispute to write, if the block has one.
    pub dispute: Option<Dispute>,
}

impl BlockContext {
    /// Ends the block; its charge can be refunded again. A dispute that the network did not decide is won.
    pub fn end(&mut self, moment: &Moment) -> Result<Effects, Error> {
        let mut effects = match &mut self.charge {
            Some(charge) => charge.end_block(self.block.clone(), &mut self.books, moment),
            None => self.block.clone().end(&mut self.books, moment),
        }?;
        if let Some(dispute) = &mut self.dispute {
            dispute.follow_block(moment, &mut effects)?;
        }
        Ok(effects)
    }

    /// Transfers the money of a judicial block to the court: all that is blocked, or a part. Its charge can
    /// be refunded again, from other money.
    pub fn transfer(
        &mut self,
        amount_cents: Option<u64>,
        moment: &Moment,
    ) -> Result<Effects, Error> {
        let effects = self.block.clone().transfer(amount_cents, &mut self.books, moment)?;
        if let Some(charge) = &mut self.charge {
            charge.returned.set_claim(self.block.id, 0, false);
        }
        Ok(effects)
    }
}
