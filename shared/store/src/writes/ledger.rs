//! Steps on the ledger and the events of a change.

use domain::ledger::{Effects, Funds};

use super::Writes;

impl Writes {
    pub(super) fn change_funds(self, funds: &Funds) -> Self {
        let writes = funds.changed_books().into_iter().fold(self, Self::replace);
        funds.changed_hold().into_iter().fold(writes, Self::replace)
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
