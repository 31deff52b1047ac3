//! Reads the rows that decide a change of a payout or a refund, in one round trip.

use domain::charge::{Charge, Refund, RefundContext};
use domain::kernel::{AccountId, Error, HoldId};
use domain::ledger::{Books, Funds, Hold};
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

fn keys(account_id: AccountId, hold_id: HoldId) -> [Key; 2] {
    [Key::Books(account_id), Key::Hold(account_id, hold_id)]
}

fn read(rows: &mut RowIter) -> Result<Funds, Error> {
    let books: Books = rows.next().flatten().ok_or(Error::NotFound("books"))?.read()?;
    let hold: Option<Hold> = rows.next().flatten().map(Row::read).transpose()?;
    Ok(Funds::new(books, hold))
}
