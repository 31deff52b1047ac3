//! Steps on the ledger and the events of a change.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::dispute::{BlockContext, DisputeContext, DisputeOrder};
use domain::kernel::{AccountId, Error};
use domain::ledger::{Effects, Funds};
use domain::receivable::ReceivableRecord;
use jiff::Timestamp;

use super::{OnConditionFailed, Writes, number};
use crate::Key;
use crate::item::Item;
use crate::items::receivable_key;

impl Writes {
    pub(super) fn change_funds(self, funds: &Funds) -> Self {
        let writes = funds.changed_books().into_iter().fold(self, Self::replace);
        funds.changed_hold().into_iter().fold(writes, Self::replace)
    }

    /// Freezes the books for the operator. The step needs no version, so it also succeeds while money
    /// moves; a decision on the books that were read before is then stale.
    #[must_use]
    pub fn freeze_books(self, account_id: AccountId, at: Timestamp) -> Self {
        let update = "SET frozen_at = :at, frozen_by_operator = :yes ADD version :one";
        let values = vec![
            (":at", AttributeValue::S(at.to_string())),
            (":yes", AttributeValue::Bool(true)),
            (":one", number(1)),
        ];
        let condition = "attribute_exists(pk) AND attribute_not_exists(frozen_at)";
        self.update(&Key::Books(account_id), update, Some(condition), values, Error::Stale)
    }

    /// Writes the books, the charge and the dispute of a balance block that ends, and the effects, which have
    /// the block.
    #[must_use]
    pub fn change_block(self, context: &BlockContext, effects: &Effects) -> Self {
        let writes = self.replace(&context.books);
        let writes = context.charge.iter().fold(writes, Self::replace);
        context.dispute.iter().fold(writes, Self::replace).record(effects)
    }

    /// Writes a charge after a fact about money that its network takes back: the books, the dispute and the
    /// effects, which have the balance block.
    #[must_use]
    pub fn change_dispute(self, context: &DisputeContext, effects: &Effects) -> Self {
        let writes = self.replace(&context.charge).replace(&context.books);
        context.dispute.iter().fold(writes, Self::replace).record(effects)
    }

    /// Writes the rows of a dispute after a status of its answer, as far as they changed, and the order, which
    /// ends or stays.
    #[must_use]
    pub fn apply_dispute_status(
        self,
        (before, after): (&DisputeContext, &DisputeContext),
        (order, has_ended): (&DisputeOrder, bool),
        effects: &Effects,
    ) -> Self {
        let writes = match has_ended {
            true => self.remove_at_version(order),
            false => self.replace(order),
        };
        // A fact about money needs the charge and the books as they were read.
        let writes = match before.charge == after.charge && before.books == after.books {
            true => writes,
            false => writes.replace(&after.charge).replace(&after.books),
        };
        let dispute = after.dispute.iter().filter(|_| before.dispute != after.dispute);
        dispute.fold(writes, Self::replace).record(effects)
    }

    /// Writes the entries, events, balance blocks and KYC requests of a change. An entry's position can be used once,
    /// so the ledger has no gap and no fork.
    #[must_use]
    pub fn record(self, effects: &Effects) -> Self {
        let writes = effects.entries.iter().fold(self, Self::create);
        let writes = effects.days.iter().fold(writes, Self::create);
        let writes = effects.blocks.iter().fold(writes, Self::replace);
        let writes = effects.receivables.iter().fold(writes, Self::list_receivable);
        let writes = effects.kyc_requests.iter().fold(writes, Self::replace);
        effects.events.iter().fold(writes, Self::create)
    }

    /// Writes the row by which lists find an instalment, and removes the one at its earlier time. The charge in the
    /// same transaction has the version that decides.
    fn list_receivable(self, record: &ReceivableRecord) -> Self {
        // Times of one millisecond have one key, which a transaction may write once.
        let moved_from = record.moved_from.map(|earlier| receivable_key(record, earlier));
        let writes = match moved_from.filter(|earlier| *earlier != record.key()) {
            Some(earlier) => self.remove_if_present(&earlier),
            None => self,
        };
        let stale = OnConditionFailed::Fail(Error::Stale);
        writes.put(record, 1, None, Vec::new(), stale)
    }
}
