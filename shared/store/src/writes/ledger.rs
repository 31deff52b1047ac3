//! Steps on the ledger and the events of a change.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::kernel::{AccountId, Error};
use domain::ledger::{Effects, Funds};
use jiff::Timestamp;

use super::{Writes, number};
use crate::Key;

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

    /// Writes the entries and events of a change. An entry's position can be used once, so the
    /// ledger has no gap and no fork.
    #[must_use]
    pub fn record(self, effects: &Effects) -> Self {
        let writes = effects.entries.iter().fold(self, Self::create);
        let writes = effects.days.iter().fold(writes, Self::create);
        effects.events.iter().fold(writes, Self::create)
    }
}
