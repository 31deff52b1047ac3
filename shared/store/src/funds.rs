//! Reads the rows that decide a change of a payout, a refund, a balance block or a charge by card, in one round
//! trip.

use domain::account::Account;
use domain::charge::{CardOrder, Charge, Refund, RefundContext, ReturnUpdate};
use domain::dispute::{BlockContext, DisputeContext};
use domain::kernel::{AccountId, BlockId, ChargeId, DisputeId, Error, HoldId};
use domain::ledger::{BalanceBlock, Books, Funds, Hold};
use domain::payout::{Payout, hold_of};

use crate::{Key, Row, Store};

type RowIter = std::vec::IntoIter<Option<Row>>;

impl Store {
    /// Reads the books and the hold of a payout.
    pub async fn read_funds(&self, payout: &Payout) -> Result<Funds, Error> {
        let keys = keys(payout.account_id, hold_of(payout.id));
        read(&mut self.read(&keys).await?.into_iter())
    }

    /// Reads the charge, the books and the hold of a refund.
    pub async fn read_refund_context(&self, refund: &Refund) -> Result<RefundContext, Error> {
        let charge = Key::Charge(refund.account_id, refund.charge_id);
        let [books, hold] = keys(refund.account_id, Refund::hold_of(refund.id));
        let mut rows = self.read(&[charge, books, hold]).await?.into_iter();
        let charge: Charge = rows.next().flatten().ok_or(Error::NotFound("charge"))?.read()?;
        Ok(RefundContext::new(charge, read(&mut rows)?))
    }
}

impl Store {
    /// Reads the charge of an order to the acquirer, the books, and the account, which has the prices.
    pub async fn read_card_order_context(
        &self,
        order: &CardOrder,
    ) -> Result<(Charge, Books, Account), Error> {
        let account_id = order.account_id;
        let keys = [
            Key::Charge(account_id, order.charge_id),
            Key::Books(account_id),
            Key::Account(account_id),
        ];
        let mut rows = self.read(&keys).await?.into_iter();
        let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
        Ok((row("charge")?.read()?, row("books")?.read()?, row("account")?.read()?))
    }

    /// Reads the balance block and the dispute that an update about money of a charge changes. Reads nothing
    /// for an update that opens them.
    pub async fn read_dispute_context(
        &self,
        charge: Charge,
        books: Books,
        update: &ReturnUpdate,
    ) -> Result<DisputeContext, Error> {
        let mut context = DisputeContext { charge, books, block: None, dispute: None };
        let account_id = context.charge.account_id;
        if let Some(id) = context.charge.block_of(update) {
            let dispute_id = DisputeId::of_block(id);
            let keys = [Key::Block(account_id, id), Key::Dispute(account_id, dispute_id)];
            let mut rows = self.read(&keys).await?.into_iter();
            context.block = rows.next().flatten().map(Row::read).transpose()?;
            context.dispute = rows.next().flatten().map(Row::read).transpose()?;
        }
        Ok(context)
    }

    /// Reads the rows that change with an answer to a demand and with its status: the dispute, its charge, the
    /// books and the balance block.
    pub async fn read_answer_context(
        &self,
        account_id: AccountId,
        (charge_id, block_id): (ChargeId, BlockId),
    ) -> Result<DisputeContext, Error> {
        let keys = [
            Key::Charge(account_id, charge_id),
            Key::Books(account_id),
            Key::Block(account_id, block_id),
            Key::Dispute(account_id, DisputeId::of_block(block_id)),
        ];
        let mut rows = self.read(&keys).await?.into_iter();
        let mut row = |noun| rows.next().flatten().ok_or(Error::NotFound(noun));
        Ok(DisputeContext {
            charge: row("charge")?.read()?,
            books: row("books")?.read()?,
            block: Some(row("balance block")?.read()?),
            dispute: Some(row("dispute")?.read()?),
        })
    }

    /// Reads the books, the dispute and the charge of a balance block.
    pub async fn read_block_context(&self, block: BalanceBlock) -> Result<BlockContext, Error> {
        let account_id = block.account_id;
        let charge = block.subject.charge_id.map(|id| Key::Charge(account_id, id));
        let dispute = Key::Dispute(account_id, DisputeId::of_block(block.id));
        let keys: Vec<_> = [Key::Books(account_id), dispute].into_iter().chain(charge).collect();
        let mut rows = self.read(&keys).await?.into_iter();
        let books = rows.next().flatten().ok_or(Error::NotFound("books"))?.read()?;
        let dispute = rows.next().flatten().map(Row::read).transpose()?;
        let charge = rows.next().flatten().map(Row::read).transpose()?;
        Ok(BlockContext { block, books, charge, dispute })
    }
}

fn keys(account_id: AccountId, hold_id: HoldId) -> [Key; 2] {
    [Key::Books(account_id), Key::Hold(account_id, hold_id)]
}

fn read(rows: &mut RowIter) -> Result<Funds, Error> {
    let books: Books = rows.next().flatten().ok_or(Error::NotFound("books"))?.read()?;
    let hold: Option<Hold> = rows.next().flatten().map(Row::read).transpose()?;
    Ok(Funds::new(books, hold))
}
