//! The alert for a low balance: one event each time that the available balance falls below an amount.
//!
//! It is part of the books, so it is decided at their version: of movements at the same moment, only the
//! one that crosses the amount records the event.
use crate::event::{Event, EventType, History};
use crate::kernel::{AccountId, Moment};
use crate::ledger::Balances;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The alert of an account for a low balance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BalanceAlert {
    /// Amount below which the available balance is low; none for no alert.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    below_cents: Option<u64>,
    /// True since the event for the current low balance was recorded.
    #[serde(default)]
    low: bool,
    /// Count of the events of the alert, and the last of them.
    #[serde(default)]
    history: History,
}

/// The alert as the API and its events show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "BalanceAlert")]
pub struct BalanceAlertView {
    /// Amount in cents below which the available balance is low; null if no event is wanted.
    pub below_cents: Option<u64>,
    /// Available balance, in cents.
    pub available_cents: u64,
    /// Whether the available balance is low. The next event comes after it was not low again.
    pub is_low: bool,
    /// Time of the balance.
    #[serde(serialize_with = "crate::kernel::milliseconds")]
    pub as_of: Timestamp,
}

impl BalanceAlert {
    /// Returns true if no alert was ever set.
    pub fn is_unset(&self) -> bool {
        *self == Self::default()
    }

    /// Replaces the amount; none for no alert. Returns the event if the balance is low and no event said
    /// so before.
    pub fn replace(
        &mut self,
        below_cents: Option<u64>,
        account_id: AccountId,
        balances: &Balances,
        moment: &Moment,
    ) -> Option<Event> {
        self.below_cents = below_cents;
        self.check(account_id, balances, moment)
    }

    /// Compares the available balance with the amount. Returns the event if the balance became low.
    pub(super) fn check(
        &mut self,
        account_id: AccountId,
        balances: &Balances,
        moment: &Moment,
    ) -> Option<Event> {
        let was_low = self.low;
        self.low = self.below_cents.is_some_and(|below| balances.available_cents < below);
        if was_low || !self.low {
            return None;
        }
        let view = self.view(balances, moment.now);
        let object = serde_json::to_value(view)
            .expect("a view has string keys and no floats, so it always serialises");
        let id = account_id.to_string();
        Some(self.history.record(EventType::BalanceLow, account_id, id, object, moment))
    }

    /// Returns the alert with the balance that it watches.
    pub fn view(&self, balances: &Balances, as_of: Timestamp) -> BalanceAlertView {
        BalanceAlertView {
            below_cents: self.below_cents,
            available_cents: balances.available_cents,
            is_low: self.low,
            as_of,
        }
    }
}
